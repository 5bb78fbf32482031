"""The ranked ledger of a project: every barrier with its evidence and its score."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from checks import Impact, criterion
from service.barriers.forgotten import WITHOUT_WORDS, witnesses
from service.barriers.problem_codes import PROBLEM_CODES
from service.barriers.ranking import Evidence, EvidenceKind, Score, Share, score
from service.barriers.tables import Barrier, Link, Sighting, Suppression
from service.barriers.triage import living_suppressions
from service.projects import Page
from service.research.evidence import Exposures, Met, people_exposed, people_met
from service.research.grammar import Severity

_STATUS_ORDER = {"open": 0, "suppressed": 1, "closed": 2}


@dataclass(frozen=True, kw_only=True)
class OnPage:
    """A page that a barrier is on: how many instances a machine sees there now, and who met it."""

    page_id: str
    url: str
    title: str | None
    instances: int
    observations: int


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One barrier as the ledger shows it. `rank` is 1 for the first of the whole project."""

    rank: int
    barrier: Barrier
    status: str
    evidence: Evidence
    score: Score
    pages: tuple[OnPage, ...]
    tasks_hit: tuple[str, ...]
    observation_ids: tuple[str, ...]
    worst_severity: Severity | None
    suppression: Suppression | None

    @property
    def kind(self) -> EvidenceKind:
        return self.evidence.kind

    def title(self, *, reads_research: bool) -> str:
        """The barrier's title; what somebody wrote of a session only for who may read sessions."""
        if reads_research or self.barrier.rule is not None:
            return self.barrier.title
        names = ", ".join(f"{each} {criterion(each).name_en}" for each in self.barrier.criteria)
        return f"{WITHOUT_WORDS}: {names}" if names else WITHOUT_WORDS


@dataclass(frozen=True, kw_only=True)
class _Seen:
    instances_by_page: Mapping[str, int]
    was_ever: bool


def read_ledger(session: Session, project_id: str, now: datetime) -> tuple[Entry, ...]:
    """All barriers of a project: open ones first, then suppressed, then closed; each by score.

    A fixed number of queries, whatever the size.
    """
    barriers = session.exec(select(Barrier).where(Barrier.project_id == project_id)).all()
    seen = _sightings(session, project_id)
    links = _links(session, project_id)
    met = {each.observation_id: each for each in people_met(session, _flat(links.values()))}
    forgotten = witnesses(session, project_id)
    exposures = people_exposed(session, project_id)
    pages = {page.id: page for page in _pages(session, project_id)}
    suppressions = living_suppressions(session, project_id, now)
    entries = [
        _entry(
            barrier,
            seen.get(barrier.id, _Seen(instances_by_page={}, was_ever=False)),
            [met[each] for each in links.get(barrier.id, ()) if each in met],
            forgotten.get(barrier.id, ()),
            exposures,
            pages,
            suppressions.get(barrier.id),
        )
        for barrier in barriers
    ]
    entries.sort(key=lambda e: (_STATUS_ORDER[e.status], -e.score.value, e.barrier.id))
    return tuple(
        Entry(**{**vars(entry), "rank": rank}) for rank, entry in enumerate(entries, start=1)
    )


def _sightings(session: Session, project_id: str) -> dict[str, _Seen]:
    present: dict[str, dict[str, int]] = defaultdict(dict)
    ever: set[str] = set()
    rows = session.exec(
        select(
            Sighting.barrier_id,
            Sighting.page_id,
            Sighting.present,
            func.count(func.distinct(Sighting.instance_key)),
        )
        .join(Barrier, col(Barrier.id) == Sighting.barrier_id)
        .where(Barrier.project_id == project_id)
        .group_by(col(Sighting.barrier_id), col(Sighting.page_id), col(Sighting.present))
    ).all()
    for barrier_id, page_id, is_present, instances in rows:
        ever.add(barrier_id)
        if is_present:
            present[barrier_id][page_id] = instances
    return {
        barrier_id: _Seen(instances_by_page=present.get(barrier_id, {}), was_ever=True)
        for barrier_id in ever
    }


