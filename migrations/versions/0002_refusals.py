"""what the egress guard refused a page

Revision: 0002, after: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # NULL on visits from before: what a page was refused was not kept then.
    op.add_column("page_visit", sa.Column("refused", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("page_visit", "refused")
