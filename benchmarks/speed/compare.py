"""Whether two contestants found the same, page by page."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.speed.contestants.values import Finding, PageResult


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What one contestant found on a page and the other did not, by element."""

    page: str
    only_first: tuple[Finding, ...]
    only_second: tuple[Finding, ...]


def differences(
    first: Mapping[str, PageResult], second: Mapping[str, PageResult]
) -> tuple[Difference, ...]:
    """The pages whose findings differ by outcome, rule or selector; a failed page differs."""
    found = (
        Difference(
            page=page,
            only_first=_beyond(first.get(page), second.get(page)),
            only_second=_beyond(second.get(page), first.get(page)),
        )
        for page in dict.fromkeys((*first, *second))
    )
    return tuple(each for each in found if each.only_first or each.only_second)


def same_counts(first: Mapping[str, PageResult], second: Mapping[str, PageResult]) -> int:
    """How many pages both scanned with as many elements for each rule and outcome."""
    return sum(
        page in second
        and result.error is None
        and second[page].error is None
        and result.counts() == second[page].counts()
        for page, result in first.items()
    )


def _beyond(one: PageResult | None, other: PageResult | None) -> tuple[Finding, ...]:
    mine, theirs = (Counter(_seen(result)) for result in (one, other))
    return tuple(sorted((mine - theirs).elements()))


def _seen(result: PageResult | None) -> tuple[Finding, ...]:
    if result is None:
        return (("error", "not scanned", ""),)
    if result.error is not None:
        return (("error", result.error, ""),)
    return result.findings
