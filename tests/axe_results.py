"""What axe-core would say of a page, written by hand: nodes, rules, artifacts."""

from collections.abc import Mapping, Sequence
from typing import Any

from checks import Element, PageArtifacts, Reading, read_axe, standard

VERSION = "4.14.1"
_CRITERIA = {
    "link-name": ["wcag2a", "wcag244", "wcag412"],
    "color-contrast": ["wcag2aa", "wcag143"],
    "image-alt": ["wcag2a", "wcag111"],
    "button-name": ["wcag2a", "wcag412"],
    "frame-tested": ["best-practice"],
    "region": ["best-practice"],
}
_IMPACTS = {"color-contrast": "serious", "region": "moderate"}


def node(selector: str, html: str, *, errored: bool = False) -> dict[str, Any]:
    """One element; `errored` as where the rule threw on it. A frame's step is ` >>> `."""
    none = [{"id": "error-occurred", "message": "it threw"}] if errored else []
    return {
        "target": selector.split(" >>> "),
        "html": html,
        "any": [{"id": "x", "message": "Fix this"}],
        "all": [],
        "none": none,
    }


def rule(rule_id: str, *nodes: dict[str, Any], impact: str | None = None) -> dict[str, Any]:
    return {
        "id": rule_id,
        "impact": impact or _IMPACTS.get(rule_id, "critical"),
        "tags": _CRITERIA[rule_id],
        "help": f"About {rule_id}",
        "helpUrl": f"https://rules.example/{rule_id}",
        "nodes": list(nodes),
    }


def passed(rule_id: str, elements: int = 1) -> dict[str, Any]:
    """A rule as the browser side reduces what passed (or, with 0, had nothing to apply to)."""
    return {"id": rule_id, "nodes": elements}


def artifacts(
    url: str,
    *,
    violations: Sequence[dict[str, Any]] = (),
    incomplete: Sequence[dict[str, Any]] = (),
    passes: Sequence[dict[str, Any]] = (),
    inapplicable: Sequence[dict[str, Any]] = (),
    elements: Mapping[str, Element] | None = None,
    title: str = "A page",
) -> PageArtifacts:
    return PageArtifacts(
        url=url,
        final_url=url,
        status=200,
        content_type="text/html",
        title=title,
        language="en",
        axe={
            "testEngine": {"name": "axe-core", "version": VERSION},
            "violations": list(violations),
            "incomplete": list(incomplete),
            "passes": list(passes),
            "inapplicable": list(inapplicable),
        },
        elements=elements or {},
    )


def reading(**lists: Any) -> Reading:
    """The reading of such a page under WCAG 2.2 AA."""
    return read_axe(artifacts("https://library.example/", **lists), standard("wcag22aa"))
