"""Scans: plan the pages, visit them as durable jobs, keep every visit and finding."""

from service.barriers.document import FindingDocument, PageDocument, RefusedHost, ScanDocument
from service.browser import Approach, Cookie, Login
from service.scans.approaching import read_approach, refuse_bad_approach, refuse_missing_secrets
from service.scans.batch import ScanJob
from service.scans.execution import ScanExecutor, browser_options
from service.scans.pictures import (
    PageSeen,
    PictureKey,
    last_asked_to_picture,
    page_last_seen,
    page_picture_of,
    picture_of,
    pictured_selectors,
    pictures_of,
)
from service.scans.progress import ScanEvent, events_after
from service.scans.reading import findings_of, visit_urls
from service.scans.requesting import (
    cancel_scan,
    find_scan,
    is_joined,
    refuse_unavailable,
    request_scan,
)
from service.scans.stored_document import document_of
from service.scans.summary import Counts, Pages, Summary, count_pages, summarise, summarise_all
from service.scans.tables import FindingRow, PageVisit, RuleCountRow, Scan
from service.scans.unstored import Conditions, examine_unstored
from service.scans.values import ENDED, Commit, Crawl, LeftOut, ScanRequest

__all__ = [
    "ENDED",
    "Approach",
    "Commit",
    "Conditions",
    "Cookie",
    "Counts",
    "Crawl",
    "FindingDocument",
    "FindingRow",
    "LeftOut",
    "Login",
    "PageDocument",
    "PageSeen",
    "PageVisit",
    "Pages",
    "PictureKey",
    "RefusedHost",
    "RuleCountRow",
    "Scan",
    "ScanDocument",
    "ScanEvent",
    "ScanExecutor",
    "ScanJob",
    "ScanRequest",
    "Summary",
    "browser_options",
    "cancel_scan",
    "count_pages",
    "document_of",
    "events_after",
    "examine_unstored",
    "find_scan",
    "findings_of",
    "is_joined",
    "last_asked_to_picture",
    "page_last_seen",
    "page_picture_of",
    "picture_of",
    "pictured_selectors",
    "pictures_of",
    "read_approach",
    "refuse_bad_approach",
    "refuse_missing_secrets",
    "refuse_unavailable",
    "request_scan",
    "summarise",
    "summarise_all",
    "visit_urls",
]
