"""Reading what scans found."""

from sqlmodel import Session, String, cast, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from service.scans.tables import FindingRow, PageVisit


def findings_of(
    scan_id: str,
    *,
    rule: str | None = None,
    criterion: str | None = None,
    impact: str | None = None,
    outcome: str | None = None,
    url: str | None = None,
) -> SelectOfScalar[FindingRow]:
    """The findings of a scan that fit every filter given."""
    statement = select(FindingRow).where(FindingRow.scan_id == scan_id)
    if rule is not None:
        statement = statement.where(FindingRow.rule == rule)
    if criterion is not None:
        # `criteria` is a JSON list of strings; its text is the same on both databases.
        statement = statement.where(cast(FindingRow.criteria, String).contains(f'"{criterion}"'))
    if impact is not None:
        statement = statement.where(FindingRow.impact == impact)
    if outcome is not None:
        statement = statement.where(FindingRow.outcome == outcome)
    if url is not None:
        statement = statement.join(PageVisit, col(PageVisit.id) == FindingRow.visit_id).where(
            or_(PageVisit.url == url, PageVisit.final_url == url)
        )
    return statement


def visit_urls(session: Session, scan_id: str) -> dict[str, tuple[str, str, str]]:
    """Page id, URL and viewport of each visit of a scan, by the visit's id."""
    rows = session.exec(
        select(PageVisit.id, PageVisit.page_id, PageVisit.url, PageVisit.viewport).where(
            PageVisit.scan_id == scan_id
        )
    ).all()
    return {visit_id: (page_id, url, viewport) for visit_id, page_id, url, viewport in rows}
