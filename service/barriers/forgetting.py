"""Participants, or single lines, are forgotten, and what people met stays counted.

A barrier that a forgotten participant met stays as open as it was: forgetting is no evidence that
anybody gets through.
"""

from collections.abc import Collection
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlmodel import Session, col, select

from service.access import Permission, Work
from service.barriers.forgotten import WITHOUT_WORDS
from service.barriers.linking import find_observation
from service.barriers.problem_codes import PROBLEM_CODES
from service.barriers.settling import settle
from service.barriers.tables import AnonymousWitness, Barrier, Link
from service.barriers.verification import verify
from service.projects import lock_project
from service.research import forgetting
from service.research.consent import Agreement
from service.research.evidence import Met, people_met
from service.research.forgetting import Held
from service.research.grammar import Severity
from service.research.redacting_a_line import HeldLine, Reason, hold_line, redact
from service.research.tables import Observation, Participant, Reading, Study, Tombstone


def withdraw_consent(
    work: Work, participant_id: str, agreements: Collection[Agreement], channel: str
) -> Tombstone:
    """Take consent back, in part or whole, and remove all that it covered.

    Raises `NotFound`, `NotAllowed` and `Conflict` (nothing of it is agreed to any more).
    """
    held = _hold(work, participant_id)
    forgotten = _Forgotten.participant(work, held)
    if Agreement.NOTES in agreements:
        forgotten.count_witnesses()
    if {Agreement.NOTES, Agreement.QUOTES} & set(agreements):
        forgotten.take_words_out_of_titles()
    tombstone = forgetting.withdraw(work, held, agreements, channel)
    forgotten.settle()
    return tombstone


def erase_participant(work: Work, participant_id: str) -> Tombstone:
    """Remove a participant and everything that is held on them. Raises `NotFound`, `NotAllowed`."""
    return _erase(work, participant_id, "erasure")


def expire_studies(work: Work) -> list[tuple[Study, int]]:
    """Erase the participants of every study whose retention has ended, and how many they were.

    A day ends at midnight in the study's time zone. Raises `NotAllowed`.
    """
    work.require(Permission.ADMINISTER, work.actor.project_id)
    expired = []
    for study in work.session.exec(
        select(Study)
        .where(col(Study.retention_until).is_not(None))
        .order_by(col(Study.retention_until), col(Study.id))
    ).all():
        if work.actor.project_id not in {None, study.project_id} or not _has_ended(study, work.now):
            continue
        participants = work.session.exec(
            select(Participant.id).where(Participant.study_id == study.id)
        ).all()
        if study.expired_at is not None and not participants:
            continue
        for participant_id in participants:
            _erase(work, participant_id, "expiry")
        study.expired_at = work.now
        work.session.add(study)
        expired.append((study, len(participants)))
    work.session.flush()
    return expired


def redact_observation(
    work: Work, observation_id: str, reason: Reason, *, keeps_codes: bool
) -> Tombstone:
    """Remove one line that is not to be kept, or with `keeps_codes` its words alone.

    A barrier that nothing else of this participant speaks of keeps them as a forgotten one.
    Raises `NotFound`, `NotAllowed` and `Conflict` (it holds no words, or is about a task).
    """
    _, project_id = find_observation(work, observation_id, Permission.WRITE_RESEARCH)
    lock_project(work.session, project_id)
    line = hold_line(work, observation_id)
    forgotten = _Forgotten(work, project_id, col(Observation.id) == observation_id)
    if not keeps_codes:
        forgotten.count_witnesses(but_for=_met_otherwise(work.session, line))
    forgotten.take_words_out_of_titles()
    tombstone = redact(work, line, reason, keeps_codes=keeps_codes)
    forgotten.settle()
    return tombstone


def _met_otherwise(session: Session, line: HeldLine) -> set[str]:
    """The barriers that other lines say the participant of this one met."""
    return set(
        session.exec(
            select(Link.barrier_id)
            .join(Observation, col(Observation.id) == Link.observation_id)
            .join(Reading, (col(Reading.observation_id) == Observation.id) & col(Reading.is_latest))
            .where(
                Observation.participant_id == line.observation.participant_id,
                Observation.id != line.observation.id,
                col(Reading.code).in_(PROBLEM_CODES),
            )
        )
    )


def _erase(work: Work, participant_id: str, cause: str) -> Tombstone:
    held = _hold(work, participant_id)
    forgotten = _Forgotten.participant(work, held)
    forgotten.count_witnesses()
    forgotten.take_words_out_of_titles()
    tombstone = forgetting.erase(work, held, cause)
    forgotten.settle()
    return tombstone


