"""What happens to pages between two scans, as changes to their HTML. Pure but for the tree given.

Each mutation gets the page twice, as two equal trees, and changes them into *before* and *after*.
Every element carries a mark (`data-mark`) that no fingerprint reads; it is the truth of which
element of the one page is which of the other.
"""

import random
from collections.abc import Callable, Iterable, Mapping

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

MARK = "data-mark"
_TEXTLESS = {"script", "style", "title", "textarea", "option", "template", "noscript"}
_WORDS = ("harbour", "timetable", "appeal", "clerk", "granite", "lantern", "orchard", "permit")
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"
_LISTS = ["ul", "ol", "tbody", "nav", "dl"]

Trees = tuple[BeautifulSoup, BeautifulSoup]
Marks = frozenset[str]
Mutation = Callable[[Trees, Marks, random.Random], None]


def parsed(html: str) -> BeautifulSoup:
    """A page whose elements are marked in their order."""
    soup = BeautifulSoup(html, "html.parser")
    for number, element in enumerate(soup.find_all(True)):
        # First, so that no cut of a long tag takes it away.
        element.attrs = {MARK: str(number), **element.attrs}
    return soup


def sibling_inserted(trees: Trees, defects: Marks, chance: random.Random) -> None:
    """New content comes before and beside what is there."""
    after = trees[1]
    for element in _some(_elements(after, defects), chance):
        element.insert_before(after.new_tag("div", string=f"News of the {chance.choice(_WORDS)}"))


def sibling_removed(trees: Trees, defects: Marks, chance: random.Random) -> None:
    """Neighbours of defects go, unless something of theirs is one."""
    after = trees[1]
    for element in _some(_elements(after, defects), chance):
        for sibling in (element.find_previous_sibling(), element.find_next_sibling()):
            if sibling is not None and not _holds(sibling, defects):
                sibling.decompose()
                break


def classes_hashed(trees: Trees, _: Marks, chance: random.Random) -> None:
    """A build tool writes classes; each build writes others."""
    for tree in trees:
        for number, element in enumerate(tree.find_all(class_=True)):
            hashed = [f"css-{_token(chance, 6)}", f"Card_root__{_token(chance, 5)}"]
            element["class"] = " ".join([*_classes(element), *hashed[: 1 + number % 2]])


def classes_renamed(trees: Trees, _: Marks, chance: random.Random) -> None:
    """Somebody or a tool renames every class. Style sheets of their own files do not follow."""
    names: dict[str, str] = {}
    for element in trees[1].find_all(class_=True):
        for token in _classes(element):
            names.setdefault(token, f"{chance.choice(_WORDS)}-{_token(chance, 4)}")
        element["class"] = " ".join(names[token] for token in _classes(element))


def wrapper_added(trees: Trees, defects: Marks, chance: random.Random) -> None:
    """Something is put around an element, for its looks."""
    after = trees[1]
    for element in _some(_elements(after, defects), chance):
        if element.name not in {"td", "th", "tr", "li", "option", "dt", "dd", "area", "source"}:
            element.wrap(after.new_tag("div", attrs={"class": "wrapper"}))


def other_text_changed(trees: Trees, defects: Marks, chance: random.Random) -> None:
    """Editors write: other words in elements that have no defect."""
    after = trees[1]
    texts = [
        text
        for text in after.find_all(string=True)
        if isinstance(text, NavigableString)
        and text.strip()
        and text.parent is not None
        and text.parent.name not in _TEXTLESS
        and not any(str(up.get(MARK)) in defects for up in text.parents if isinstance(up, Tag))
    ]
    for text in texts:
        if chance.random() < 0.3:
            text.replace_with(f"About the {chance.choice(_WORDS)} {chance.randrange(1000)}")


def attributes_reordered(trees: Trees, _: Marks, chance: random.Random) -> None:
    """The same attributes in another order, classes too."""
    after = trees[1]
    for element in after.find_all(True):
        mark = element.attrs.pop(MARK)
        names = list(element.attrs)
        chance.shuffle(names)
        element.attrs = {MARK: mark, **{name: element.attrs[name] for name in names}}
        if element.has_attr("class"):
            classes = _classes(element)
            chance.shuffle(classes)
            element["class"] = " ".join(classes)


