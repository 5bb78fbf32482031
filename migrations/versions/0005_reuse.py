"""visits that go by what an earlier one found

Revision: 0005, after: 0004
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    # NULL on visits from before: they are examined afresh once.
    op.add_column("page_visit", sa.Column("digest", text(), nullable=True))
    op.add_column("page_visit", sa.Column("reused_from", text(), nullable=True))
    op.add_column(
        "scan", sa.Column("fresh", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    with op.batch_alter_table("scan") as scan:
        scan.alter_column("fresh", server_default=None)


def downgrade() -> None:
    op.drop_column("scan", "fresh")
    op.drop_column("page_visit", "reused_from")
    op.drop_column("page_visit", "digest")
