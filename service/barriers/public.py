"""What the ledger offers to other rooms."""

from service.barriers.clues import suggestions_for
from service.barriers.forgetting import (
    erase_participant,
    expire_studies,
    redact_observation,
    withdraw_consent,
)
from service.barriers.linking import (
    NewBarrier,
    add_barrier,
    find_barrier,
    find_link,
    find_observation,
    link,
    links_of,
    recheck,
    unlink,
)
from service.barriers.on_page import OpenHere, open_on_page
from service.barriers.problem_links import problems_linked
from service.barriers.ranked import Entry, OnPage, read_ledger
from service.barriers.ranking import Component, Evidence, Score, Share, score
from service.barriers.suggesting import Suggestion
from service.barriers.tables import Barrier, BarrierKey, Link, Sighting, Suppression
from service.barriers.triage import SuppressionRequest, reopen, suppress
from service.barriers.undoing import undo_import
from service.barriers.verification import verify, verify_after

__all__ = [
    "Barrier",
    "BarrierKey",
    "Component",
    "Entry",
    "Evidence",
    "Link",
    "NewBarrier",
    "OnPage",
    "OpenHere",
    "Score",
    "Share",
    "Sighting",
    "Suggestion",
    "Suppression",
    "SuppressionRequest",
    "add_barrier",
    "erase_participant",
    "expire_studies",
    "find_barrier",
    "find_link",
    "find_observation",
    "link",
    "links_of",
    "open_on_page",
    "problems_linked",
    "read_ledger",
    "recheck",
    "redact_observation",
    "reopen",
    "score",
    "suggestions_for",
    "suppress",
    "undo_import",
    "unlink",
    "verify",
    "verify_after",
    "withdraw_consent",
]
