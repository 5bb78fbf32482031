"""What every report is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from service.barriers.document import ScanDocument
from service.barriers.gate.values import Verdict

# (url, viewport, page_state, selector) of an element: its picture, as WebP.
Pictures = Mapping[tuple[str, tuple[int, int], str, str], bytes]


@dataclass(frozen=True, kw_only=True)
class Report:
    """A scan, and what the gate says of it where one was asked.

    `files` tells which repository file a page's path is made from; `language` is the one of the
    HTML report.
    """

    scan: ScanDocument
    verdict: Verdict | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    pictures: Pictures = field(default_factory=dict)
    language: str = "en"
    made_at: datetime | None = None
