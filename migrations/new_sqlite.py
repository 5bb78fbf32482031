"""Writes down what the migrations make of an empty SQLite file: `python -m migrations.new_sqlite`.

A new store is made from that at once; a test holds it against the migrations.
"""

import tempfile
from pathlib import Path

from service.db import make_engine
from service.db.schema import NEW_SQLITE, NEWEST, sqlite_schema, upgrade


def migrated_schema() -> str:
    """The statements of the schema after every migration in turn, and of its version."""
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'new.db'}")
        try:
            # By its name, not as `head`: that would be read from what is written here.
            upgrade(engine, NEWEST)
            with engine.connect() as connection:
                schema = sorted(map(_in_order, sqlite_schema(connection)), key=_place)
        finally:
            engine.dispose()
    version = f"INSERT INTO alembic_version (version_num) VALUES ('{NEWEST}');"
    return "".join(f"{statement}\n" for statement in [*schema, version])


def _place(statement: str) -> tuple[bool, str]:
    is_index = statement.startswith(("CREATE INDEX", "CREATE UNIQUE"))
    return is_index, statement


def _in_order(statement: str) -> str:
    """The constraints of a table made anew come in no order of their own."""
    lines = [line.rstrip() for line in statement.splitlines()]
    places = [number for number, line in enumerate(lines) if line.startswith("\tCONSTRAINT")]
    constraints = sorted(lines[place].removesuffix(",") for place in places)
    for place, constraint in zip(places, constraints, strict=True):
        lines[place] = f"{constraint},"
    if places:
        lines[places[-1]] = lines[places[-1]].removesuffix(",")
    return "\n".join(lines)


if __name__ == "__main__":
    NEW_SQLITE.write_text(migrated_schema(), encoding="utf-8")
