"""The grammar of a check: rule, outcome, impact, element, finding.

Outcomes are EARL's (passed, failed, cantTell, inapplicable, untested); impacts are axe-core's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

Engine = Literal["axe", "luiska"]


class Outcome(StrEnum):
    """The five outcomes of EARL 1.0, spelled as in its vocabulary."""

    PASSED = "passed"
    FAILED = "failed"
    CANT_TELL = "cantTell"
    INAPPLICABLE = "inapplicable"
    UNTESTED = "untested"


class Impact(StrEnum):
    """axe-core's four impacts, mildest first."""

    MINOR = "minor"
    MODERATE = "moderate"
    SERIOUS = "serious"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """1 (minor) to 4 (critical)."""
        return list(Impact).index(self) + 1


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One check's metadata; `criteria` are success criterion numbers such as `1.4.3`."""

    id: str
    engine: Engine
    description: str
    help: str
    help_url: str
    criteria: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Ancestor:
    """An element above the one found, as far as it tells where on the page that is."""

    tag: str
    role: str | None = None
    name: str | None = None
    id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Element:
    """What an isolated world of the page knows of one element.

    `ancestors` are the nearest, nearest first. `path` has all, outermost first, with their ids and
    classes as a CSS selector spells them: `html>body.home>main#content`.
    """

    role: str | None = None
    name: str | None = None
    ancestors: tuple[Ancestor, ...] = ()
    path: str = ""


@dataclass(frozen=True, kw_only=True)
class ClosedHost:
    """An element whose content stands in a closed shadow root, where no script can look.

    `selector` is a target's key, `html` its opening tag.
    """

    selector: str
    html: str
    element: Element


@dataclass(frozen=True, kw_only=True)
class Link:
    """An absolute address that a page links to; `nofollow` is what its `rel` says."""

    url: str
    nofollow: bool = False


@dataclass(frozen=True, kw_only=True)
class Links:
    """The links of a rendered page in their order, each address once.

    `cut` is how many more there were than are read; `canonical` is what the page says its own
    address is.
    """

    found: tuple[Link, ...] = ()
    cut: int = 0
    canonical: str | None = None


@dataclass(frozen=True, kw_only=True)
class PageArtifacts:
    """What the browser gathered of one page once; rules are pure functions over it.

    `axe` is the raw result object of `axe.run` (violations, incomplete; passes and inapplicable
    may be reduced to `{"id", "nodes": <count>}`). `elements` maps a node's target, as
    `target_key` spells it, to what is known of that element. `links` is None unless they were
    asked for.
    """

    url: str
    final_url: str
    status: int
    content_type: str
    title: str
    language: str | None
    axe: Mapping[str, object]
    elements: Mapping[str, Element] = field(default_factory=dict)
    closed_hosts: tuple[ClosedHost, ...] = ()
    links: Links | None = None


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One rule on one element of one page visit. Immutable.

    `selector` is a CSS selector; a step into a frame is written ` >>> `.
    `fingerprint` is the component key, `instance_key` tells repeated instances of it apart. `path`
    is the element's (see `Element`), empty where it is not known.
    `advisory` findings have no success criterion in the standard asked for and never gate.
    """

    rule: str
    engine: Engine
    outcome: Literal[Outcome.FAILED, Outcome.CANT_TELL]
    impact: Impact | None
    criteria: tuple[str, ...]
    advisory: bool
    selector: str
    html: str
    message: str
    help: str
    help_url: str
    fingerprint: str
    instance_key: str
    path: str = ""


@dataclass(frozen=True, kw_only=True)
class RuleCount:
    """How many elements one rule passed, failed or left open on a page; coverage is told from it.

    `errored` is true where the rule itself threw: then what it did not find is not fixed. A rule
    without a count was not run.
    """

    rule: str
    failed: int = 0
    cant_tell: int = 0
    passed: int = 0
    inapplicable: bool = False
    errored: bool = False


@dataclass(frozen=True, kw_only=True)
class Reading:
    """Everything that one engine says of one page."""

    engine: Engine
    engine_version: str
    findings: tuple[Finding, ...]
    counts: tuple[RuleCount, ...]
