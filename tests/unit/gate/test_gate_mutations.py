"""Property: defects keep their identity while the page around them changes; new ones get their own.

A small scanner stands for the browser here; `python -m benchmarks.fingerprints` measures the same
with axe-core in Chromium over pages that others made.
"""

import random
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from gate_words import finding, page

from benchmarks.fingerprints.identity import Tally, compare
from benchmarks.fingerprints.mutations import MARK, MUTATIONS, defect_added, parsed
from checks.values import Ancestor

SITE = Path(__file__).parents[3] / "samples" / "site"
PAGES = sorted(SITE.rglob("*.html"))
SEEDS = range(2)
LANDMARKS = {
    "header": "banner", "nav": "navigation", "main": "main", "footer": "contentinfo",
    "li": "listitem", "tr": "row", "a": "link", "button": "button", "img": "img",
    "input": "textbox",
}  # fmt: skip


def scanned(tree: BeautifulSoup, path: str):
    """The page as a scan of it: every element of these kinds has a defect."""
    found = [
        (rule, element)
        for element in tree.find_all(["img", "button", "input", "a", "p", "h2"])
        if (rule := rule_of(element))
    ]
    repeats: dict[str, int] = {}
    findings = []
    for rule, element in found:
        ancestors = tuple(told(each) for each in element.parents if each.name != "[document]")
        above = ">".join(selector(each) for each in [*element.parents][-2::-1])
        given = {
            "rule": rule,
            "html": str(element),
            "ancestors": ancestors[:6],
            "path": above,
            "name": name_of(element) if element.name != "p" else None,
            "selector": f"[{MARK}='{element[MARK]}']",
        }
        key = finding(**given).instance_key
        findings.append(finding(**given, ordinal=repeats.get(key, 0)))
        repeats[key] = repeats.get(key, 0) + 1
    return page(path, *findings)


def rule_of(element: Tag) -> str | None:
    number = element.get(MARK, "")
    if number == "added":
        return "image-alt" if element.name == "img" else "label"
    kinds = {"img": "image-alt", "button": "button-name", "input": "label", "a": "link-name"}
    # A third of the elements, by their marks, so that each has healthy ones of its kind beside it.
    if not number or int(number) % 3:
        return None
    return kinds.get(element.name, "color-contrast")


def told(element: Tag) -> Ancestor:
    role = element.get("role") or LANDMARKS.get(element.name)
    return Ancestor(
        tag=element.name, role=role, name=element.get("aria-label"), id=element.get("id")
    )


def selector(element: Tag) -> str:
    classes = element.get("class") or []
    names = classes.split() if isinstance(classes, str) else classes
    return "".join([element.name, *(f".{each}" for each in names)])


def name_of(element: Tag) -> str | None:
    return (
        element.get("aria-label") or element.get("alt") or element.get_text(" ", strip=True) or None
    )


@pytest.mark.parametrize("name", MUTATIONS)
def test_unchanged_defects_keep_their_identity_and_new_ones_take_nobody_s(name):
    tally = Tally()
    for file in PAGES:
        html = file.read_text(encoding="utf-8")
        for seed in SEEDS:
            chance = random.Random(f"{file.name} {seed}")
            trees = parsed(html), parsed(html)
            marks = frozenset(str(each[MARK]) for each in trees[0].find_all(True) if rule_of(each))
            MUTATIONS[name](trees, marks, chance)
            defect_added(trees[1], chance)
            other = "/other" if name == "on another page" else "/page"
            tally.add(compare(scanned(trees[0], "/page"), scanned(trees[1], other)))
    assert tally.unchanged > 40
    assert tally.recognised_share >= 0.99, tally.examples[:5]
    # On a page that nobody knew, what stands there already may be the same component.
    if name != "on another page":
        assert tally.shared_share <= 0.01, tally.examples[:5]
