"""Reads a raw result of axe-core: violations fail, what axe left open cannot be told.

Nothing of it is dropped: each rule and node makes one finding, best practices too. A result that
is not what axe-core writes raises `MalformedAxeResult`; it is never read as a page without faults.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from checks.fingerprint import fingerprint
from checks.standards import Standard
from checks.values import Finding, Impact, Outcome, PageArtifacts, Reading, RuleCount

FRAME_STEP = " >>> "
SHADOW_STEP = " >> "

_CRITERION_TAG = re.compile(r"wcag([1-4])([1-9])([1-9]\d?)")
_ERROR_CHECK = "error-occurred"
_WHOLE_PAGE = "html"

_Found = Literal[Outcome.FAILED, Outcome.CANT_TELL]
_Json = Mapping[str, object]


class MalformedAxeResult(ValueError):
    """The result lacks what every result of axe-core has; `path` says where."""

    def __init__(self, path: str, problem: str) -> None:
        """`path` is written as in JavaScript: `violations[0].nodes[2].target`."""
        super().__init__(f"not a result of axe-core: {path} {problem}")
        self.path = path


def read_axe(artifacts: PageArtifacts, standard: Standard) -> Reading:
    """The findings and counts of `artifacts.axe`, judged by `standard`.

    A rule that threw is a `cantTell` with axe's error as its message, and its count is `errored`.
    Findings that are equal but for their place are numbered in the order of the result.
    """
    result = artifacts.axe
    findings: list[Finding] = []
    counts: dict[str, _Tally] = {}
    repeats: dict[str, int] = {}
    listed: tuple[tuple[str, _Found], ...] = (
        ("violations", Outcome.FAILED),
        ("incomplete", Outcome.CANT_TELL),
    )
    for key, outcome in listed:
        for path, rule in _members(result, key):
            tally = counts.setdefault(_text(rule, "id", path), _Tally())
            nodes = list(_members(rule, "nodes", path))
            if not nodes:
                raise MalformedAxeResult(f"{path}.nodes", "is empty")
            for node_path, node in nodes:
                tally.add(outcome, errored=_threw(rule, node))
                found = _finding(
                    rule, node, outcome, artifacts, standard, path=path, node_path=node_path
                )
                ordinal = repeats.get(found.instance_key, 0)
                repeats[found.instance_key] = ordinal + 1
                findings.append(_numbered(found, ordinal, artifacts) if ordinal else found)
    for path, rule in _members(result, "passes"):
        tally = counts.setdefault(_text(rule, "id", path), _Tally())
        tally.passed += _node_count(rule, path)
    for path, rule in _members(result, "inapplicable"):
        counts.setdefault(_text(rule, "id", path), _Tally())
    return Reading(
        engine="axe",
        engine_version=_engine_version(result),
        findings=tuple(findings),
        counts=tuple(counts[rule_id].count(rule_id) for rule_id in sorted(counts)),
    )


def target_key(target: object) -> str:
    """One line for axe's `target`, which is also the key of `PageArtifacts.elements`.

    `["#frame", "a"]` is a step into a frame and becomes `#frame >>> a`; `[["x-card", "a"]]` is a
    step into a shadow root and becomes `x-card >> a`.
    """
    steps = _list_of(target, "target")
    if not steps:
        raise MalformedAxeResult("target", "is empty")
    return FRAME_STEP.join(_frame_step(step) for step in steps)


def criteria_of_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """The success criteria among axe's tags: `wcag1411` is 1.4.11; levels (`wcag2aa`) are none."""
    matches = (_CRITERION_TAG.fullmatch(tag) for tag in tags)
    return tuple(dict.fromkeys(".".join(match.groups()) for match in matches if match))


@dataclass(kw_only=True)
class _Tally:
    """What is counted of one rule while a result is read."""

    found: dict[Outcome, int] = field(default_factory=dict)
    passed: int = 0
    errored: bool = False

    def add(self, outcome: Outcome, *, errored: bool) -> None:
        self.found[outcome] = self.found.get(outcome, 0) + 1
        self.errored = self.errored or errored

    def count(self, rule_id: str) -> RuleCount:
        return RuleCount(
            rule=rule_id,
            failed=self.found.get(Outcome.FAILED, 0),
            cant_tell=self.found.get(Outcome.CANT_TELL, 0),
            passed=self.passed,
            inapplicable=not self.found and not self.passed,
            errored=self.errored,
        )


