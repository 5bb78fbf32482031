"""Luiska's cost over each peer's, beside what is to be reached."""

from collections.abc import Mapping
from dataclasses import dataclass

OURS = "luiska"


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a contestant spent on the same pages. `whole` is False when it failed one of them."""

    wall_s: float
    cpu_s: float
    whole: bool


@dataclass(frozen=True, kw_only=True)
class Target:
    """At most this much of a peer's cost, by one measure (`wall` or `cpu`)."""

    peer: str
    measure: str
    at_most: float


TARGETS = (
    Target(peer="axe-cli", measure="wall", at_most=0.50),
    Target(peer="axe-cli", measure="cpu", at_most=0.50),
    Target(peer="pa11y-ci-tuned", measure="wall", at_most=0.90),
    Target(peer="pa11y-ci-tuned", measure="cpu", at_most=0.90),
    Target(peer="pa11y-ci", measure="wall", at_most=0.45),
    Target(peer="pa11y-ci", measure="cpu", at_most=0.45),
    Target(peer="limit", measure="cpu", at_most=1.10),
)


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """Luiska over one peer by one measure. `at_most` is None where nothing was promised.

    `valid` is False when one of the two did not scan every page: then nothing is met.
    """

    peer: str
    measure: str
    value: float
    at_most: float | None
    valid: bool

    @property
    def met(self) -> bool | None:
        """Whether the target is reached; None where there is none to reach."""
        if self.at_most is None:
            return None
        return self.valid and self.value <= self.at_most


def ratios(costs: Mapping[str, Cost]) -> tuple[Ratio, ...]:
    """Every ratio that these costs allow, in the order of the peers; none without Luiska's own."""
    ours = costs.get(OURS)
    if ours is None:
        return ()
    targets = {(target.peer, target.measure): target.at_most for target in TARGETS}
    return tuple(
        Ratio(
            peer=peer,
            measure=measure,
            value=getattr(ours, f"{measure}_s") / getattr(theirs, f"{measure}_s"),
            at_most=targets.get((peer, measure)),
            valid=ours.whole and theirs.whole,
        )
        for peer, theirs in costs.items()
        if peer != OURS
        for measure in ("wall", "cpu")
    )
