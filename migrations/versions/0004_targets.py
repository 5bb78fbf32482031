"""what a scan was asked for, what was left out of it, and how each page was found

Revision: 0004, after: 0003
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_EMPTY = {"targets": "{}", "left_out": "{}", "notices": "[]"}


def upgrade() -> None:
    for name, value in _EMPTY.items():
        op.add_column("scan", sa.Column(name, sa.JSON(), nullable=False, server_default=value))
    op.add_column(
        "page_visit", sa.Column("depth", sa.Integer(), nullable=False, server_default="0")
    )
    for name in ("found_on", "canonical"):
        op.add_column(
            "page_visit", sa.Column(name, sqlmodel.sql.sqltypes.AutoString(), nullable=True)
        )
    with op.batch_alter_table("scan") as scan:
        for name in _EMPTY:
            scan.alter_column(name, server_default=None)
    with op.batch_alter_table("page_visit") as visit:
        visit.alter_column("depth", server_default=None)
