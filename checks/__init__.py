"""What Luiska knows of accessibility, and nothing of where it comes from.

The package is pure: values in, values out, no browser, network, database or clock.

- `CRITERIA`, `criterion`: the success criteria of WCAG 2.2 with names in English, Finnish, Swedish.
- `STANDARDS`, `standard`: the profiles that a scan can be asked for.
- `read_axe`: what axe-core said of a page, as a `Reading` of `Finding`s and `RuleCount`s.
- `with_closed_shadow_roots`: the same `Reading` and what no check can look into.
- `fingerprint`: the identity of a finding, which outlives the page around it.

Errors::

    KeyError
      UnknownCriterion      no such success criterion
    ValueError
      UnknownStandard       no such profile
      MalformedAxeResult    not a result of axe-core
"""

from checks.axe import MalformedAxeResult, criteria_of_tags, read_axe, target_key
from checks.catalogue import (
    CRITERIA,
    Criterion,
    Level,
    UnknownCriterion,
    WcagVersion,
    criteria_of,
    criterion,
)
from checks.closed_shadow import with_closed_shadow_roots
from checks.fingerprint import ALGORITHM_VERSION, Fingerprint, fingerprint
from checks.standards import DEFAULT_STANDARD, STANDARDS, Standard, UnknownStandard, standard
from checks.values import (
    Ancestor,
    ClosedHost,
    Element,
    Engine,
    Finding,
    Impact,
    Link,
    Links,
    Outcome,
    PageArtifacts,
    Reading,
    Rule,
    RuleCount,
)

__all__ = [
    "ALGORITHM_VERSION",
    "CRITERIA",
    "DEFAULT_STANDARD",
    "STANDARDS",
    "Ancestor",
    "ClosedHost",
    "Criterion",
    "Element",
    "Engine",
    "Finding",
    "Fingerprint",
    "Impact",
    "Level",
    "Link",
    "Links",
    "MalformedAxeResult",
    "Outcome",
    "PageArtifacts",
    "Reading",
    "Rule",
    "RuleCount",
    "Standard",
    "UnknownCriterion",
    "UnknownStandard",
    "WcagVersion",
    "criteria_of",
    "criteria_of_tags",
    "criterion",
    "fingerprint",
    "read_axe",
    "standard",
    "target_key",
    "with_closed_shadow_roots",
]
