"""Scans in few words: pages of one site with findings whose keys are the real ones."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from checks import fingerprint
from checks.values import Ancestor, Element
from service.barriers.document import FindingDocument, PageDocument, ScanDocument
from service.barriers.gate.baseline import Baseline, baseline_of
from service.barriers.gate.judge import judge
from service.barriers.gate.values import Policy, Verdict

TODAY = date(2026, 11, 22)
SIZE = (1280, 1024)
RULES = ("button-name", "color-contrast", "frame-tested", "image-alt", "label", "link-name", "list")
IMPACTS = {"color-contrast": "serious", "label": "critical", "list": "moderate"}
MAIN = (Ancestor(tag="main", role="main"),)


def finding(
    rule: str = "image-alt",
    html: str = '<img src="/map.png">',
    *,
    outcome: str = "failed",
    selector: str = "img",
    path: str = "html>body>main",
    ancestors: tuple[Ancestor, ...] = MAIN,
    name: str | None = None,
    ordinal: int = 0,
    advisory: bool = False,
    impact: str | None = None,
) -> FindingDocument:
    element = Element(name=name, ancestors=ancestors, path=path)
    keys = fingerprint(rule=rule, html=html, element=element, ordinal=ordinal)
    return FindingDocument(
        rule=rule,
        outcome=outcome,
        impact=impact or IMPACTS.get(rule, "critical"),
        criteria=() if advisory else ("1.1.1",),
        advisory=advisory,
        selector=selector,
        html=html,
        message=f"Fix {rule}",
        help=f"Help on {rule}",
        help_url=f"https://rules.example.org/{rule}",
        fingerprint=keys.component,
        engine="axe",
        instance_key=keys.instance,
        path=path,
    )


def page(path: str = "/", *findings: FindingDocument, **more: Any) -> PageDocument:
    given: dict[str, Any] = {
        "url": f"https://site.example{path}",
        "final_url": f"https://site.example{path}",
        "viewport": SIZE,
        "state": "examined",
        "partial": False,
        "partial_reasons": (),
        "error": None,
        "error_detail": None,
        "status": 200,
        "title": path,
        "findings": findings,
        "key": path,
        "final_key": path,
        "named": True,
        "completed": frozenset(RULES),
    }
    return PageDocument(**{**given, **more})


def failed_page(path: str, error: str = "navigation_timeout", **more: Any) -> PageDocument:
    return page(
        path,
        state="error",
        error=error,
        error_detail="no answer came",
        final_url=None,
        final_key="",
        completed=frozenset(),
        **more,
    )


def scan(*pages: PageDocument, **more: Any) -> ScanDocument:
    return ScanDocument(standard="wcag22aa", engine={"axe": "4.14.1"}, pages=pages, **more)


def known(*pages: PageDocument) -> Baseline:
    return baseline_of(scan(*pages), source="before")


def verdict(
    report: ScanDocument | Iterable[PageDocument],
    baseline: Baseline | None = None,
    policy: Policy | None = None,
    **more: Any,
) -> Verdict:
    document = report if isinstance(report, ScanDocument) else scan(*report)
    return judge(document, baseline, policy or Policy(), today=TODAY, **more)


def rules(judged: Iterable[Any]) -> list[str]:
    return [each.rule for each in judged]


def partial(document: PageDocument) -> PageDocument:
    return replace(document, partial=True, partial_reasons=("a frame could not be entered",))
