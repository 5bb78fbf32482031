"""What a gate is given and what it answers. Pure values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from checks import Impact

VerdictWord = Literal["pass", "fail", "incomplete"]
FailOn = Literal["new", "any", "none"]
OnIncomplete = Literal["fail", "allow"]


@dataclass(frozen=True, kw_only=True)
class Suppress:
    """A decision to live with some findings until a date. Every part given must fit.

    `selector` is a CSS selector of the elements, `url` a pattern of paths such as `/arkisto/*`.
    """

    rule: str | None = None
    selector: str | None = None
    url: str | None = None
    reason: str
    owner: str
    expires: date


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What breaks the gate. `impact` is the mildest that does; `budget` is by rule.

    A rule within its budget, counted in elements, breaks nothing.
    """

    fail_on: FailOn = "new"
    impact: Impact = Impact.SERIOUS
    budget: Mapping[str, int] = field(default_factory=dict)
    witnessed: bool = False
    incomplete: OnIncomplete = "fail"
    suppress: tuple[Suppress, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Instance:
    """One element of a barrier on one page in one viewport.

    `key` is the page's identity; `page_state` names the state it was brought into, or is empty.
    """

    url: str
    key: str
    viewport: tuple[int, int]
    page_state: str
    selector: str
    html: str
    message: str
    instance_key: str


@dataclass(frozen=True, kw_only=True)
class People:
    """How many participants met a barrier, of how many who could have. Counts, never who."""

    met: int
    exposed: int


@dataclass(frozen=True, kw_only=True)
class Suppressed:
    """Which suppression covers a barrier. `source` is `policy` or `ledger`."""

    reason: str
    owner: str
    expires: date
    source: Literal["policy", "ledger"] = "policy"


@dataclass(frozen=True, kw_only=True)
class Judged:
    """One barrier as the gate sees it: one line of a verdict, however many pages it is on.

    `breaks` tells whether it breaks the gate, `because` is why it is judged as it is: how it was
    recognised, what people met, what revoked its suppression. `people` is None without a ledger.
    A barrier that only people met has no rule, and no instances.
    """

    fingerprint: str
    rule: str | None
    title: str
    impact: str | None
    criteria: tuple[str, ...]
    help_url: str | None
    instances: tuple[Instance, ...]
    breaks: bool = False
    because: tuple[str, ...] = ()
    people: People | None = None
    suppressed: Suppressed | None = None

    @property
    def pages(self) -> tuple[str, ...]:
        """The addresses that it is on, each once, in their order."""
        return tuple(dict.fromkeys(each.url for each in self.instances))

    @property
    def elements(self) -> int:
        """How many elements it has; one that stands on many pages is one."""
        return len({each.instance_key for each in self.instances})


@dataclass(frozen=True, kw_only=True)
class NotExamined:
    """A page that nothing can be said of. `error` is a code of the error taxonomy, or `partial`."""

    url: str
    viewport: tuple[int, int]
    page_state: str
    error: str
    detail: str


@dataclass(frozen=True, kw_only=True)
class Flakes:
    """What visiting again showed: pages visited again, those that differed, those undecided."""

    visited_again: int
    differed: int
    undecided: int

    @property
    def rate(self) -> float:
        """The share of the pages visited again that differed, 0 to 1."""
        return self.differed / self.visited_again if self.visited_again else 0.0


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the gate says. `pass` says that the policy holds, never that a site conforms.

    `fixed` barriers are those of the baseline that are gone where their page, viewport and rule
    completed; those that could not be looked for are `existing`. `unstable` are those on which the
    visits of a page do not agree. `visit_again` are addresses to be visited once more before the
    word holds. `reasons` are sentences: why the word is what it is; `remarks`
    are sentences on what else a reader must know, such as suppressions that expired.
    """

    verdict: VerdictWord
    new: tuple[Judged, ...] = ()
    existing: tuple[Judged, ...] = ()
    fixed: tuple[Judged, ...] = ()
    needs_review: tuple[Judged, ...] = ()
    suppressed: tuple[Judged, ...] = ()
    unstable: tuple[Judged, ...] = ()
    not_examined: tuple[NotExamined, ...] = ()
    expected: int
    examined: int
    reasons: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    baseline: str | None = None
    visit_again: tuple[str, ...] = ()
    flakes: Flakes = field(default_factory=lambda: Flakes(visited_again=0, differed=0, undecided=0))

    @property
    def breaking(self) -> tuple[Judged, ...]:
        """What breaks the gate, new ones first."""
        return tuple(each for each in (*self.new, *self.existing) if each.breaks)
