"""Findings of an earlier visit that hold for a page that is still the same."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields

import sqlalchemy as sa
from sqlmodel import Session, col, select

from checks import Finding, Impact, Outcome, Reading, RuleCount
from service.browser import PageError, Sources, VisitOutcome
from service.browser.sources import unpacked
from service.scans.approaching import read_approach
from service.scans.tables import FindingRow, PageVisit, RuleCountRow, Scan, VisitSources


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """What an earlier visit of the same page, viewport and standard found, in full.

    `visit_id` is where it was really found. Held in memory from before the page is visited, so
    that nothing depends on the earlier visit being kept. `sources` is what the page was made
    from, None of one that has to be looked at.
    """

    visit_id: str
    digest: str
    reading: Reading
    sources: Sources | None = None


@dataclass(frozen=True, kw_only=True)
class Visited:
    """The outcome of one visit; `earlier` is what it goes by if it is a reused one.

    `reading` is what it says of its page, once that has been read.
    """

    visit_id: str
    outcome: VisitOutcome
    earlier: Earlier | None = None
    reading: Reading | PageError | None = None


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known of a page before it is visited, by the ids of the visits to be made."""

    by_visit: Mapping[str, Earlier] = field(default_factory=dict)

    def visited(self, visit_id: str, outcome: VisitOutcome) -> Visited:
        earlier = self.by_visit.get(visit_id) if outcome.reused else None
        return Visited(visit_id=visit_id, outcome=outcome, earlier=earlier)


_FINDING = sa.select(*(getattr(FindingRow, each.name) for each in fields(Finding)))
_COUNT = sa.select(*(getattr(RuleCountRow, each.name) for each in fields(RuleCount)))


def known_of(session: Session, scan: Scan, visits: Iterable[PageVisit]) -> Known:
    """The latest visits that may be gone by; none for a scan that wants everything fresh.

    None either for one that does something with its pages first.
    """
    if scan.fresh or not read_approach(scan.approach).is_repeatable:
        return Known()
    found = {visit.id: _earlier(session, scan, visit) for visit in visits}
    return Known(by_visit={id_: earlier for id_, earlier in found.items() if earlier is not None})


def digest_to_keep(outcome: VisitOutcome, reading: Reading) -> str | None:
    """The digest of a visit that later ones may go by; None of one that did not say everything."""
    if outcome.partial or any(count.errored for count in reading.counts):
        return None
    return outcome.digest


def _earlier(session: Session, scan: Scan, visit: PageVisit) -> Earlier | None:
    row = session.exec(
        select(PageVisit, Scan.axe_version, VisitSources.content)
        .join(Scan, col(Scan.id) == PageVisit.scan_id)
        .join(VisitSources, col(VisitSources.visit_id) == PageVisit.id, isouter=True)
        .where(
            PageVisit.page_id == visit.page_id,
            PageVisit.viewport == visit.viewport,
            PageVisit.state == "examined",
            col(PageVisit.digest).is_not(None),
            Scan.standard == scan.standard,
        )
        .order_by(col(PageVisit.ended_at).desc(), col(PageVisit.id).desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    found, axe_version, content = row
    if found.digest is None or axe_version is None:
        return None
    return Earlier(
        visit_id=found.reused_from or found.id,
        digest=found.digest,
        reading=_reading(session, found.id, axe_version),
        sources=None if content is None else unpacked(content),
    )


def _reading(session: Session, visit_id: str, axe_version: str) -> Reading:
    """The reading as it was stored. Only visits without a rule that threw keep a digest."""
    # Columns and not objects, which take several times as long to make.
    connection = session.connection()
    findings = connection.execute(
        _FINDING.where(col(FindingRow.visit_id) == visit_id).order_by(col(FindingRow.ordinal))
    )
    counts = connection.execute(_COUNT.where(col(RuleCountRow.visit_id) == visit_id))
    return Reading(
        engine="axe",
        engine_version=axe_version,
        findings=tuple(_finding(row) for row in findings.mappings()),
        # Databases sort text each in their own way; a reading has its rules in Python's.
        counts=tuple(sorted((RuleCount(**row) for row in counts.mappings()), key=_rule_of)),
    )


def _finding(row: sa.RowMapping) -> Finding:
    impact = row["impact"]
    return Finding(
        **{
            **dict(row),
            "outcome": Outcome(row["outcome"]),
            "impact": None if impact is None else Impact(impact),
            "criteria": tuple(row["criteria"]),
        }
    )


def _rule_of(count: RuleCount) -> str:
    return count.rule
