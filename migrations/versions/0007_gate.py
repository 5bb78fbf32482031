"""what a gate needs: policies, ways to approach a page, where elements stand, pictures of them

Revision: 0007, after: 0006
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_PLACE = ["barrier_id", "page_id", "viewport", "instance_key"]
_UNIQUE = "uq_sighting_barrier_id_page_id_viewport_instance_key"


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.add_column("project", sa.Column("policy", sa.JSON(), nullable=True))
    _add("scan", sa.Column("approach", sa.JSON(), nullable=False, server_default="{}"))
    _add("scan", sa.Column("page_state", text(), nullable=False, server_default=""))
    # Findings from before do not tell where they stand: no suppression by selector covers them.
    _add("finding", sa.Column("path", text(), nullable=False, server_default=""))
    _add(
        "rule_count", sa.Column("errored", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    _add("sighting", sa.Column("page_state", text(), nullable=False, server_default=""))
    with op.batch_alter_table("sighting") as sighting:
        sighting.drop_constraint(op.f(_UNIQUE), type_="unique")
        sighting.create_unique_constraint(op.f(f"{_UNIQUE}_page_state"), [*_PLACE, "page_state"])
    op.create_table(
        "picture",
        sa.Column("visit_id", text(), nullable=False),
        sa.Column("selector", text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["visit_id"],
            ["page_visit.id"],
            name=op.f("fk_picture_visit_id_page_visit"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("visit_id", "selector", name=op.f("pk_picture")),
    )


def downgrade() -> None:
    op.drop_table("picture")
    op.execute(sa.text("DELETE FROM sighting WHERE page_state <> ''"))
    with op.batch_alter_table("sighting") as sighting:
        sighting.drop_constraint(op.f(f"{_UNIQUE}_page_state"), type_="unique")
        sighting.create_unique_constraint(op.f(_UNIQUE), _PLACE)
    for table, column in (
        ("sighting", "page_state"),
        ("rule_count", "errored"),
        ("finding", "path"),
        ("scan", "page_state"),
        ("scan", "approach"),
        ("project", "policy"),
    ):
        op.drop_column(table, column)


def _add(table: str, column: sa.Column[object]) -> None:
    """A column that rows from before have a value for, and new ones must bring."""
    op.add_column(table, column)
    with op.batch_alter_table(table) as changed:
        changed.alter_column(column.name, server_default=None)
