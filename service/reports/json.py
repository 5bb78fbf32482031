"""The JSON report: everything a scan found, in the shape that `luiska scan` prints."""

import json
from dataclasses import asdict

from service.scans import PageDocument, ScanDocument


def render(document: ScanDocument) -> str:
    """`{"engine", "standard", "pages": […], "summary"}`, indented, with a newline at the end."""
    failed_pages = sum(page.state == "error" for page in document.pages)
    content = {
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
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _page(page: PageDocument) -> dict[str, object]:
    width, height = page.viewport
    fields = asdict(page)
    # What a gate compares by, which is no news of the page.
    del fields["completed"], fields["key"], fields["final_key"], fields["named"]
    return {
        **fields,
        "viewport": {"width": width, "height": height},
        "timings_ms": dict(page.timings_ms),
    }