def volatile_changed(trees: Trees, _: Marks, chance: random.Random) -> None:
    """Nonces, CSRF tokens, session ids, cache busters, generated ids, times of day."""
    for tree in trees:
        stamp = f"{chance.randrange(10, 24)}:{chance.randrange(10, 60)}:{chance.randrange(10, 60)}"
        for element in tree.find_all(["script", "style"]):
            element["nonce"] = _token(chance, 22)
        for form in tree.find_all("form"):
            field = tree.new_tag(
                "input",
                attrs={"type": "hidden", "name": "csrf_token", "value": _token(chance, 40)},
            )
            form.insert(0, field)
        for element in tree.find_all(["img", "link", "script"]):
            for name in ("src", "href"):
                if element.get(name) and "?" not in str(element[name]):
                    element[name] = f"{element[name]}?v={chance.randrange(10**9)}"
        for number, element in enumerate(tree.find_all(["div", "span"])):
            if not element.get("id") and number % 7 == 0:
                element["id"] = f"ember{chance.randrange(10**6)}"
        if tree.body is not None:
            tree.body.append(tree.new_tag("p", string=f"Rendered at {stamp}"))


def siblings_shuffled(trees: Trees, _: Marks, chance: random.Random) -> None:
    """The order of lists and of table rows is another one."""
    after = trees[1]
    for parent in after.find_all(_LISTS):
        children = [child for child in parent.children if isinstance(child, Tag)]
        for child in children:
            child.extract()
        chance.shuffle(children)
        for child in children:
            parent.append(child)


def on_another_page(trees: Trees, _: Marks, chance: random.Random) -> None:
    """The landmarks around the content come again on a page with other content."""
    after = trees[1]
    landmarks = ["header", "nav", "footer", "aside"]
    kept = [one for one in after.find_all(landmarks) if one.find_parent(landmarks) is None]
    if not kept or after.body is None:
        return
    for child in list(after.body.children):
        child.extract()
    for one in kept:
        after.body.append(one.extract())
    for _number in range(3):
        after.body.append(after.new_tag("p", string=f"All of the {chance.choice(_WORDS)}"))


MUTATIONS: Mapping[str, Mutation] = {
    "sibling inserted": sibling_inserted,
    "sibling removed": sibling_removed,
    "hashed classes changed": classes_hashed,
    "classes renamed": classes_renamed,
    "wrapper added": wrapper_added,
    "other text changed": other_text_changed,
    "on another page": on_another_page,
    "attributes reordered": attributes_reordered,
    "nonces, tokens, times changed": volatile_changed,
    "siblings shuffled": siblings_shuffled,
}

RESTYLING = frozenset({"classes renamed"})
"""Those that change what a page looks like, unless its style sheets follow."""

ADDED = (
    '<img src="/new-picture.png" class="teaser">',
    '<button class="fresh-control"></button>',
    '<input type="text" class="fresh-field">',
    '<a href="/somewhere-new"></a>',
)


def defect_added(tree: BeautifulSoup, chance: random.Random) -> None:
    """Put one more defect somewhere into the page; marked `added`."""
    html = chance.choice(ADDED)
    added = BeautifulSoup(html, "html.parser").find(True)
    assert isinstance(added, Tag)
    added.attrs = {MARK: "added", **added.attrs}
    places = [one for one in tree.find_all(["div", "p", "main", "section", "body"]) if one.parent]
    chance.choice(places).append(added)


def _classes(element: Tag) -> list[str]:
    value = element["class"]
    return value.split() if isinstance(value, str) else list(value)


def _elements(tree: BeautifulSoup, marks: Iterable[str]) -> list[Tag]:
    wanted = set(marks)
    return [one for one in tree.find_all(True) if one.get(MARK) in wanted and one.name != "html"]


def _some(elements: list[Tag], chance: random.Random) -> list[Tag]:
    """A fifth of them, at least one; none that stands in another."""
    found = [one for one in elements if one.name not in {"body", "head"}]
    if not found:
        return []
    return chance.sample(found, max(1, len(found) // 5))


def _holds(element: Tag, defects: frozenset[str]) -> bool:
    marks = {str(one.get(MARK)) for one in (element, *element.find_all(True))}
    return bool(marks & defects)


def _token(chance: random.Random, length: int) -> str:
    return "".join(chance.choice(_LETTERS) for _ in range(length))
