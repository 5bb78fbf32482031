"""Tables: scan, page_visit, visit_sources, finding, rule_count."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, Index, SQLModel, UniqueConstraint

from service.db.columns import json_column, new_id


class Scan(SQLModel, table=True):
    """One request to examine pages. Its id is also the id of its durable job.

    `targets` is what was asked for, without the list of URLs (those are its visits at once);
    `left_out` counts what they named and is not examined, by reason; `notices` are sentences on
    how the pages were found. Its job has taken up the visits whose ordinal is below `handed_out`.
    Scans of a project with the same `request_key` were asked for in the same words.
    A `fresh` one goes by no earlier visit. `approach` is what is done with each page before it is
    examined, `page_state` the name of the state that this brings it into.
    """

    __tablename__ = "scan"
    __table_args__ = (Index("ix_scan_request", "project_id", "request_key"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    project_id: str = Field(foreign_key="project.id", ondelete="CASCADE", index=True)
    state: str = "queued"
    standard: str
    viewports: list[str] = json_column(list)
    checks: list[str] = json_column(list)
    wait_for: str | None = None
    targets: dict[str, Any] = json_column(dict)
    left_out: dict[str, int] = json_column(dict)
    notices: list[str] = json_column(list)
    priority: str = "normal"
    request_key: str = ""
    fresh: bool = False
    approach: dict[str, Any] = json_column(dict)
    page_state: str = ""
    branch: str | None = None
    sha: str | None = None
    base_sha: str | None = None
    axe_version: str | None = None
    browser_version: str | None = None
    luiska_version: str
    pages_requested: int
    handed_out: int = 0
    ended_count: int = 0
    requested_by: str
    requested_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    failure: str | None = None


class PageVisit(SQLModel, table=True):
    """One page in one viewport of one scan; it ends `examined` or with a named error.

    The id is the scan's and the ordinal, so visits sort in the order asked for; a finding's id
    goes on from it. `ended_order` numbers the visits of a scan as they end: 1, 2, 3 … `depth` is
    how many links the page is away from those that were named, `found_on` the address of the page
    with the link, `canonical` what the page says its own address is. `refused` is what the egress
    guard kept the page from, None on visits from before that was kept.

    `digest` stands for all that the findings depend on; None where that is not known. `reused_from`
    is the visit where the findings were really made, when this one found the same digest.
    """

    __tablename__ = "page_visit"
    __table_args__ = (UniqueConstraint("scan_id", "page_id", "viewport"),)

    id: str = Field(primary_key=True)
    scan_id: str = Field(foreign_key="scan.id", ondelete="CASCADE", index=True)
    page_id: str = Field(foreign_key="page.id", ondelete="CASCADE", index=True)
    ordinal: int
    url: str
    viewport: str
    depth: int = 0
    found_on: str | None = None
    canonical: str | None = None
    state: str = "queued"
    partial: bool = False
    partial_reasons: list[str] = json_column(list)
    refused: list[dict[str, Any]] | None = Field(default=None, sa_type=JSON)
    error_code: str | None = None
    error_detail: str | None = None
    final_url: str | None = None
    status: int | None = None
    title: str | None = None
    timings_ms: dict[str, int] = json_column(dict)
    digest: str | None = None
    reused_from: str | None = None
    ended_order: int | None = None
    ended_at: datetime | None = None


class VisitSources(SQLModel, table=True):
    """What the page of a visit was made from, packed; of pages that are a function of it."""

    __tablename__ = "visit_sources"

    visit_id: str = Field(foreign_key="page_visit.id", ondelete="CASCADE", primary_key=True)
    content: bytes


class Picture(SQLModel, table=True):
    """What the element with this selector looked like on a visit, marked, as WebP.

    In the place of a selector `(page)` stands for the page as a whole, and `(layout)` for the
    sizes and places that belong to its picture, as JSON.
    """

    __tablename__ = "picture"

    visit_id: str = Field(foreign_key="page_visit.id", ondelete="CASCADE", primary_key=True)
    selector: str = Field(primary_key=True)
    content: bytes


class FindingRow(SQLModel, table=True):
    """A finding as stored: never changed after its visit ended."""

    __tablename__ = "finding"
    __table_args__ = (UniqueConstraint("visit_id", "ordinal"),)

    id: str = Field(primary_key=True)
    scan_id: str = Field(foreign_key="scan.id", ondelete="CASCADE", index=True)
    visit_id: str = Field(foreign_key="page_visit.id", ondelete="CASCADE")
    barrier_id: str | None = Field(
        default=None, foreign_key="barrier.id", ondelete="SET NULL", index=True
    )
    ordinal: int
    rule: str
    engine: str
    outcome: str
    impact: str | None = None
    criteria: list[str] = json_column(list)
    advisory: bool = False
    selector: str
    html: str
    message: str
    help: str
    help_url: str
    fingerprint: str
    instance_key: str
    path: str = ""


class RuleCountRow(SQLModel, table=True):
    """How many elements a rule passed, failed or left open on one visit.

    An `errored` rule threw; it is not known of visits from before that was kept.
    """

    __tablename__ = "rule_count"

    visit_id: str = Field(foreign_key="page_visit.id", ondelete="CASCADE", primary_key=True)
    rule: str = Field(primary_key=True)
    failed: int = 0
    cant_tell: int = 0
    passed: int = 0
    inapplicable: bool = False
    errored: bool = False
