"""Recognising what a baseline knows: by its keys, else by what else is the same. Pure.

A component that only moved or was rewritten around the edges has other keys and is no new defect.
It is taken for a known one that is gone when what tells the two apart from others is the same; each
such match says what that was.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from service.barriers.document import FindingDocument, PageDocument
from service.barriers.gate.baseline import Baseline, Known
from service.barriers.gate.likeness import likeness, same_place, words_of

OTHER_PAGE = "the same component as on pages that the baseline knows"
OTHER_CONTENT = "the same component on the same page, with other content"
OTHER_PAGE_WORDS = "the same element and words as on pages that the baseline knows"
SAME_WORDS = "the same element and words, at another place or written otherwise"


@dataclass(frozen=True, kw_only=True)
class Found:
    """One finding on one page."""

    page: PageDocument
    finding: FindingDocument


@dataclass(frozen=True, kw_only=True)
class Match:
    """Which known barrier a finding is of, and why; `why` is empty where the keys are the same."""

    fingerprint: str
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Recognised:
    """Which findings are known, by their places in what was asked; the others are new.

    `matched` are the
    (fingerprint, element) pairs of the baseline that are still there.
    """

    known: Mapping[int, Match]
    matched: frozenset[tuple[str, str]]


def recognise(
    found: Sequence[Found], baseline: Baseline, examined: frozenset[str] = frozenset()
) -> Recognised:
    """Which findings the baseline knows. One that is gone stands for one that is there, no more.

    `examined` are the pages that were looked at in full, by their identities. An element that is
    known from other pages is new on a page that the baseline knows without it.
    """
    known: dict[int, Match] = {}
    matched: set[tuple[str, str]] = set()
    rest: list[int] = []
    arrived = _arrived(found, baseline, examined)
    for index, each in enumerate(found):
        finding = each.finding
        barrier = baseline.barriers.get(finding.fingerprint)
        if barrier is None or finding.instance_key not in barrier.elements:
            rest.append(index)
            continue
        matched.add((barrier.fingerprint, finding.instance_key))
        why = arrived.get((finding.fingerprint, finding.instance_key, each.page.key), "")
        if why is not None:
            known[index] = Match(fingerprint=barrier.fingerprint, why=why)
    rest = _with_other_content(found, rest, baseline, known, matched)
    rest = _with_the_same_words(found, rest, baseline, known, matched)
    _rewritten(found, rest, baseline, known, matched)
    return Recognised(known=known, matched=frozenset(matched))


def _arrived(
    found: Sequence[Found], baseline: Baseline, examined: frozenset[str]
) -> dict[tuple[str, str, str], str | None]:
    """Known elements on pages that the baseline knows without them: why each is known, or None.

    As many as are gone from other pages have moved.
    """
    here: dict[tuple[str, str], set[str]] = {}
    for each in found:
        key = (each.finding.fingerprint, each.finding.instance_key)
        here.setdefault(key, set()).add(each.page.key)
    arrived: dict[tuple[str, str, str], str | None] = {}
    for (fingerprint, element), pages in here.items():
        barrier = baseline.barriers.get(fingerprint)
        if barrier is None or element not in barrier.elements:
            continue
        before = barrier.pages_of[element]
        came = sorted((pages & baseline.pages) - before)
        left = sorted((before & examined) - pages)
        for index, page in enumerate(came):
            why = f"the same element, moved from {left[index]}" if index < len(left) else None
            arrived[fingerprint, element, page] = why
        for page in pages - baseline.pages - before:
            arrived[fingerprint, element, page] = OTHER_PAGE
    return arrived


def _with_other_content(
    found: Sequence[Found],
    rest: Iterable[int],
    baseline: Baseline,
    known: dict[int, Match],
    matched: set[tuple[str, str]],
) -> list[int]:
    """Elements of known components on pages that are not known, or in place of one that is gone.

    A page that is not known may have as many of a component as a known page had, and no more.
    """
    left: list[int] = []
    stand_ins: dict[tuple[str, str], tuple[str, str] | None] = {}
    seats = _seats(found, baseline)
    for index in rest:
        page, finding = found[index].page, found[index].finding
        barrier = baseline.barriers.get(finding.fingerprint)
        if barrier is None:
            left.append(index)
            continue
        if page.key not in baseline.pages:
            taken = seats.setdefault((finding.fingerprint, page.key), set())
            if finding.instance_key in taken or len(taken) < barrier.most_on_a_page:
                taken.add(finding.instance_key)
                known[index] = Match(fingerprint=barrier.fingerprint, why=OTHER_PAGE)
            else:
                left.append(index)
            continue
        # The same element in another viewport stands for the same one that is gone.
        seat = (finding.fingerprint, f"{page.key} {finding.instance_key}")
        if seat not in stand_ins:
            stand_ins[seat] = _gone_from(barrier, page.key, matched)
        gone = stand_ins[seat]
        if gone is None:
            left.append(index)
        else:
            matched.add(gone)
            known[index] = Match(fingerprint=barrier.fingerprint, why=OTHER_CONTENT)
    return left


def _seats(found: Sequence[Found], baseline: Baseline) -> dict[tuple[str, str], set[str]]:
    """The elements known by their keys, of each component on each page."""
    seats: dict[tuple[str, str], set[str]] = {}
    for each in found:
        finding = each.finding
        barrier = baseline.barriers.get(finding.fingerprint)
        if barrier is not None and finding.instance_key in barrier.elements:
            here = seats.setdefault((finding.fingerprint, each.page.key), set())
            here.add(finding.instance_key)
    return seats


def _gone_from(barrier: Known, page: str, matched: set[tuple[str, str]]) -> tuple[str, str] | None:
    free = [
        element
        for element, pages in barrier.pages_of.items()
        if page in pages and (barrier.fingerprint, element) not in matched
    ]
    return (barrier.fingerprint, min(free)) if free else None


def _with_the_same_words(
    found: Sequence[Found],
    rest: Iterable[int],
    baseline: Baseline,
    known: dict[int, Match],
    matched: set[tuple[str, str]],
) -> list[int]:
    """Elements whose component changed, while what they say and where they lead did not.

    On a page that the baseline does not know they may be ones that still stand elsewhere too.
    """
    of_words: dict[tuple[str, str], dict[tuple[str, str], Known]] = {}
    for barrier in baseline.barriers.values():
        for place in barrier.places:
            if place.words:
                same = of_words.setdefault((barrier.rule, place.words), {})
                same[barrier.fingerprint, place.element] = barrier
    left: list[int] = []
    taken: dict[tuple[str, str], tuple[str, str]] = {}
    for index in rest:
        page, finding = found[index].page, found[index].finding
        seat = (finding.fingerprint, finding.instance_key)
        same = of_words.get((finding.rule, words_of(finding.html)), {})
        gone = [
            (page.key not in barrier.pages_of[element[1]], element)
            for element, barrier in same.items()
            if taken.get(seat) == element or (seat not in taken and element not in matched)
            if page.key in barrier.pages_of[element[1]] or same_place(finding.path, barrier.path)
        ]
        if gone:
            _, taken[seat] = min(gone)
            matched.add(taken[seat])
            known[index] = Match(fingerprint=taken[seat][0], why=SAME_WORDS)
        elif same and page.key not in baseline.pages:
            known[index] = Match(fingerprint=min(same)[0], why=OTHER_PAGE_WORDS)
        else:
            left.append(index)
    return left


def _rewritten(
    found: Sequence[Found],
    rest: Iterable[int],
    baseline: Baseline,
    known: dict[int, Match],
    matched: set[tuple[str, str]],
) -> None:
    """Elements that say nothing of their own, by their place; the surest first, each one once."""
    gone: dict[tuple[str, str], dict[tuple[str, str], Known]] = {}
    for barrier in baseline.barriers.values():
        for element, pages in barrier.pages_of.items():
            if (barrier.fingerprint, element) not in matched:
                for page in pages:
                    here = gone.setdefault((barrier.rule, page), {})
                    here[barrier.fingerprint, element] = barrier
    seats: dict[tuple[str, str], list[int]] = {}
    for index in rest:
        finding = found[index].finding
        seats.setdefault((finding.fingerprint, finding.instance_key), []).append(index)
    pairs = [
        (-score, seat, element, why)
        for seat, indexes in seats.items()
        for element, (score, why) in _likely(found[indexes[0]], gone).items()
    ]
    for _, seat, gone_one, why in sorted(pairs):
        if seat in seats and gone_one not in matched:
            matched.add(gone_one)
            for index in seats.pop(seat):
                known[index] = Match(fingerprint=gone_one[0], why=why)


def _likely(
    found: Found, gone: Mapping[tuple[str, str], Mapping[tuple[str, str], Known]]
) -> dict[tuple[str, str], tuple[float, str]]:
    """The elements gone from this page that may be the one found, each with how sure and why."""
    finding = found.finding
    # Elements of one component differ by what says nothing of their place.
    barriers = {
        barrier.fingerprint: barrier
        for barrier in gone.get((finding.rule, found.page.key), {}).values()
    }
    scores = {
        fingerprint: likeness(finding.html, finding.path, barrier.html, barrier.path)
        for fingerprint, barrier in barriers.items()
    }
    return {
        element: scores[element[0]]
        for element in gone.get((finding.rule, found.page.key), {})
        if scores[element[0]][0]
    }
