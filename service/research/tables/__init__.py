"""Tables of the research side."""

from service.research.tables.notes import (
    NoteImport,
    NoteSubmission,
    Observation,
    Reading,
    SessionEvent,
)
from service.research.tables.people import (
    AnonymousAnswer,
    AnonymousAttempt,
    Consent,
    ConsentWithdrawal,
    Participant,
    TechnologyProfile,
    Tombstone,
)
from service.research.tables.sittings import (
    Attempt,
    QuestionnaireResponse,
    Recording,
    ResearchSession,
)
from service.research.tables.studies import (
    CodeEntry,
    Segment,
    Study,
    Task,
)

__all__ = [
    "AnonymousAnswer",
    "AnonymousAttempt",
    "Attempt",
    "CodeEntry",
    "Consent",
    "ConsentWithdrawal",
    "NoteImport",
    "NoteSubmission",
    "Observation",
    "Participant",
    "QuestionnaireResponse",
    "Reading",
    "Recording",
    "ResearchSession",
    "Segment",
    "SessionEvent",
    "Study",
    "Task",
    "TechnologyProfile",
    "Tombstone",
]
