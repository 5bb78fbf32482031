"""Several visits of one page: what they agree on stands, what they do not is told. Pure.

Pages with something that breaks the gate are visited a second time, and where the two differ a
third time. An element that two of three visits found stands, one that a single visit found falls.
Where two visits found more of a rule than any two of them agree on, nothing is decided.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

from service.barriers.document import FindingDocument, PageDocument, ScanDocument
from service.barriers.gate.judge import Doubt
from service.barriers.gate.values import Flakes

MOST_VISITS = 3

_Place = tuple[str, tuple[int, int], str]
_Element = tuple[str, str, str]


@dataclass(frozen=True, kw_only=True)
class Breaking:
    """One element that breaks the gate on one page, in one viewport and state of it."""

    place: _Place
    rule: str
    fingerprint: str
    element: str

    @property
    def identity(self) -> _Element:
        return self.rule, self.fingerprint, self.element


def weigh(
    visits: Sequence[ScanDocument], breaks: Callable[[ScanDocument], frozenset[Breaking]]
) -> tuple[ScanDocument, Doubt]:
    """The first visit as the others correct it, and what they leave open.

    `visits[0]` has every page, the others those that `Doubt.visit_again` named before them.
    """
    first = visits[0]
    pages = [_by_place(visit) for visit in visits]
    found = [_by_place_of(breaks(visit)) for visit in visits]
    suspect = [place for place in pages[0] if found[0].get(place)]
    if len(visits) == 1:
        return first, Doubt(visit_again=_addresses(pages[0], suspect))
    differing = [place for place in suspect if not _agree(place, pages[:2], found[:2])]
    flakes = Flakes(
        visited_again=sum(place in pages[1] for place in suspect),
        differed=len(differing),
        undecided=0,
    )
    if len(visits) == 2:
        return first, Doubt(visit_again=_addresses(pages[0], differing), flakes=flakes)
    decisions = {place: _decide(place, pages, found) for place in differing}
    open_ = [place for place, decision in decisions.items() if decision.open_]
    corrected = replace(
        first,
        pages=tuple(
            _corrected(page, decisions[_place(page)], pages) if _place(page) in decisions else page
            for page in first.pages
        ),
    )
    return corrected, Doubt(
        elements=frozenset(
            (fingerprint, element)
            for place in open_
            for _, fingerprint, element in decisions[place].open_
        ),
        flakes=replace(flakes, undecided=len(open_)),
    )


@dataclass(frozen=True, kw_only=True)
class _Decision:
    kept: frozenset[_Element]
    dropped: frozenset[_Element]
    open_: frozenset[_Element]


def _decide(
    place: _Place,
    pages: Sequence[Mapping[_Place, PageDocument]],
    found: Sequence[Mapping[_Place, frozenset[_Element]]],
) -> _Decision:
    whole = [
        seen.get(place, frozenset())
        for each, seen in zip(pages, found, strict=True)
        if place in each and each[place].is_whole
    ]
    seen_by = Counter(element for elements in whole for element in elements)
    kept = frozenset(element for element, count in seen_by.items() if count > 1)
    lone = frozenset(seen_by) - kept
    if len(whole) < MOST_VISITS:
        return _Decision(kept=kept, dropped=frozenset(), open_=lone)
    open_rules = {
        rule
        for rule in {element[0] for element in lone}
        if median(_count(rule, elements) for elements in whole) > _count(rule, kept)
    }
    open_ = frozenset(element for element in lone if element[0] in open_rules)
    return _Decision(kept=kept, dropped=lone - open_, open_=open_)


def _count(rule: str, elements: frozenset[_Element]) -> int:
    return sum(element[0] == rule for element in elements)


def _agree(
    place: _Place,
    pages: Sequence[Mapping[_Place, PageDocument]],
    found: Sequence[Mapping[_Place, frozenset[_Element]]],
) -> bool:
    again = pages[1].get(place)
    return (
        again is not None
        and again.is_whole
        and found[0].get(place, frozenset()) == found[1].get(place, frozenset())
    )


def _corrected(
    page: PageDocument, decision: _Decision, pages: Sequence[Mapping[_Place, PageDocument]]
) -> PageDocument:
    """The page without what falls, and with what only later visits found."""
    stay = [each for each in page.findings if _identity(each) not in decision.dropped]
    there = {_identity(each) for each in stay if each.outcome == "failed"}
    for later in pages[1:]:
        if _place(page) not in later:
            continue
        for finding in later[_place(page)].findings:
            identity = _identity(finding)
            wanted = identity in decision.kept or identity in decision.open_
            if finding.outcome == "failed" and wanted and identity not in there:
                there.add(identity)
                stay.append(finding)
    return replace(page, findings=tuple(stay))


def _identity(finding: FindingDocument) -> _Element:
    return finding.rule, finding.fingerprint, finding.instance_key


def _place(page: PageDocument) -> _Place:
    return page.key, page.viewport, page.page_state


def _by_place(document: ScanDocument) -> dict[_Place, PageDocument]:
    return {_place(page): page for page in document.pages}


def _by_place_of(breaking: frozenset[Breaking]) -> dict[_Place, frozenset[_Element]]:
    found: dict[_Place, set[_Element]] = {}
    for each in breaking:
        found.setdefault(each.place, set()).add(each.identity)
    return {place: frozenset(elements) for place, elements in found.items()}


def _addresses(pages: Mapping[_Place, PageDocument], places: Sequence[_Place]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(pages[place].url for place in places))
