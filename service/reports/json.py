"""The JSON report: everything a scan found, in the shape that `luiska scan` prints."""

import json
from dataclasses import asdict

from service.barriers.document import PageDocument, ScanDocument
from service.reports.report import Report
from service.reports.text import encodable
from service.reports.verdict import gate_json, viewport_json


def render(report: Report) -> str:
    """`{"engine", "standard", "pages": […], "summary"}`, indented, with a newline at the end.

    With a verdict, everything of it comes first, as the API answers it.
    """
    verdict = {} if report.verdict is None else gate_json(report.verdict)
    content = {**verdict, **_scan(report.scan)}
    return encodable(json.dumps(content, ensure_ascii=False, indent=2)) + "\n"


def _scan(document: ScanDocument) -> dict[str, object]:
    failed_pages = sum(page.state == "error" for page in document.pages)
    return {
        "engine": dict(document.engine),
        "standard": document.standard,
        "pages": [_page(page) for page in document.pages],
        "summary": {
            "pages": {
                "requested": len(document.pages),
                "examined": len(document.pages) - failed_pages,
                "partial": sum(page.partial for page in document.pages),
                "failed": failed_pages,
            },
            "counts": {
                "failed": document.count("failed"),
                "cantTell": document.count("cantTell"),
                "advisory": document.count("failed", advisory=True),
            },
            "failed_by_impact": document.count_by_impact("failed"),
            "left_out": dict(document.left_out),
            "notices": list(document.notices),
        },
    }


def _page(page: PageDocument) -> dict[str, object]:
    fields = asdict(page)
    # What a gate compares by, which is no news of the page.
    del fields["completed"], fields["key"], fields["final_key"], fields["named"]
    return {
        **fields,
        "viewport": viewport_json(page.viewport),
        "timings_ms": dict(page.timings_ms),
    }
