"""leases of executors, and how far the job of a scan has come

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
    op.add_column("scan", sa.Column("handed_out", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("scan") as scan:
        scan.alter_column("handed_out", server_default=None)
