"""The success criteria of WCAG 2.2, and 4.1.1 Parsing that WCAG 2.1 still names.

Source: https://www.w3.org/TR/WCAG22/ and EN 301 549, clause 9. The rows are in `catalogue_data`.
"""

from dataclasses import dataclass
from typing import Literal, cast

from checks.catalogue_data import REMOVED_IN_WCAG_22, ROWS, Row

Level = Literal["A", "AA", "AAA"]
WcagVersion = Literal["2.0", "2.1", "2.2"]

_UNDERSTANDING = "https://www.w3.org/WAI/WCAG22/Understanding/{handle}.html"


class UnknownCriterion(KeyError):
    """No success criterion of WCAG 2.0, 2.1 or 2.2 has this number."""

    def __init__(self, number: str) -> None:
        """`number` is what was asked for, as it was written."""
        super().__init__(number)
        self.number = number

    def __str__(self) -> str:
        """A sentence: a `KeyError` would print no more than the key."""
        return f"no success criterion of WCAG 2.0-2.2 has the number {self.number!r}"


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """One success criterion.

    `since` is the WCAG version that introduced it. `in_wcag22` is false for 4.1.1 alone: removed
    as obsolete. `en_clause` is its clause in EN 301 549, and `None` at level AAA: EN 301 549
    lists those in 9.5 for information and requires none of them.
    """

    number: str
    level: Level
    since: WcagVersion
    in_wcag22: bool
    en_clause: str | None
    handle: str
    name_en: str
    name_fi: str
    name_sv: str

    @property
    def sort_key(self) -> tuple[int, ...]:
        """Orders 1.4.3 before 1.4.10, which the text alone does not."""
        return tuple(int(part) for part in self.number.split("."))

    @property
    def understanding_url(self) -> str:
        """The W3C page that explains it."""
        return _UNDERSTANDING.format(handle=self.handle)

    def name(self, language: str = "en") -> str:
        """The name in `fi` or `sv` (`fi-FI` is read as `fi`), else in English."""
        names = {"fi": self.name_fi, "sv": self.name_sv}
        return names.get(language.replace("_", "-").split("-")[0].lower(), self.name_en)


def _criterion_of(row: Row) -> Criterion:
    number, level, since, handle, name_en, name_fi, name_sv = row
    return Criterion(
        number=number,
        level=cast(Level, level),
        since=cast(WcagVersion, since),
        in_wcag22=number not in REMOVED_IN_WCAG_22,
        en_clause=None if level == "AAA" else f"9.{number}",
        handle=handle,
        name_en=name_en,
        name_fi=name_fi,
        name_sv=name_sv,
    )


CRITERIA: tuple[Criterion, ...] = tuple(_criterion_of(row) for row in ROWS)

_BY_NUMBER = {criterion.number: criterion for criterion in CRITERIA}


def criterion(number: str) -> Criterion:
    """The criterion numbered so, such as `1.4.3`; `UnknownCriterion` when there is none."""
    try:
        return _BY_NUMBER[number]
    except KeyError:
        raise UnknownCriterion(number) from None


def criteria_of(version: WcagVersion, level: Level) -> tuple[Criterion, ...]:
    """The criteria that conformance to `version` at `level` asks for, in the order of WCAG.

    AA includes A, and AAA both.
    """
    levels = ("A", "AA", "AAA")[: ("A", "AA", "AAA").index(level) + 1]
    return tuple(
        each
        for each in CRITERIA
        if each.level in levels and each.since <= version and (each.in_wcag22 or version != "2.2")
    )
