"""Recognising what a baseline knows: by its keys, else by what else is the same. Pure.

A component that only moved or was rewritten around the edges has other keys and is no new defect.
It is taken for a known one that is gone when what tells the two apart from others is the same; each
such match says what that was.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from checks.snippet import read_snippet
from checks.volatile import masked_text, stable_classes, stable_token, stable_url
from service.barriers.document import FindingDocument, PageDocument
from service.barriers.gate.baseline import Baseline, Known
from service.barriers.gate.selecting import steps_of

_NAMING = ("aria-label", "alt", "title", "placeholder", "name", "value")
_ADDRESSES = ("href", "src", "action", "data")
_SAME_PLACE = 0.8

OTHER_PAGE = "the same component as on pages that the baseline knows"
OTHER_CONTENT = "the same component on the same page, with other content"


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
        before = {place.page for place in barrier.places if place.element == element}
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
    """Elements of known components on pages that are not known, or in place of one that is gone."""
    left: list[int] = []
    stand_ins: dict[tuple[str, str], tuple[str, str] | None] = {}
    for index in rest:
        page, finding = found[index].page, found[index].finding
        barrier = baseline.barriers.get(finding.fingerprint)
        if barrier is None:
            left.append(index)
            continue
        if page.key not in baseline.pages:
            known[index] = Match(fingerprint=barrier.fingerprint, why=OTHER_PAGE)
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


def _gone_from(barrier: Known, page: str, matched: set[tuple[str, str]]) -> tuple[str, str] | None:
    candidates = sorted({each.element for each in barrier.places if each.page == page})
    free = [each for each in candidates if (barrier.fingerprint, each) not in matched]
    return (barrier.fingerprint, free[0]) if free else None


def _rewritten(
    found: Sequence[Found],
    rest: Iterable[int],
    baseline: Baseline,
    known: dict[int, Match],
    matched: set[tuple[str, str]],
) -> None:
    """Components whose keys changed, best likeness first; a known one has no more than it had."""
    components: dict[str, list[int]] = {}
    for index in rest:
        if found[index].finding.fingerprint not in baseline.barriers:
            components.setdefault(found[index].finding.fingerprint, []).append(index)
    gone = {
        barrier.fingerprint: barrier
        for barrier in baseline.barriers.values()
        if not any((barrier.fingerprint, each) in matched for each in barrier.elements)
    }
    pairs = [
        (score, new, old, because)
        for new, indexes in components.items()
        for old, barrier in gone.items()
        if (likeness := _likeness(found[indexes[0]], barrier)) is not None
        for score, because in (likeness,)
    ]
    for _, new, old, because in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if new not in components or old not in gone:
            continue
        barrier = gone.pop(old)
        elements = list(
            dict.fromkeys(found[index].finding.instance_key for index in components[new])
        )
        kept = dict(zip(elements, sorted(barrier.elements), strict=False))
        for index in components.pop(new):
            old_element = kept.get(found[index].finding.instance_key)
            if old_element is not None:
                known[index] = Match(fingerprint=old, why=because)
                matched.add((old, old_element))


def _likeness(found: Found, known: Known) -> tuple[float, str] | None:
    """How sure it is that the two are one, 0 to 1, and why; None when it is not."""
    finding = found.finding
    if finding.rule != known.rule:
        return None
    one, other = read_snippet(finding.html), read_snippet(known.html)
    if one.tag != other.tag:
        return None
    ids = stable_token(one.attributes.get("id")), stable_token(other.attributes.get("id"))
    if ids[0] and ids[0] == ids[1]:
        return 1.0, f"the same id, {ids[0]!r}, at another place or in other words"
    names = _names(one.attributes, one.text), _names(other.attributes, other.text)
    addresses = _addresses(one.attributes), _addresses(other.attributes)
    same_place = _same_place(finding.path, known.path)
    is_on_its_page = any(each.page == found.page.key for each in known.places)
    if names[0] and names[0] == names[1] and (is_on_its_page or same_place):
        return 0.95, "the same element and words, at another place"
    if addresses[0] and addresses[0] == addresses[1] and (is_on_its_page or same_place):
        return 0.9, "the same element and address, in other words"
    told_apart = any(ids) or names[0] != names[1] or addresses[0] != addresses[1]
    if told_apart or not (same_place and is_on_its_page):
        return None
    classes = (
        stable_classes(one.attributes.get("class")),
        stable_classes(other.attributes.get("class")),
    )
    if names[0] or addresses[0] or Counter(classes[0]) & Counter(classes[1]) or not all(classes):
        return 0.8, "the same element at the same place"
    return 0.7, "the same element at the same place, with other classes"


def _names(attributes: Mapping[str, str], text: str) -> tuple[str, ...]:
    values = [masked_text(attributes.get(name)) for name in _NAMING]
    return tuple(value for value in (*values, masked_text(text)) if value)


def _addresses(attributes: Mapping[str, str]) -> tuple[str, ...]:
    values = [stable_url(attributes.get(name)) for name in _ADDRESSES]
    return tuple(value for value in values if value)


def _same_place(one: str, other: str) -> bool:
    """Whether what stands above two elements is nearly the same, as far as machines leave it."""
    if not one or not other:
        return False
    here, there = ([_stable_step(step) for step in steps_of(path)] for path in (one, other))
    return SequenceMatcher(None, here, there, autojunk=False).ratio() >= _SAME_PLACE


def _stable_step(step: str) -> str:
    tag, *classes = step.split(".")
    name, _, element_id = tag.partition("#")
    return f"{name}#{stable_token(element_id)}.{'.'.join(stable_classes(' '.join(classes)))}"
