"""A baseline: what was known before, as a value and as a file that people review in git.

The file is JSON Lines. Its first line says what it is and which pages it looked at; then comes one
line for each barrier, sorted, so that a change of one barrier is a change of one line.
"""

import json
import re
from collections import Counter
from collections.abc import Collection, Mapping, Set
from dataclasses import asdict, dataclass, fields, replace
from functools import cached_property
from typing import Any, TypeGuard

from checks import ALGORITHM_VERSION, Impact
from service.barriers.document import FindingDocument, PageDocument, ScanDocument
from service.barriers.gate.likeness import words_of

FILE_VERSION = 1
_VIEWPORT = re.compile(r"[0-9]+x[0-9]+")


class BadBaseline(ValueError):
    """The file is not a baseline; names the line and the way out."""


@dataclass(frozen=True, kw_only=True, order=True)
class KnownPlace:
    """Where one element of a known barrier was seen. `page` is a page's identity.

    `words` stand for what tells the element from others, whatever its place (see `words_of`).
    """

    page: str
    state: str
    viewport: str
    element: str
    words: str
    selector: str

    @property
    def size(self) -> tuple[int, int]:
        """The viewport's width and height."""
        width, _, height = self.viewport.partition("x")
        return int(width), int(height)


@dataclass(frozen=True, kw_only=True)
class Known:
    """One barrier of a baseline. `html` and `path` are of its first element."""

    rule: str
    fingerprint: str
    impact: str | None
    criteria: tuple[str, ...]
    title: str
    help_url: str
    html: str
    path: str
    places: tuple[KnownPlace, ...]

    @cached_property
    def pages_of(self) -> Mapping[str, frozenset[str]]:
        """The pages that each of its elements stands on."""
        pages: dict[str, set[str]] = {}
        for place in self.places:
            pages.setdefault(place.element, set()).add(place.page)
        return {element: frozenset(found) for element, found in pages.items()}

    @property
    def elements(self) -> Set[str]:
        return self.pages_of.keys()

    @cached_property
    def most_on_a_page(self) -> int:
        """How many of its elements stand on the page that has most of them."""
        return max(Counter(page for pages in self.pages_of.values() for page in pages).values())


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """Barriers by fingerprint, the pages that were looked at, and where that is from."""

    barriers: Mapping[str, Known]
    pages: frozenset[str]
    source: str


def is_gated(finding: FindingDocument) -> bool:
    """Whether the gate goes by this finding: it failed, and the standard asks for it."""
    return finding.outcome == "failed" and not finding.advisory


def baseline_of(document: ScanDocument, *, source: str) -> Baseline:
    """What a scan found, as what is known from now on. Pages not examined in full are not known."""
    found: dict[str, list[tuple[PageDocument, FindingDocument]]] = {}
    for page in document.pages:
        for finding in filter(is_gated, page.findings):
            found.setdefault(finding.fingerprint, []).append((page, finding))
    return Baseline(
        barriers={fingerprint: _known(places) for fingerprint, places in found.items()},
        pages=frozenset(page.key for page in document.pages if page.is_whole),
        source=source,
    )


def updated(old: Baseline | None, new: Baseline) -> Baseline:
    """What is known after a scan of some pages: of those what it found, of others what was."""
    if old is None:
        return new
    barriers = dict(new.barriers)
    for fingerprint, known in old.barriers.items():
        elsewhere = tuple(place for place in known.places if place.page not in new.pages)
        if not elsewhere:
            continue
        present = barriers.get(fingerprint, replace(known, places=()))
        barriers[fingerprint] = replace(
            present, places=tuple(sorted({*present.places, *elsewhere}))
        )
    return Baseline(barriers=barriers, pages=new.pages | old.pages, source=new.source)


def without(baseline: Baseline, fingerprints: Collection[str]) -> Baseline:
    """The baseline as if it did not know these barriers."""
    left = {key: known for key, known in baseline.barriers.items() if key not in fingerprints}
    return replace(baseline, barriers=left)


def write_baseline(baseline: Baseline) -> str:
    """The file. The same baseline always gives the same text."""
    head = {
        "luiska_baseline": FILE_VERSION,
        "fingerprints": ALGORITHM_VERSION,
        "pages": sorted(baseline.pages),
    }
    barriers = sorted(baseline.barriers.values(), key=lambda each: (each.rule, each.fingerprint))
    return "".join(f"{_line(each)}\n" for each in (head, *map(_written, barriers)))


