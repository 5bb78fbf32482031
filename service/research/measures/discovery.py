"""How much of what there is to find has been found."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from math import ceil, log

from service.research.measures.checked import finite
from service.research.measures.figures import Discovery, Missing, Reason, left_out_of

SOURCE = "Sauro and Lewis, Quantifying the User Experience, chapter 7; Lewis (2001)"
GOAL = 0.85
_SLACK = 1e-9


def share_found(p: float, users: int) -> float:
    """1 - (1 - p)^n, the share that n users show: p = 0.31 with 5 is 0.84. Raises ValueError."""
    finite(p, "p", 0, 1)
    return 1 - (1 - p) ** int(finite(users, "users", 0))


def users_needed(p: float, goal: float = GOAL) -> int:
    """⌈ln(1 - goal) / ln(1 - p)⌉, how many users show that share; at least one.

    The ceiling has 1e-9 of slack, so that p = 0.2 with the goal 0.36 is 2 and not 3. p = 0.15 with
    0.85 is 12. Raises ValueError unless 0 < p <= 1 and 0 < goal < 1.
    """
    if finite(p, "p", 0, 1) == 0:
        raise ValueError("p is 0: what nobody meets is never found")
    if not 0 < finite(goal, "goal") < 1:
        raise ValueError(f"goal is {goal!r}, which is not between 0 and 1")
    if p == 1:
        return 1
    return max(1, ceil(log(1 - goal) / log(1 - p) - _SLACK))


def discovery(
    met: Mapping[str, Collection[str]],
    participants: int,
    *,
    harmless: int = 0,
    goal: float = GOAL,
    confidence: float = 0.95,
) -> Discovery:
    """p and what follows from it, of the problems in `met` (by name, who met each).

    p is the mean share of the `participants` who met a problem. It is too large where few took
    part, so it is adjusted: the mean of Good-Turing, p / (1 + N1 / N) with N1 of N problems seen by
    one participant only, and of deflation, (p - 1/n)(1 - 1/n). `found` is what n participants show
    by the adjusted p, `users_needed` how many show `goal`. `harmless` problems were left out, as
    all who met them were rated 0. Example: 7 problems met by 4 4 4 1 3 2 2 of 4 have p 0.7143,
    Good-Turing 0.625, deflated 0.3482, adjusted 0.4866. Raises ValueError.
    """
    counts = [len(set(who)) for who in met.values()]
    for name, count in zip(met, counts, strict=True):
        if not 1 <= count <= participants:
            raise ValueError(f"{count} of {participants} participants met {name!r}")
    nothing = Discovery(
        n=participants,
        left_out=left_out_of({Reason.NOT_A_PROBLEM: harmless}),
        confidence=confidence,
        source=SOURCE,
        problems=len(counts),
        seen_once=counts.count(1),
        p=None,
        good_turing=None,
        deflated=None,
        p_adjusted=None,
        found=None,
        unseen=None,
        goal=goal,
        users_needed=None,
        missing=Missing.NOTHING,
    )
    if not counts:
        return nothing
    p = sum(counts) / (len(counts) * participants)
    good_turing = p / (1 + counts.count(1) / len(counts))
    deflated = (p - 1 / participants) * (1 - 1 / participants)
    adjusted = (good_turing + deflated) / 2
    found = share_found(adjusted, participants)
    return replace(
        nothing,
        p=p,
        good_turing=good_turing,
        deflated=deflated,
        p_adjusted=adjusted,
        found=found,
        unseen=1 - found,
        users_needed=users_needed(adjusted, goal),
        missing=None,
    )
