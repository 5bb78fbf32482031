"""One page with both kinds of evidence side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from service.access import Permission, Work
from service.barriers import Link
from service.errors import NotFound
from service.projects import Page
from service.research.tables import Observation, Participant, Reading
from service.scans.tables import FindingRow, PageVisit


@dataclass(frozen=True, kw_only=True)
class ObservedHere:
    """An observation on the page, whose it is, and the barriers it is linked to."""

    observation: Observation
    reading: Reading
    pseudonym: str
    barrier_ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PageView:
    """`visits` are the latest examined ones, one for each viewport; `findings` are theirs.

    `observations` is None for those who may not read research; `observed` counts them always.
    """

    page: Page
    visits: Sequence[PageVisit]
    findings: Sequence[FindingRow]
    observations: Sequence[ObservedHere] | None
    observed: int


def view_page(work: Work, project_id: str, page_id: str) -> PageView:
    """Raises `NotFound` when the project has no such page. The caller has checked the project."""
    page = work.session.get(Page, page_id)
    if page is None or page.project_id != project_id:
        raise NotFound("The project has no page with this id.")
    visits = _latest_visits(work.session, page_id)
    findings = work.session.exec(
        select(FindingRow)
        .where(col(FindingRow.visit_id).in_([visit.id for visit in visits]))
        .order_by(FindingRow.id)
    ).all()
    observations = _observations(work.session, page_id)
    return PageView(
        page=page,
        visits=visits,
        findings=findings,
        observations=observations if work.actor.may(Permission.READ_RESEARCH) else None,
        observed=len(observations),
    )


def _latest_visits(session: Session, page_id: str) -> list[PageVisit]:
    latest: dict[str, PageVisit] = {}
    for visit in session.exec(
        select(PageVisit)
        .where(PageVisit.page_id == page_id, PageVisit.state == "examined")
        .order_by(col(PageVisit.ended_at).desc(), col(PageVisit.id).desc())
    ):
        latest.setdefault(visit.viewport, visit)
    return list(latest.values())


def _observations(session: Session, page_id: str) -> list[ObservedHere]:
    rows = session.exec(
        select(Observation, Reading, Participant.pseudonym)
        .join(Reading, col(Reading.observation_id) == Observation.id)
        .join(Participant, col(Participant.id) == Observation.participant_id)
        .where(
            Reading.page_id == page_id,
            col(Reading.is_latest).is_(True),
            Observation.kind == "observation",
        )
        .order_by(col(Observation.id))
    ).all()
    links: dict[str, list[str]] = {}
    for observation_id, barrier_id in session.exec(
        select(Link.observation_id, Link.barrier_id).where(
            col(Link.observation_id).in_([observation.id for observation, _, _ in rows])
        )
    ):
        links.setdefault(observation_id, []).append(barrier_id)
    return [
        ObservedHere(
            observation=observation,
            reading=reading,
            pseudonym=pseudonym,
            barrier_ids=tuple(links.get(observation.id, ())),
        )
        for observation, reading, pseudonym in rows
    ]
