"""leases of executors; how far the job of a scan has come, its priority and its words

Revision: 0003, after: 0002
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "executor",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("started_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_executor")),
    )
    op.create_index(op.f("ix_executor_name"), "executor", ["name"], unique=False)
    for column in (
        sa.Column("handed_out", sa.Integer(), nullable=False, server_default="0"),
        sa.Column(
            "priority",
            sqlmodel.sql.sqltypes.AutoString(),
            nullable=False,
            server_default="normal",
        ),
        sa.Column(
            "request_key", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=""
        ),
    ):
        op.add_column("scan", column)
        # The default was for the rows that there are.
        with op.batch_alter_table("scan") as scan:
            scan.alter_column(column.name, server_default=None)
    op.create_index("ix_scan_request", "scan", ["project_id", "request_key"], unique=False)