def read_baseline(text: str, *, name: str) -> Baseline:
    """The baseline of a file called `name`. Raises `BadBaseline`."""
    lines = text.removeprefix("\ufeff").splitlines()
    head = _object(lines[0] if lines else "", name, 1)
    if head.get("luiska_baseline") != FILE_VERSION:
        raise BadBaseline(
            f"{name}, line 1: is not a baseline of this version; write it anew with "
            "--update-baseline."
        )
    if head.get("fingerprints") != ALGORITHM_VERSION:
        raise BadBaseline(
            f"{name}, line 1: its fingerprints are of another version; write it anew with "
            "--update-baseline."
        )
    barriers: dict[str, Known] = {}
    for number, line in enumerate(lines[1:], start=2):
        if not line.strip():
            continue
        known = _read(_object(line, name, number), name, number)
        if known.fingerprint in barriers:
            raise BadBaseline(f"{name}, line {number}: this barrier is there twice.")
        barriers[known.fingerprint] = known
    return Baseline(
        barriers=barriers, pages=_texts(head.get("pages"), name, 1, "pages"), source=name
    )


def is_like_a_baseline(text: str) -> bool:
    """Whether a text that cannot be read as one is a damaged or an earlier one, or empty."""
    return not text.strip() or '"luiska_baseline"' in text


def _known(places: list[tuple[PageDocument, FindingDocument]]) -> Known:
    first = places[0][1]
    return Known(
        rule=first.rule,
        fingerprint=first.fingerprint,
        impact=first.impact,
        criteria=first.criteria,
        title=first.help,
        help_url=first.help_url,
        html=first.html,
        path=first.path,
        places=tuple(sorted({_place(page, finding) for page, finding in places})),
    )


def _place(page: PageDocument, finding: FindingDocument) -> KnownPlace:
    width, height = page.viewport
    return KnownPlace(
        page=page.key,
        state=page.page_state,
        viewport=f"{width}x{height}",
        element=finding.instance_key,
        words=words_of(finding.html),
        selector=finding.selector,
    )


def _written(known: Known) -> dict[str, Any]:
    return {
        **asdict(known),
        "places": [
            [p.page, p.viewport, p.state, p.element, p.words, p.selector] for p in known.places
        ],
    }


def _line(value: Mapping[str, Any]) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(", ", ": "))
    # These end a line for some readers, and no line of a file is to be two.
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").replace("\x85", "\\u0085")


def _object(line: str, name: str, number: int) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadBaseline(f"{name}, line {number}: is not JSON ({error}).") from error
    if not isinstance(value, dict):
        raise BadBaseline(f"{name}, line {number}: is not a JSON object.")
    return value


def _read(value: dict[str, Any], name: str, number: int) -> Known:
    try:
        places = tuple(
            KnownPlace(
                page=page,
                viewport=viewport,
                state=state,
                element=element,
                words=words,
                selector=selector,
            )
            for page, viewport, state, element, words, selector in value["places"]
        )
        known = Known(**{**value, "criteria": tuple(value["criteria"]), "places": places})
    except (KeyError, TypeError, ValueError) as error:
        raise BadBaseline(
            f"{name}, line {number}: is not a barrier ({error}); write the file anew with "
            "--update-baseline."
        ) from error
    wrong = next(
        (field for field in fields(known) if not _is_as_it_must_be(field.name, value[field.name])),
        None,
    )
    if wrong is not None:
        raise BadBaseline(f"{name}, line {number}: {wrong.name} is not as it must be.")
    return known


def _is_as_it_must_be(field: str, value: object) -> bool:
    match field:
        case "impact":
            return value is None or value in list(Impact)
        case "criteria":
            return _are_texts(value)
        case "places":
            return isinstance(value, list) and bool(value) and all(map(_is_a_place, value))
        case _:
            return isinstance(value, str)


def _is_a_place(value: object) -> bool:
    return _are_texts(value) and _VIEWPORT.fullmatch(value[1]) is not None


def _are_texts(value: object) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _texts(value: object, name: str, number: int, field: str) -> frozenset[str]:
    if not _are_texts(value):
        raise BadBaseline(f"{name}, line {number}: {field} is not a list of texts.")
    return frozenset(value)
