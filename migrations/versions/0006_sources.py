"""what the page of a visit was made from

Revision: 0006, after: 0005
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Visits from before have none: their pages are looked at in a browser once more.
    op.create_table(
        "visit_sources",
        sa.Column("visit_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["visit_id"],
            ["page_visit.id"],
            name=op.f("fk_visit_sources_visit_id_page_visit"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_visit_sources")),
    )


def downgrade() -> None:
    op.drop_table("visit_sources")
