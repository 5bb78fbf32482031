"""what the research room needs: segments, consent in parts, codebook, questionnaires, forgetting

Revision: 0008, after: 0007
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_NEW = (
    "session_event",
    "note_import",
    "recording",
    "questionnaire_response",
    "consent_withdrawal",
    "vault_entry",
    "anonymous_witness",
    "anonymous_attempt",
    "tombstone",
    "segment",
    "code_entry",
)
_KEY = "uq_note_submission_session_id_key"
_PARTS = ("audio", "video", "observers", "reuse", "contact")
_EVERYTHING = ("notes", "quotes", *_PARTS)


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    moment = sqlmodel.sql.sqltypes.UTCDateTime
    op.create_table(
        "code_entry",
        sa.Column("id", text(), nullable=False),
        sa.Column("study_id", text(), nullable=False),
        sa.Column("parent_id", text(), nullable=True),
        sa.Column("name", text(), nullable=False),
        sa.Column("tag", text(), nullable=False),
        sa.Column("definition", text(), nullable=False),
        sa.Column("code", text(), nullable=True),
        sa.Column("color", text(), nullable=True),
        sa.Column("guid", text(), nullable=False),
        sa.Column("created_at", moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["code_entry.id"],
            name=op.f("fk_code_entry_parent_id_code_entry"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["study_id"],
            ["study.id"],
            name=op.f("fk_code_entry_study_id_study"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_entry")),
        sa.UniqueConstraint("study_id", "tag", name=op.f("uq_code_entry_study_id_tag")),
    )
    op.create_index(op.f("ix_code_entry_parent_id"), "code_entry", ["parent_id"], unique=False)
    op.create_index(op.f("ix_code_entry_study_id"), "code_entry", ["study_id"], unique=False)
    op.create_table(
        "segment",
        sa.Column("id", text(), nullable=False),
        sa.Column("study_id", text(), nullable=False),
        sa.Column("name", text(), nullable=False),
        sa.Column("description", text(), nullable=False),
        sa.Column("planned", sa.Integer(), nullable=True),
        sa.Column("created_at", moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["study_id"], ["study.id"], name=op.f("fk_segment_study_id_study"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segment")),
        sa.UniqueConstraint("study_id", "name", name=op.f("uq_segment_study_id_name")),
    )
    op.create_index(op.f("ix_segment_study_id"), "segment", ["study_id"], unique=False)
    op.create_table(
        "tombstone",
        sa.Column("id", text(), nullable=False),
        sa.Column("study_id", text(), nullable=False),
        sa.Column("cause", text(), nullable=False),
        sa.Column("permissions", sa.JSON(), nullable=False),
        sa.Column("removed", sa.JSON(), nullable=False),
        sa.Column("made_by", text(), nullable=False),
        sa.Column("made_at", moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["study_id"], ["study.id"], name=op.f("fk_tombstone_study_id_study"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tombstone")),
    )
    op.create_index(op.f("ix_tombstone_study_id"), "tombstone", ["study_id"], unique=False)
    op.create_table(
        "anonymous_attempt",
        sa.Column("id", text(), nullable=False),
        sa.Column("task_id", text(), nullable=False),
        sa.Column("outcome", text(), nullable=True),
        sa.Column("build", text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["task.id"],
            name=op.f("fk_anonymous_attempt_task_id_task"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anonymous_attempt")),
    )
    op.create_index(
        op.f("ix_anonymous_attempt_task_id"), "anonymous_attempt", ["task_id"], unique=False
    )
    op.create_table(
        "anonymous_witness",
        sa.Column("id", text(), nullable=False),
        sa.Column("barrier_id", text(), nullable=False),
        sa.Column("task_id", text(), nullable=True),
        sa.Column("page_id", text(), nullable=True),
        sa.Column("severity", text(), nullable=True),
        sa.Column("outcome", text(), nullable=True),
        sa.Column("build", text(), nullable=True),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("counted_at", moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["barrier_id"],
            ["barrier.id"],
            name=op.f("fk_anonymous_witness_barrier_id_barrier"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["page_id"],
            ["page.id"],
            name=op.f("fk_anonymous_witness_page_id_page"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["task.id"],
            name=op.f("fk_anonymous_witness_task_id_task"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anonymous_witness")),
    )
    op.create_index(
        op.f("ix_anonymous_witness_barrier_id"), "anonymous_witness", ["barrier_id"], unique=False
    )
    op.create_table(
        "vault_entry",
        sa.Column("participant_id", text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("changed_by", text(), nullable=False),
        sa.Column("changed_at", moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_vault_entry_participant_id_participant"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("participant_id", name=op.f("pk_vault_entry")),
    )
    op.create_table(
        "consent_withdrawal",
        sa.Column("id", text(), nullable=False),
        sa.Column("consent_id", text(), nullable=False),
        sa.Column("permissions", sa.JSON(), nullable=False),
        sa.Column("withdrawn_at", moment(), nullable=False),
        sa.Column("channel", text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consent_id"],
            ["consent.id"],
            name=op.f("fk_consent_withdrawal_consent_id_consent"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_withdrawal")),
    )
    op.create_index(
        op.f("ix_consent_withdrawal_consent_id"), "consent_withdrawal", ["consent_id"], unique=False
    )
    op.create_table(
        "questionnaire_response",
        sa.Column("id", text(), nullable=False),
        sa.Column("session_id", text(), nullable=False),
        sa.Column("participant_id", text(), nullable=False),
        sa.Column("task_id", text(), nullable=True),
        sa.Column("instrument", text(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("weights", sa.JSON(), nullable=True),
        sa.Column("language", text(), nullable=True),
        sa.Column("answered_at", moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_questionnaire_response_participant_id_participant"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["session.id"],
            name=op.f("fk_questionnaire_response_session_id_session"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["task.id"],
            name=op.f("fk_questionnaire_response_task_id_task"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questionnaire_response")),
    )
    op.create_index(
        op.f("ix_questionnaire_response_participant_id"),
        "questionnaire_response",
        ["participant_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_questionnaire_response_session_id"),
        "questionnaire_response",
        ["session_id"],
        unique=False,
    )
    op.create_table(
        "recording",
        sa.Column("id", text(), nullable=False),
        sa.Column("session_id", text(), nullable=False),
        sa.Column("participant_id", text(), nullable=False),
        sa.Column("kind", text(), nullable=False),
        sa.Column("location", text(), nullable=False),
        sa.Column("started_offset_ms", sa.Integer(), nullable=False),
        sa.Column("created_at", moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_recording_participant_id_participant"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["session.id"],
            name=op.f("fk_recording_session_id_session"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording")),
    )
    op.create_index(
        op.f("ix_recording_participant_id"), "recording", ["participant_id"], unique=False
    )
    op.create_index(op.f("ix_recording_session_id"), "recording", ["session_id"], unique=False)
    op.create_table(
        "note_import",
        sa.Column("id", text(), nullable=False),
        sa.Column("session_id", text(), nullable=False),
        sa.Column("submission_id", text(), nullable=True),
        sa.Column("format", text(), nullable=False),
        sa.Column("name", text(), nullable=False),
        sa.Column("encoding", text(), nullable=True),
        sa.Column("content_sha256", text(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("made_by", text(), nullable=False),
        sa.Column("made_at", moment(), nullable=False),
        sa.Column("undone_at", moment(), nullable=True),
        sa.Column("undone_by", text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["session.id"],
            name=op.f("fk_note_import_session_id_session"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["note_submission.id"],
            name=op.f("fk_note_import_submission_id_note_submission"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note_import")),
    )
    op.create_index(op.f("ix_note_import_session_id"), "note_import", ["session_id"], unique=False)
    op.create_table(
        "session_event",
        sa.Column("session_id", text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", text(), nullable=False),
        sa.Column("observation_id", text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["session.id"],
            name=op.f("fk_session_event_session_id_session"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["observation_id"],
            ["observation.id"],
            name=op.f("fk_session_event_observation_id_observation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("session_id", "number", name=op.f("pk_session_event")),
    )
    op.create_index(op.f("ix_session_event_observation_id"), "session_event", ["observation_id"])
    op.add_column("note_submission", sa.Column("key", text(), nullable=True))
    with op.batch_alter_table("note_submission") as submission:
        submission.create_unique_constraint(op.f(_KEY), ["session_id", "key"])
    _widen()
    op.execute(
        sa.text(
            "INSERT INTO segment (id, study_id, name, description, created_at) "
            "SELECT min(id), study_id, segment, '', min(created_at) FROM participant "
            "WHERE segment <> '' GROUP BY study_id, segment"
        )
    )
    _split_consent()


def downgrade() -> None:
    _join_consent()
    with op.batch_alter_table("note_submission") as submission:
        submission.drop_constraint(op.f(_KEY), type_="unique")
    op.drop_column("note_submission", "key")
    for table, column in (
        ("technology_profile", "skill"),
        ("study", "expired_at"),
        ("study", "share_threshold"),
        ("study", "retention_until"),
        ("study", "legal_basis"),
        ("session", "version"),
        ("session", "setting"),
        ("session", "ended_at"),
        ("participant", "prior_use"),
        ("participant", "relation"),
        ("participant", "roles"),
        ("attempt", "version"),
        ("attempt", "errors"),
        ("attempt", "assists"),
    ):
        op.drop_column(table, column)
    for table in _NEW:
        op.drop_table(table)


def _widen() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    moment = sqlmodel.sql.sqltypes.UTCDateTime
    for column in ("assists", "errors"):
        op.add_column("attempt", sa.Column(column, sa.Integer(), nullable=True))
    _add("attempt", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    _add("participant", sa.Column("roles", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("participant", sa.Column("relation", text(), nullable=True))
    _add("participant", sa.Column("prior_use", text(), nullable=False, server_default=""))
    op.add_column("session", sa.Column("ended_at", moment(), nullable=True))
    op.add_column("session", sa.Column("setting", text(), nullable=True))
    _add("session", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    _add("study", sa.Column("legal_basis", text(), nullable=False, server_default=""))
    op.add_column("study", sa.Column("retention_until", sa.Date(), nullable=True))
    _add("study", sa.Column("share_threshold", sa.Integer(), nullable=False, server_default="5"))
    op.add_column("study", sa.Column("expired_at", moment(), nullable=True))
    op.add_column("technology_profile", sa.Column("skill", text(), nullable=True))


def _split_consent() -> None:
    """Recording becomes sound and picture; a withdrawal becomes a row of its own."""
    for part in _PARTS:
        _add("consent", sa.Column(part, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(sa.text("UPDATE consent SET audio = recording, video = recording"))
    # As a value, since the two databases do not agree on how JSON is cast.
    everything = sa.bindparam("everything", list(_EVERYTHING), type_=sa.JSON())
    op.execute(
        sa.text(
            "INSERT INTO consent_withdrawal (id, consent_id, permissions, withdrawn_at, channel) "
            "SELECT id, id, :everything, withdrawn_at, '' FROM consent "
            "WHERE withdrawn_at IS NOT NULL"
        ).bindparams(everything)
    )
    op.drop_column("consent", "withdrawn_at")
    op.drop_column("consent", "recording")
    op.drop_index(op.f("ix_consent_participant_id"), table_name="consent")
    op.create_index(op.f("ix_consent_participant_id"), "consent", ["participant_id"])


def _join_consent() -> None:
    """Back to one consent of a participant, the last; a withdrawal in part is one of all."""
    op.execute(
        sa.text(
            "DELETE FROM consent WHERE id NOT IN "
            "(SELECT max(id) FROM consent GROUP BY participant_id)"
        )
    )
    _add(
        "consent",
        sa.Column("recording", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.execute(sa.text("UPDATE consent SET recording = audio AND video"))
    moment = sqlmodel.sql.sqltypes.UTCDateTime
    op.add_column("consent", sa.Column("withdrawn_at", moment(), nullable=True))
    op.execute(
        sa.text(
            "UPDATE consent SET withdrawn_at = (SELECT min(taken.withdrawn_at) "
            "FROM consent_withdrawal taken WHERE taken.consent_id = consent.id)"
        )
    )
    for part in _PARTS:
        op.drop_column("consent", part)
    op.drop_index(op.f("ix_consent_participant_id"), table_name="consent")
    op.create_index(op.f("ix_consent_participant_id"), "consent", ["participant_id"], unique=True)


def _add(table: str, column: sa.Column[object]) -> None:
    """A column that rows from before have a value for, and new ones must bring."""
    op.add_column(table, column)
    with op.batch_alter_table(table) as changed:
        changed.alter_column(column.name, server_default=None)
