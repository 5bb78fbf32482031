"""The HTML report of a scan or a gate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup

from checks import UnknownCriterion, UnknownStandard, criterion, standard
from service.barriers.gate.values import Instance
from service.languages import template_environment
from service.reports.entries import Entry, Standing, entries_of, not_examined_of
from service.reports.one_file import embedded, render_file
from service.reports.report import Report
from service.reports.text import size

_TEMPLATES = Path(__file__).parent / "templates"
_ORDER: tuple[Standing, ...] = (
    "new", "failed", "existing", "unstable", "needs_review", "suppressed", "fixed", "advisory",
)  # fmt: skip
_IMPACTS = ("critical", "serious", "moderate", "minor", "none")
_MOST_ELEMENTS = 20
_MOST_PAGES = 50


@dataclass(frozen=True, kw_only=True)
class _Element:
    """One element as it was seen first. `pages` is on how many it stands.

    `pictured` is where its picture was taken, `picture` a `data:` address.
    """

    instance: Instance
    pages: int
    pictured: Instance | None
    picture: str | None


@dataclass(frozen=True, kw_only=True)
class _Barrier:
    """One barrier with what is shown of it, and how much is not."""

    entry: Entry
    anchor: str
    elements: tuple[_Element, ...]
    pages: tuple[str, ...]
    elements_left_out: int
    pages_left_out: int


def render(report: Report) -> str:
    """The whole document in the report's language."""
    barriers = [
        _barrier(f"barrier-{number}", entry, report)
        for number, entry in enumerate(_ordered(entries_of(report)), start=1)
    ]
    return render_file(
        _environment(report.language),
        "report.html",
        language=report.language,
        style=_style(),
        report=report,
        standard_title=_standard_title(report.scan.standard),
        groups=[
            (standing, [each for each in barriers if each.entry.standing == standing])
            for standing in _ORDER
        ],
        impacts=_impacts([each.entry for each in barriers if each.entry.is_failure]),
        lost=not_examined_of(report),
        expected=report.verdict.expected if report.verdict else len(report.scan.pages),
        examined=(
            report.verdict.examined
            if report.verdict
            else sum(page.is_whole for page in report.scan.pages)
        ),
    )


@cache
def _environment(language: str) -> Environment:
    environment = template_environment(_TEMPLATES, language)
    environment.globals["Markup"] = Markup
    environment.filters["size"] = size
    environment.filters["criterion"] = lambda number: _criterion(number, language)
    return environment


@cache
def _style() -> str:
    return (_TEMPLATES / "report.css").read_text(encoding="utf-8")


def _ordered(entries: Sequence[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda each: _ORDER.index(each.standing))


def _barrier(anchor: str, entry: Entry, report: Report) -> _Barrier:
    instances: dict[str, list[Instance]] = {}
    for each in entry.barrier.instances:
        instances.setdefault(each.instance_key, []).append(each)
    pages = entry.barrier.pages
    return _Barrier(
        entry=entry,
        anchor=anchor,
        elements=tuple(
            _element(seen, report) for seen in list(instances.values())[:_MOST_ELEMENTS]
        ),
        pages=pages[:_MOST_PAGES],
        elements_left_out=max(0, len(instances) - _MOST_ELEMENTS),
        pages_left_out=max(0, len(pages) - _MOST_PAGES),
    )


def _element(seen: Sequence[Instance], report: Report) -> _Element:
    """One element with the first picture that there is of it."""
    pictures = (
        (each, report.pictures.get((each.url, each.viewport, each.page_state, each.selector)))
        for each in seen
    )
    pictured, picture = next((pair for pair in pictures if pair[1]), (None, None))
    return _Element(
        instance=seen[0],
        pages=len({each.url for each in seen}),
        pictured=pictured,
        picture=embedded(picture, "image/webp") if picture else None,
    )


def _impacts(failures: Sequence[Entry]) -> Mapping[str, tuple[int, int]]:
    """Barriers and elements of each impact that there is, the worst first."""
    split: dict[str, tuple[int, int]] = {}
    for impact in _IMPACTS:
        of_it = [each.barrier for each in failures if (each.barrier.impact or "none") == impact]
        if of_it:
            split[impact] = (len(of_it), sum(each.elements for each in of_it))
    return split


def _criterion(number: str, language: str) -> str:
    """A success criterion with its name, or the number alone where it is none of WCAG's."""
    try:
        return f"{number} {getattr(criterion(number), f'name_{language}')}"
    except UnknownCriterion:
        return number


def _standard_title(name: str) -> str:
    try:
        return standard(name).title
    except UnknownStandard:
        return name
