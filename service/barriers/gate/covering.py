"""Which findings the policy's suppressions cover. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from service.barriers.gate.matching import Found
from service.barriers.gate.selecting import can_be_told, covers, url_fits
from service.barriers.gate.values import People, Policy, Suppress, Suppressed


@dataclass(frozen=True, kw_only=True)
class Cover:
    """A finding and the suppression that covers it."""

    found: Found
    suppress: Suppress

    @property
    def suppressed(self) -> Suppressed:
        suppress = self.suppress
        return Suppressed(reason=suppress.reason, owner=suppress.owner, expires=suppress.expires)


def covers_of(
    found: Sequence[Found], policy: Policy, today: date, people: Mapping[str, People]
) -> tuple[list[Cover], list[Found], tuple[str, ...]]:
    """Covered findings, those that no living suppression covers, and remarks on suppressions.

    A suppression holds through the day of its expiry, and never for what people met.
    """
    covered: list[Cover] = []
    rest: list[Found] = []
    used: set[int] = set()
    revoked: dict[int, str] = {}
    for each in found:
        index = next((i for i, one in enumerate(policy.suppress) if _fits(one, each)), None)
        if index is None:
            rest.append(each)
            continue
        used.add(index)
        suppress = policy.suppress[index]
        met = people.get(each.finding.fingerprint)
        if met is not None and met.met:
            revoked[index] = f"{met.met} of {met.exposed} people met {each.finding.help!r}"
            rest.append(each)
        elif suppress.expires < today:
            rest.append(each)
        else:
            covered.append(Cover(found=each, suppress=suppress))
    return covered, rest, _remarks(policy, today, used, revoked)


def _fits(suppress: Suppress, found: Found) -> bool:
    finding, page = found.finding, found.page
    return (
        suppress.rule in (None, finding.rule)
        and (suppress.url is None or url_fits(suppress.url, page.url))
        and (
            suppress.selector is None
            or covers(
                suppress.selector, found=finding.selector, html=finding.html, path=finding.path
            )
        )
    )


def _remarks(
    policy: Policy, today: date, used: set[int], revoked: Mapping[int, str]
) -> tuple[str, ...]:
    remarks = []
    for index, suppress in enumerate(policy.suppress):
        name = _name(suppress)
        if index in revoked:
            remarks.append(f"The suppression of {name} is revoked: {revoked[index]}.")
        if suppress.expires < today:
            counts = "what it covered counts again" if index in used else "it covers nothing now"
            remarks.append(
                f"The suppression of {name} ({suppress.owner}) expired on {suppress.expires}: "
                f"{counts}."
            )
        elif index not in used:
            remarks.append(f"The suppression of {name} covers nothing{_why_not(suppress)}.")
    return tuple(remarks)


def _name(suppress: Suppress) -> str:
    parts = (suppress.rule, suppress.selector, suppress.url)
    return " ".join(part for part in parts if part is not None)


def _why_not(suppress: Suppress) -> str:
    if suppress.selector is None or can_be_told(suppress.selector):
        return ""
    return (
        "; its selector asks for siblings, positions or attributes further up, which a finding "
        "does not keep: name ids and classes, or the finding's own selector"
    )
