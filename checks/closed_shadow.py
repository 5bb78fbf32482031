"""Closed shadow roots: what stands in them is seen by readers and by no check."""

from dataclasses import replace

from checks.fingerprint import fingerprint
from checks.standards import Standard
from checks.values import ClosedHost, Finding, Outcome, PageArtifacts, Reading, Rule, RuleCount

CLOSED_SHADOW_ROOT = Rule(
    id="closed-shadow-root",
    engine="luiska",
    description="Finds elements whose content stands in a closed shadow root.",
    help="Content in a closed shadow root must be checked by hand",
    help_url="https://dom.spec.whatwg.org/#dom-shadowroot-mode",
)
_MESSAGE = (
    "This element shows its content through a closed shadow root. No script can look into one, so "
    "nothing in there was checked. Check it by hand, or have the component open its shadow root."
)


def with_closed_shadow_roots(
    reading: Reading, artifacts: PageArtifacts, standard: Standard
) -> Reading:
    """The reading and, for each closed shadow root of the page, a finding that cannot be told."""
    if not artifacts.closed_hosts:
        return reading
    repeats: dict[str, int] = {}
    findings = []
    for host in artifacts.closed_hosts:
        key = fingerprint(rule=CLOSED_SHADOW_ROOT.id, html=host.html, element=host.element).instance
        ordinal = repeats.get(key, 0)
        repeats[key] = ordinal + 1
        findings.append(_finding(host, standard, ordinal))
    count = RuleCount(rule=CLOSED_SHADOW_ROOT.id, cant_tell=len(findings))
    return replace(
        reading,
        findings=(*reading.findings, *findings),
        counts=tuple(sorted((*reading.counts, count), key=lambda each: each.rule)),
    )


def _finding(host: ClosedHost, standard: Standard, ordinal: int) -> Finding:
    rule = CLOSED_SHADOW_ROOT
    keys = fingerprint(rule=rule.id, html=host.html, element=host.element, ordinal=ordinal)
    return Finding(
        rule=rule.id,
        engine=rule.engine,
        outcome=Outcome.CANT_TELL,
        impact=None,
        criteria=rule.criteria,
        advisory=not standard.covers(rule.criteria),
        selector=host.selector,
        html=host.html,
        message=_MESSAGE,
        help=rule.help,
        help_url=rule.help_url,
        fingerprint=keys.component,
        instance_key=keys.instance,
        path=host.element.path,
    )
