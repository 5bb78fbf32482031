"""A verdict of the gate as the JSON report and the API say it."""

from dataclasses import asdict
from typing import Any

from service.barriers.gate.values import Judged, NotExamined, Verdict


def gate_json(verdict: Verdict) -> dict[str, Any]:
    """Everything of the verdict, ready for `json.dumps`. Each barrier has its pages, counted."""
    lists = ("new", "existing", "fixed", "needs_review", "suppressed", "unstable")
    return {
        "verdict": verdict.verdict,
        **{name: [_judged(each) for each in getattr(verdict, name)] for name in lists},
        "not_examined": [_not_examined(each) for each in verdict.not_examined],
        "expected": verdict.expected,
        "examined": verdict.examined,
        "reasons": list(verdict.reasons),
        "remarks": list(verdict.remarks),
        "baseline": verdict.baseline,
        "visit_again": list(verdict.visit_again),
        "flakes": {**asdict(verdict.flakes), "rate": verdict.flakes.rate},
    }


def viewport_json(viewport: tuple[int, int]) -> dict[str, int]:
    width, height = viewport
    return {"width": width, "height": height}


def _judged(barrier: Judged) -> dict[str, Any]:
    suppressed = barrier.suppressed
    return {
        **asdict(barrier),
        "instances": [
            {**asdict(each), "viewport": viewport_json(each.viewport)} for each in barrier.instances
        ],
        "suppressed": suppressed
        and {**asdict(suppressed), "expires": suppressed.expires.isoformat()},
        "pages": list(barrier.pages),
        "elements": barrier.elements,
    }


def _not_examined(page: NotExamined) -> dict[str, Any]:
    return {**asdict(page), "viewport": viewport_json(page.viewport)}
