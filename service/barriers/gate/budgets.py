"""What a rule's budget covers breaks nothing, unless people met it. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from service.barriers.gate.values import Judged, Policy


def is_met(judged: Judged) -> bool:
    """Whether somebody met it in a session."""
    return judged.people is not None and judged.people.met > 0


def within_budgets(
    new: Sequence[Judged], existing: Sequence[Judged], policy: Policy
) -> tuple[list[Judged], list[Judged], tuple[str, ...]]:
    """Both with what is within budget no longer breaking, and remarks on what that took.

    A budget is spent by elements that would break the gate; one on many pages is spent once.
    """
    spent: dict[str, int] = {}
    for each in (*new, *existing):
        rule = _budgeted_rule(each, policy)
        if rule is not None:
            spent[rule] = spent.get(rule, 0) + each.elements

    def within(each: Judged) -> Judged:
        rule = _budgeted_rule(each, policy)
        if rule is None:
            return each
        told = f"{spent[rule]} of a budget of {policy.budget[rule]} for {rule}"
        return replace(
            each, breaks=spent[rule] > policy.budget[rule], because=(*each.because, told)
        )

    remarks = tuple(
        f"{rule}: {count} of a budget of {policy.budget[rule]} is used."
        for rule, count in sorted(spent.items())
        if count <= policy.budget[rule]
    )
    return [within(each) for each in new], [within(each) for each in existing], remarks


def _budgeted_rule(judged: Judged, policy: Policy) -> str | None:
    """The rule whose budget this spends, if any."""
    is_witnessed = policy.witnessed and is_met(judged)
    if not judged.breaks or is_witnessed or judged.rule not in policy.budget:
        return None
    return judged.rule
