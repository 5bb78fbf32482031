"""One scan and its verdict for tests of reports, with texts that break careless writers."""

from base64 import b64decode
from dataclasses import replace
from datetime import UTC, date, datetime

from service.barriers.document import FindingDocument, PageDocument, ScanDocument
from service.barriers.gate.values import (
    Flakes,
    Instance,
    Judged,
    NotExamined,
    People,
    Suppressed,
    Verdict,
)
from service.reports import Report

SITE = "https://library.example"
WIDE = (1280, 1024)
NARROW = (320, 800)
MADE_AT = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)
# Markup, the end of a CDATA section, an emoji, NUL, half an emoji, line ends, a bell.
AWKWARD = (
    "<script>alert('x')</script> ]]> \U0001f600 \x00 \ud83d \r\n&amp; `tick` @everyone #1 \x07"
)
FORMULA = '=HYPERLINK("https://evil.example","x")'
# One pixel.
WEBP = b64decode("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA")


def finding(rule: str = "button-name", selector: str = "#buy", **fields) -> FindingDocument:
    known = {
        "rule": rule,
        "outcome": "failed",
        "impact": "critical",
        "criteria": ("4.1.2",),
        "advisory": False,
        "selector": selector,
        "html": "<button></button>",
        "message": "Fix this",
        "help": f"About {rule}",
        "help_url": f"https://rules.example/{rule}",
        "fingerprint": f"{rule}-1",
        "engine": "axe",
        "instance_key": f"{rule} {selector}",
    }
    return FindingDocument(**(known | fields))


def page(path: str = "/", *findings: FindingDocument, **fields) -> PageDocument:
    known = {
        "url": SITE + path,
        "final_url": SITE + path,
        "viewport": WIDE,
        "state": "examined",
        "partial": False,
        "partial_reasons": (),
        "error": None,
        "error_detail": None,
        "status": 200,
        "title": "A page",
        "findings": findings,
        "timings_ms": {"total": 1234},
        "key": path,
        "completed": frozenset({"button-name", "document-title"}),
    }
    return PageDocument(**(known | fields))


def lost(path: str = "/gone", **fields) -> PageDocument:
    known = {
        "final_url": None,
        "state": "error",
        "error": "navigation_timeout",
        "error_detail": "20 s went by",
        "status": None,
        "title": None,
        "completed": frozenset(),
    }
    return page(path, **(known | fields))


def scan(*pages: PageDocument) -> ScanDocument:
    return ScanDocument(
        standard="wcag22aa",
        engine={"axe": "4.14.1", "browser": "Chromium 141", "luiska": "0.1.0"},
        pages=pages,
    )


def instance(path: str = "/", selector: str = "#buy", **fields) -> Instance:
    known = {
        "url": SITE + path,
        "key": path,
        "viewport": WIDE,
        "page_state": "",
        "selector": selector,
        "html": "<button></button>",
        "message": "Fix this",
        "instance_key": selector,
    }
    return Instance(**(known | fields))


def judged(rule: str | None = "button-name", *instances: Instance, **fields) -> Judged:
    known = {
        "fingerprint": f"{rule}-1",
        "rule": rule,
        "title": f"About {rule}",
        "impact": "critical",
        "criteria": ("4.1.2",),
        "help_url": f"https://rules.example/{rule}",
        "instances": instances,
    }
    return Judged(**(known | fields))


def awkward_report() -> Report:
    """A failed gate with every kind of barrier, awkward in every text that strangers write."""
    nameless = judged(
        "button-name",
        instance("/?q=1", "#buy", html=AWKWARD, message=AWKWARD),
        instance("/?q=1", "#buy", viewport=NARROW, html=AWKWARD, message=AWKWARD),
        instance("/haku", FORMULA, page_state="menu open"),
        breaks=True,
        because=("seen for the first time",),
        people=People(met=3, exposed=8),
    )
    contrast = judged(
        "color-contrast", instance("/haku", ".a"), impact="serious", criteria=("1.4.3",)
    )
    met = judged(
        None,
        fingerprint="human-1",
        title=f"Nobody finds the form {AWKWARD}",
        impact=None,
        criteria=(),
        help_url=None,
        breaks=True,
        people=People(met=5, exposed=6),
    )
    banner = judged(
        "image-alt",
        instance("/haku", ".legacy-banner img"),
        suppressed=Suppressed(
            reason=FORMULA, owner="@web-team", expires=date(2027, 1, 31), source="policy"
        ),
    )
    verdict = Verdict(
        verdict="fail",
        new=(nameless, met),
        existing=(contrast,),
        fixed=(judged("link-name", instance("/haku", "a"), fingerprint="link-name-1"),),
        needs_review=(judged("aria-hidden-focus", instance("/", "i"), impact=None),),
        suppressed=(banner,),
        unstable=(judged("region", instance("/", "div"), impact="moderate"),),
        not_examined=(
            NotExamined(
                url=SITE + "/gone",
                viewport=WIDE,
                page_state="",
                error="navigation_timeout",
                detail=AWKWARD,
            ),
        ),
        expected=3,
        examined=2,
        reasons=("2 new barriers break the gate.",),
        remarks=(f"A suppression ran out: {AWKWARD}",),
        baseline="luiska-baseline.json",
        flakes=Flakes(visited_again=2, differed=1, undecided=1),
    )
    document = scan(
        page(
            "/?q=1",
            finding(
                "heading-order", "h4", advisory=True, criteria=(), impact="moderate", html=FORMULA
            ),
            title=AWKWARD,
        ),
        page("/haku"),
        page("/haku", page_state="menu open"),
        lost("/gone", error_detail=AWKWARD),
    )
    return Report(
        scan=document,
        verdict=verdict,
        files={"/haku": "templates/search page.html"},
        pictures={(SITE + "/?q=1", WIDE, "", "#buy"): WEBP},
        made_at=MADE_AT,
    )


def footer_report(pages: int = 575) -> Report:
    """One defect of a footer on so many pages, judged as new."""
    everywhere = judged(
        "link-name",
        *(instance(f"/page-{number}", "footer a") for number in range(pages)),
        breaks=True,
    )
    document = scan(*(page(f"/page-{number}") for number in range(pages)))
    verdict = Verdict(verdict="fail", new=(everywhere,), expected=pages, examined=pages)
    return Report(scan=document, verdict=verdict, made_at=MADE_AT)


def unjudged_report() -> Report:
    """A scan that no gate has judged: two failures, one to review, one advice, one page lost."""
    button = finding()
    again = replace(button, selector="#sell", instance_key="button-name #sell")
    document = scan(
        page("/", button, again, finding("region", "div", advisory=True, criteria=())),
        page(
            "/haku",
            finding("color-contrast", ".a", impact="serious"),
            finding("aria-hidden-focus", "i", outcome="cantTell", impact=None),
        ),
        lost(),
    )
    return Report(scan=document)
