"""What a machine saw enters the ledger: barriers by fingerprint, sightings, absence."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from checks import ALGORITHM_VERSION, Finding, Impact, Outcome, Reading
from service.barriers.settling import settle
from service.barriers.tables import Barrier, BarrierKey, Sighting
from service.db import insert_all, new_id

_IN_CLAUSE = 500


@dataclass(frozen=True, kw_only=True)
class Visit:
    """Where and when a machine looked, and in which state of the page.

    `complete` is false when something did not finish: such a visit may add sightings and proves no
    absence.
    """

    project_id: str
    page_id: str
    viewport: str
    scan_id: str
    complete: bool
    at: datetime
    page_state: str = ""


def attach(session: Session, visit: Visit, reading: Reading) -> dict[str, str]:
    """Enter one reading; answers the barrier id of each fingerprint that has one.

    A failed finding makes or reopens its barrier. One that needs review only joins a barrier
    that is there already, and is never absence. The caller holds the project's lock.
    """
    failed = [f for f in reading.findings if f.outcome is Outcome.FAILED]
    barriers = _barriers_by_fingerprint(
        session, visit.project_id, {f.fingerprint for f in reading.findings}
    )
    new: dict[str, Finding] = {}
    for finding in failed:
        if finding.fingerprint not in barriers:
            new.setdefault(finding.fingerprint, finding)
    barriers.update(_opened(session, visit, new))
    known = _sightings_here(session, visit)
    seen = {(barriers[finding.fingerprint].id, finding.instance_key): finding for finding in failed}
    for finding in failed:
        barrier = barriers[finding.fingerprint]
        barrier.impact = _worse(barrier.impact, finding.impact)
        barrier.advisory = barrier.advisory and finding.advisory
    for key in seen.keys() & known.keys():
        _see_again(known[key], visit, seen[key])
    insert_all(
        session,
        Sighting,
        (_sighting(visit, key[0], seen[key]) for key in seen if key not in known),
    )
    touched = {
        barriers[finding.fingerprint].id: barriers[finding.fingerprint] for finding in failed
    }
    if visit.complete:
        in_doubt = {
            barriers[f.fingerprint].id
            for f in reading.findings
            if f.outcome is Outcome.CANT_TELL and f.fingerprint in barriers
        }
        gone = _absent(known, seen, reading, in_doubt)
        for sighting in gone:
            sighting.present = False
            sighting.absent_since = visit.at
        for barrier in _barriers(session, {sighting.barrier_id for sighting in gone}):
            touched[barrier.id] = barrier
    session.flush()
    settle(session, list(touched.values()), visit.at)
    return {fingerprint: barrier.id for fingerprint, barrier in barriers.items()}


def _barriers_by_fingerprint(
    session: Session, project_id: str, fingerprints: Iterable[str]
) -> dict[str, Barrier]:
    found: dict[str, Barrier] = {}
    for chunk in _chunks(sorted(fingerprints)):
        rows = session.exec(
            select(BarrierKey.key, Barrier)
            .join(Barrier, col(Barrier.id) == BarrierKey.barrier_id)
            .where(
                BarrierKey.project_id == project_id,
                BarrierKey.algorithm_version == ALGORITHM_VERSION,
                col(BarrierKey.key).in_(chunk),
            )
        ).all()
        found.update(dict(rows))
    return found


def _barriers(session: Session, ids: Iterable[str]) -> list[Barrier]:
    return [
        barrier
        for chunk in _chunks(sorted(ids))
        for barrier in session.exec(select(Barrier).where(col(Barrier.id).in_(chunk))).all()
    ]


def _chunks(values: Sequence[str]) -> Iterable[tuple[str, ...]]:
    return (tuple(values[i : i + _IN_CLAUSE]) for i in range(0, len(values), _IN_CLAUSE))


def _opened(session: Session, visit: Visit, new: Mapping[str, Finding]) -> dict[str, Barrier]:
    """New barriers, each with the key that it is recognised by."""
    opened = {
        fingerprint: Barrier(
            project_id=visit.project_id,
            title=finding.help,
            rule=finding.rule,
            criteria=list(finding.criteria),
            impact=finding.impact,
            advisory=finding.advisory,
            help_url=finding.help_url,
            opened_at=visit.at,
        )
        for fingerprint, finding in new.items()
    }
    session.add_all(opened.values())
    insert_all(
        session,
        BarrierKey,
        (
            {
                "id": new_id(),
                "barrier_id": barrier.id,
                "project_id": visit.project_id,
                "algorithm_version": ALGORITHM_VERSION,
                "key": fingerprint,
            }
            for fingerprint, barrier in opened.items()
        ),
    )
    return opened


def _sightings_here(session: Session, visit: Visit) -> dict[tuple[str, str], Sighting]:
    rows = session.exec(
        select(Sighting).where(
            Sighting.page_id == visit.page_id,
            Sighting.viewport == visit.viewport,
            Sighting.page_state == visit.page_state,
        )
    ).all()
    return {(row.barrier_id, row.instance_key): row for row in rows}


def _sighting(visit: Visit, barrier_id: str, finding: Finding) -> dict[str, Any]:
    return {
        "id": new_id(),
        "barrier_id": barrier_id,
        "page_id": visit.page_id,
        "viewport": visit.viewport,
        "page_state": visit.page_state,
        "instance_key": finding.instance_key,
        "rule": finding.rule,
        "impact": finding.impact,
        "selector": finding.selector,
        "html": finding.html,
        "message": finding.message,
        "present": True,
        "first_scan_id": visit.scan_id,
        "last_scan_id": visit.scan_id,
        "last_seen_at": visit.at,
    }


def _see_again(sighting: Sighting, visit: Visit, finding: Finding) -> None:
    sighting.present = True
    sighting.absent_since = None
    sighting.impact = finding.impact
    sighting.selector = finding.selector
    sighting.html = finding.html
    sighting.message = finding.message
    sighting.last_scan_id = visit.scan_id
    sighting.last_seen_at = visit.at


def _worse(one: str | None, other: Impact | None) -> str | None:
    if one is None or other is None:
        return one or other
    return max(Impact(one), other, key=lambda impact: impact.rank)


def _absent(
    known: Mapping[tuple[str, str], Sighting],
    seen: Container[tuple[str, str]],
    reading: Reading,
    in_doubt: set[str],
) -> list[Sighting]:
    completed = {count.rule for count in reading.counts if not count.errored}
    return [
        sighting
        for key, sighting in known.items()
        if sighting.present
        and key not in seen
        and sighting.rule in completed
        and sighting.barrier_id not in in_doubt
        and not sighting.selector.startswith(_unentered_frames(reading))
    ]


def _unentered_frames(reading: Reading) -> tuple[str, ...]:
    """How selectors begin that lie in a frame which this visit could not look into."""
    return tuple(
        f"{finding.selector} >>> "
        for finding in reading.findings
        if finding.rule == "frame-tested" and finding.outcome is Outcome.CANT_TELL
    )