def _finding(
    rule: _Json,
    node: _Json,
    outcome: _Found,
    artifacts: PageArtifacts,
    standard: Standard,
    *,
    path: str,
    node_path: str,
) -> Finding:
    rule_id = _text(rule, "id", path)
    tags = [str(tag) for tag in _list_of(rule.get("tags"), f"{path}.tags")]
    criteria = criteria_of_tags(tags)
    selector = _selector(rule, node, node_path)
    html = _optional_text(node, "html", node_path)
    element = artifacts.elements.get(selector)
    keys = fingerprint(rule=rule_id, html=html, element=element)
    summary = _text(rule, "help", path)
    return Finding(
        rule=rule_id,
        engine="axe",
        outcome=outcome,
        impact=_impact(node, node_path) or _impact(rule, path),
        criteria=criteria,
        advisory=not standard.covers(criteria),
        selector=selector,
        html=html,
        message=_message(rule, node, node_path) or summary,
        help=summary,
        help_url=_text(rule, "helpUrl", path),
        fingerprint=keys.component,
        instance_key=keys.instance,
        path="" if element is None else element.path,
    )


def _numbered(found: Finding, ordinal: int, artifacts: PageArtifacts) -> Finding:
    element = artifacts.elements.get(found.selector)
    keys = fingerprint(rule=found.rule, html=found.html, element=element, ordinal=ordinal)
    return replace(found, instance_key=keys.instance)


def _selector(rule: _Json, node: _Json, path: str) -> str:
    # A rule that threw outside of any element has no target: then it is the page that is open.
    if node.get("target") in (None, []) and _threw(rule, node):
        return _WHOLE_PAGE
    try:
        return target_key(node.get("target"))
    except MalformedAxeResult as malformed:
        raise MalformedAxeResult(f"{path}.{malformed.path}", "is not a selector") from malformed


def _frame_step(step: object) -> str:
    parts = [step] if isinstance(step, str) else _list_of(step, "target")
    texts = [part for part in parts if isinstance(part, str) and part.strip()]
    if not texts or len(texts) != len(parts):
        raise MalformedAxeResult("target", "is not made of selectors")
    return SHADOW_STEP.join(texts)


def _threw(rule: _Json, node: _Json) -> bool:
    checks = node.get("none")
    ids = [
        check.get("id")
        for check in (checks if isinstance(checks, Sequence) else ())
        if isinstance(check, Mapping)
    ]
    return bool(rule.get("error")) or _ERROR_CHECK in ids


def _message(rule: _Json, node: _Json, path: str) -> str:
    """The messages of the checks, one a line, in axe's own order: all that must be, then any."""
    checks = [check for group in ("none", "all", "any") for _, check in _members(node, group, path)]
    lines = [" ".join(str(check.get("message") or "").split()) for check in checks]
    error = rule.get("error")
    if isinstance(error, Mapping):
        lines.append(" ".join(f"The rule threw: {error.get('message', 'no message')}".split()))
    return "\n".join(dict.fromkeys(line for line in lines if line))


def _impact(source: _Json, path: str) -> Impact | None:
    value = source.get("impact")
    if value is None:
        return None
    try:
        return Impact(str(value))
    except ValueError:
        raise MalformedAxeResult(f"{path}.impact", f"is {value!r}") from None


def _engine_version(result: _Json) -> str:
    engine = result.get("testEngine")
    if not isinstance(engine, Mapping):
        raise MalformedAxeResult("testEngine", "is missing")
    return _text(engine, "version", "testEngine")


def _node_count(rule: _Json, path: str) -> int:
    nodes = rule.get("nodes")
    if isinstance(nodes, int) and not isinstance(nodes, bool) and nodes >= 0:
        return nodes
    return len(_list_of(nodes, f"{path}.nodes"))


def _members(source: _Json, key: str, path: str = "") -> Iterable[tuple[str, _Json]]:
    """The objects of a list, each with its path."""
    where = f"{path}.{key}" if path else key
    for index, member in enumerate(_list_of(source.get(key), where)):
        if not isinstance(member, Mapping):
            raise MalformedAxeResult(f"{where}[{index}]", "is not an object")
        yield f"{where}[{index}]", member


def _list_of(value: object, path: str) -> Sequence[object]:
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return value
    raise MalformedAxeResult(path, "is not a list")


def _text(source: _Json, key: str, path: str) -> str:
    value = source.get(key)
    if isinstance(value, str) and value:
        return value
    raise MalformedAxeResult(f"{path}.{key}", "is missing or empty")


def _optional_text(source: _Json, key: str, path: str) -> str:
    """Text that axe leaves out when asked to (`noHtml`)."""
    value = source.get(key)
    if value is None or isinstance(value, str):
        return value or ""
    raise MalformedAxeResult(f"{path}.{key}", "is not text")
