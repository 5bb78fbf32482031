"""How a verb begins: with what it needs, and with nothing else."""

import ast
import subprocess
import sys

import pytest

from service.cli import main

HEAVY = {
    "alembic",
    "dbos",
    "fastapi",
    "httpx",
    "markdown_it",
    "matplotlib",
    "numpy",
    "openpyxl",
    "pandas",
    "psycopg",
    "rich",
    "scipy",
    "selenium",
    "sqlalchemy",
    "statsmodels",
    "trio",
    "uvicorn",
}


def imported_by(statement: str) -> set[str]:
    """The heavy libraries that a fresh Python has loaded after this statement."""
    told = subprocess.run(
        [sys.executable, "-c", f"import sys\n{statement}\nprint(sorted(sys.modules))"],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return set(ast.literal_eval(told.stdout.splitlines()[-1])) & HEAVY


@pytest.mark.parametrize("asked", ["--help", "--version"])
def test_what_only_tells_of_the_program_loads_nothing_heavy(asked):
    assert imported_by(f"from service.cli.main import run; run([{asked!r}])") == set()


def test_a_plain_scan_loads_no_jobs_engine_no_migrations_and_no_web_server():
    loaded = imported_by("from service.cli.main import command_line; command_line(['scan'])")
    assert loaded == {"selenium", "sqlalchemy"}


def test_the_version_is_told_on_stdout(here):
    ended = here("--version")
    assert (ended.code, ended.out, ended.err) == (0, "luiska 0.1.0\n", "")


@pytest.mark.parametrize("verb", [*main.VERBS, *main.GROUPS])
def test_the_list_of_verbs_says_what_each_says_of_itself(here, verb):
    told = " ".join(here(verb, "--help").out.split())
    assert main.VERBS.get(verb, main.GROUPS.get(verb)) in told