def _links(session: Session, project_id: str) -> dict[str, list[str]]:
    links: dict[str, list[str]] = defaultdict(list)
    for barrier_id, observation_id in session.exec(
        select(Link.barrier_id, Link.observation_id)
        .join(Barrier, col(Barrier.id) == Link.barrier_id)
        .where(Barrier.project_id == project_id)
        .order_by(col(Link.observation_id))
    ).all():
        links[barrier_id].append(observation_id)
    return links


def _pages(session: Session, project_id: str) -> Sequence[Page]:
    return session.exec(select(Page).where(Page.project_id == project_id)).all()


def _flat(groups: Iterable[Collection[str]]) -> set[str]:
    return {each for group in groups for each in group}


def _entry(
    barrier: Barrier,
    seen: _Seen,
    linked: Sequence[Met],
    forgotten: Sequence[Met],
    exposures: Exposures,
    pages: Mapping[str, Page],
    suppression: Suppression | None,
) -> Entry:
    problems = [each for each in linked if each.code in PROBLEM_CODES] + list(forgotten)
    page_ids = set(seen.instances_by_page) | {each.page_id for each in problems if each.page_id}
    severities = [Severity(each.severity) for each in problems if each.severity]
    worst = max(severities, key=lambda severity: severity.rank, default=None)
    evidence = Evidence(
        kind=_kind(seen.was_ever, bool(problems)),
        worst_severity=None if worst is None else worst.rank,
        task_outcomes=_outcomes(problems),
        everybody=_share(problems, exposures, page_ids),
        by_technology=_shares_by_technology(problems, exposures, page_ids),
        impact=None if barrier.impact is None else Impact(barrier.impact),
        advisory=barrier.advisory,
        pages=len(page_ids),
        instances=sum(seen.instances_by_page.values()),
    )
    status = barrier.status
    if status == "suppressed" and suppression is None:
        status = "open"
    return Entry(
        rank=0,
        barrier=barrier,
        status=status,
        evidence=evidence,
        score=score(evidence),
        pages=tuple(
            OnPage(
                page_id=page_id,
                url=pages[page_id].url,
                title=pages[page_id].title,
                instances=seen.instances_by_page.get(page_id, 0),
                observations=sum(each.page_id == page_id for each in problems),
            )
            for page_id in sorted(page_ids, key=lambda each: pages[each].key)
        ),
        tasks_hit=tuple(sorted({each.task_id for each in problems if each.task_id})),
        observation_ids=tuple(each.observation_id for each in linked),
        worst_severity=worst,
        suppression=suppression,
    )


def _kind(has_machine: bool, has_human: bool) -> EvidenceKind:
    """Whatever no check found is there because a person said so."""
    if has_machine and has_human:
        return "corroborated"
    return "machine" if has_machine else "human"


def _outcomes(problems: Sequence[Met]) -> tuple[str, ...]:
    """One outcome for each attempt that met it, not one for each line about it."""
    attempts = {(each.session_id, each.task_id): each.outcome for each in problems if each.outcome}
    return tuple(attempts.values())


def _share(problems: Sequence[Met], exposures: Exposures, page_ids: Collection[str]) -> Share:
    met = {each.participant_id for each in problems}
    return Share(met=len(met), exposed=len(met | set(exposures.on_pages(page_ids))))


def _shares_by_technology(
    problems: Sequence[Met], exposures: Exposures, page_ids: Collection[str]
) -> dict[str, Share]:
    users: dict[str, set[str]] = defaultdict(set)
    met: dict[str, set[str]] = defaultdict(set)
    for participant_id, classes in exposures.on_pages(page_ids).items():
        for name in classes:
            users[name].add(participant_id)
    for each in problems:
        for name in each.technology_classes:
            users[name].add(each.participant_id)
            met[name].add(each.participant_id)
    return {name: Share(met=len(met[name]), exposed=len(users[name])) for name in sorted(users)}
