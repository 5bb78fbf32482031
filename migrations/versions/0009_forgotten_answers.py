"""how many answers to questionnaires went with the forgotten, so that figures can say so

Revision: 0009, after: 0008
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_TABLE = "anonymous_answer"


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        _TABLE,
        sa.Column("id", text(), nullable=False),
        sa.Column("study_id", text(), nullable=False),
        sa.Column("task_id", text(), nullable=True),
        sa.Column("instrument", text(), nullable=False),
        sa.Column("build", text(), nullable=True),
        sa.Column("responses", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["study_id"],
            ["study.id"],
            name=op.f("fk_anonymous_answer_study_id_study"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["task.id"],
            name=op.f("fk_anonymous_answer_task_id_task"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anonymous_answer")),
    )
    op.create_index(op.f("ix_anonymous_answer_study_id"), _TABLE, ["study_id"], unique=False)


def downgrade() -> None:
    op.drop_table(_TABLE)
