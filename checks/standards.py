"""The standards that a scan can be asked for, as versioned profiles.

A profile says which success criteria count and which axe-core rules run. What has no criterion in
the profile is still run and told, and is advisory: best practices, and a criterion that only
WCAG 2.2 has when a 2.1 profile was asked for.
"""

from dataclasses import dataclass

from checks.catalogue import Criterion, WcagVersion, criteria_of, criterion

DEFAULT_STANDARD = "wcag22aa"

_WCAG_21_TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa")
_BEST_PRACTICE = "best-practice"
_OUTSIDE_WCAG = (
    "Automated checks decide only a part of these criteria; the rest is for people to judge."
)
_OUTSIDE_EN = (
    "Clause 9 (web) is what is checked. Clauses 5 (generic requirements), 6 (two-way voice"
    " communication), 7 (video capabilities), 11 (software) and 12 (documentation and support"
    " services) are outside. " + _OUTSIDE_WCAG
)


class UnknownStandard(ValueError):
    """No profile has this id; the message lists those there are."""

    def __init__(self, asked_for: str) -> None:
        """`asked_for` is repeated in the message as it was written."""
        known = ", ".join(each.id for each in STANDARDS)
        super().__init__(f"unknown standard {asked_for!r}: use one of {known}")
        self.asked_for = asked_for


@dataclass(frozen=True, kw_only=True)
class Standard:
    """One profile.

    `criteria` are success criterion numbers in the order of WCAG; `axe_tags` select the rules
    that axe-core runs; `outside` says what the profile leaves unchecked, for reports to repeat.
    `en_version` is set for profiles of EN 301 549.
    """

    id: str
    title: str
    wcag_version: WcagVersion
    en_version: str | None = None
    criteria: tuple[str, ...]
    axe_tags: tuple[str, ...]
    outside: str

    def covers(self, numbers: tuple[str, ...]) -> bool:
        """Whether any of these criteria is in the profile; what is not covered is advisory."""
        return any(number in self.criteria for number in numbers)

    def catalogue(self) -> tuple[Criterion, ...]:
        """The profile's criteria with their names, levels and clauses."""
        return tuple(criterion(number) for number in self.criteria)


def _numbers(version: WcagVersion) -> tuple[str, ...]:
    return tuple(each.number for each in criteria_of(version, "AA"))


STANDARDS: tuple[Standard, ...] = (
    Standard(
        id="wcag21aa",
        title="WCAG 2.1, level AA",
        wcag_version="2.1",
        criteria=_numbers("2.1"),
        axe_tags=(*_WCAG_21_TAGS, _BEST_PRACTICE),
        outside=_OUTSIDE_WCAG,
    ),
    Standard(
        id="wcag22aa",
        title="WCAG 2.2, level AA",
        wcag_version="2.2",
        criteria=_numbers("2.2"),
        axe_tags=(*_WCAG_21_TAGS, "wcag22aa", _BEST_PRACTICE),
        outside=_OUTSIDE_WCAG,
    ),
    Standard(
        id="en301549-3.2.1",
        title="EN 301 549 V3.2.1, clause 9 (WCAG 2.1, level AA)",
        wcag_version="2.1",
        en_version="3.2.1",
        criteria=_numbers("2.1"),
        axe_tags=(*_WCAG_21_TAGS, _BEST_PRACTICE),
        outside=_OUTSIDE_EN,
    ),
    Standard(
        id="en301549-4.1.1",
        title="EN 301 549 V4.1.1, clause 9 (WCAG 2.2, level AA)",
        wcag_version="2.2",
        en_version="4.1.1",
        criteria=_numbers("2.2"),
        axe_tags=(*_WCAG_21_TAGS, "wcag22aa", _BEST_PRACTICE),
        outside=_OUTSIDE_EN,
    ),
)

_BY_ID = {each.id: each for each in STANDARDS}


def standard(standard_id: str = DEFAULT_STANDARD) -> Standard:
    """The profile with this id; `UnknownStandard` when there is none."""
    try:
        return _BY_ID[standard_id]
    except KeyError:
        raise UnknownStandard(standard_id) from None