def _hold(work: Work, participant_id: str) -> Held:
    """The ledger is locked before the participant, as everywhere."""
    lock_project(work.session, forgetting.project_of(work, participant_id))
    return forgetting.hold(work, participant_id)


def _has_ended(study: Study, now: datetime) -> bool:
    if study.retention_until is None:
        return False
    day_after = study.retention_until + timedelta(days=1)
    return now >= datetime.combine(day_after, time(), ZoneInfo(study.time_zone)).astimezone(UTC)


class _Forgotten:
    """What the ledger holds of observations that are about to be forgotten."""

    def __init__(self, work: Work, project_id: str, going: sa.ColumnElement[bool]) -> None:
        self._session = work.session
        self._now = work.now
        self._project_id = project_id
        self._going = going
        linked = work.session.exec(
            select(Link.barrier_id, Link.observation_id)
            .join(Observation, col(Observation.id) == Link.observation_id)
            .where(going)
        ).all()
        self._links: dict[str, list[str]] = {}
        for barrier_id, observation_id in linked:
            self._links.setdefault(barrier_id, []).append(observation_id)

    @classmethod
    def participant(cls, work: Work, held: Held) -> "_Forgotten":
        """All that was noted of somebody."""
        return cls(
            work, held.study.project_id, col(Observation.participant_id) == held.participant.id
        )

    def count_witnesses(self, *, but_for: Collection[str] = ()) -> None:
        """One more who met it, for each barrier but some: at the worst that it was for them."""
        ids = [each for observations in self._links.values() for each in observations]
        met = {each.observation_id: each for each in people_met(self._session, ids)}
        for barrier_id, observation_ids in self._links.items():
            if barrier_id in but_for:
                continue
            problems = [met[each] for each in observation_ids if met[each].code in PROBLEM_CODES]
            if problems:
                self._count(barrier_id, max(problems, key=_badness))
        self._session.flush()

    def take_words_out_of_titles(self) -> None:
        """A title that repeats what was noted of them gives way to one that repeats nothing.

        So does one of a barrier that is linked to them no more, when it is a note's words or holds
        a quote of several.
        """
        for barrier_id, observation_ids in self._links.items():
            barrier = self._session.get_one(Barrier, barrier_id)
            texts = self._session.exec(
                select(Reading.text, Reading.quotes).where(
                    col(Reading.observation_id).in_(observation_ids)
                )
            ).all()
            words = {_plain(text) for text, _ in texts}
            words |= {_plain(quote) for _, quotes in texts for quote in quotes}
            title = _plain(barrier.title)
            if barrier.rule is None and any(
                each and (each in title or title in each) for each in words
            ):
                self._rename(barrier)
        self._take_words_out_of_unlinked_titles()
        self._session.flush()

    def _take_words_out_of_unlinked_titles(self) -> None:
        readings = self._session.exec(
            select(Reading.text, Reading.quotes)
            .join(Observation, col(Observation.id) == Reading.observation_id)
            .where(self._going)
        ).all()
        quotes = {_plain(quote) for _, said in readings for quote in said}
        words = {_plain(text) for text, _ in readings} | quotes
        for barrier in self._session.exec(
            select(Barrier).where(
                Barrier.project_id == self._project_id,
                col(Barrier.rule).is_(None),
                col(Barrier.id).not_in(self._links),
            )
        ).all():
            title = _plain(barrier.title)
            if title in words or any(" " in quote and quote in title for quote in quotes):
                self._rename(barrier)

    def _rename(self, barrier: Barrier) -> None:
        barrier.title = WITHOUT_WORDS
        barrier.version += 1
        self._session.add(barrier)

    def settle(self) -> None:
        """Bring the barriers in line with what is left of their evidence."""
        verify(self._session, self._project_id, self._now)
        barriers = [self._session.get_one(Barrier, each) for each in self._links]
        settle(self._session, barriers, self._now)

    def _count(self, barrier_id: str, worst: Met) -> None:
        same = self._session.exec(
            select(AnonymousWitness).where(
                AnonymousWitness.barrier_id == barrier_id,
                *(
                    getattr(AnonymousWitness, name).is_not_distinct_from(getattr(worst, name))
                    for name in ("task_id", "page_id", "severity", "outcome", "build")
                ),
            )
        ).first()
        counted = same or AnonymousWitness(
            barrier_id=barrier_id,
            task_id=worst.task_id,
            page_id=worst.page_id,
            severity=worst.severity,
            outcome=worst.outcome,
            build=worst.build,
            people=0,
            counted_at=self._now,
        )
        counted.people += 1
        counted.counted_at = self._now
        self._session.add(counted)


def _badness(met: Met) -> int:
    return Severity(met.severity).rank if met.severity else -1


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
