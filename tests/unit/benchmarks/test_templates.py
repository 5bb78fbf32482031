"""What the ledger of the template measurement counts."""

from typing import Any

import pytest

from benchmarks.templates.ledger import Site
from benchmarks.templates.visits import Cached, Element, Plain

KINDS = {"image-alt": "local", "color-contrast": "painted", "region": "page"}
LOGO = Element(subtree="logo", key="logo", painted=None)
LINK = Element(subtree="link", key="link", painted="link on white")
NEWS = Element(subtree="news", key="news", painted=None)


def judged(rule: str, outcome: str, facts: str = "") -> dict[str, Any]:
    return {"rule": rule, "outcome": outcome, "checks": [[rule, facts]]}


def visited(site: Site, page: str, elements: tuple[Element, ...], **outcomes: Any) -> None:
    places = {each.key: place for place, each in enumerate(elements)}
    site.add(
        page,
        Plain(
            load_s=1.0,
            axe_s=2.0,
            rule_s={"image-alt": 0.4, "color-contrast": 1.0, "region": 0.2},
            elements=elements,
            outcomes={places[name]: list(given) for name, given in outcomes.items()},
        ),
        Cached(tree_s=0.1, key_s=0.2, painted_s=0.3, rest_s=0.4, snapshot_s=0.1, elements=elements),
    )


def site_of_two(second_logo: dict[str, Any]) -> Site:
    site = Site(kinds=KINDS)
    visited(site, "one", (LOGO, LINK), logo=[judged("image-alt", "passes")])
    visited(site, "two", (LOGO, NEWS), logo=[second_logo])
    return site


def test_an_element_is_shared_when_an_earlier_page_had_its_key() -> None:
    site = site_of_two(judged("image-alt", "passes"))

    assert (site.counts["elements"], site.counts["same key"]) == (4, 1)
    assert (site.counts["painted"], site.counts["same painted"]) == (1, 0)


def test_only_the_time_of_rules_on_known_elements_could_be_skipped() -> None:
    site = site_of_two(judged("image-alt", "passes"))

    assert site.spared_s == pytest.approx({"image-alt": 0.4, "color-contrast": 0, "region": 0})


def test_equal_keys_with_equal_verdicts_do_not_differ() -> None:
    site = site_of_two(judged("image-alt", "passes"))

    assert (site.counts["compared local"], site.counts["judgements local"]) == (1, 1)
    assert site.examples == []


@pytest.mark.parametrize(
    ("second", "what"),
    [
        (judged("image-alt", "violations"), "outcome differs local"),
        (judged("image-alt", "passes", "other facts"), "facts differs local"),
    ],
)
def test_equal_keys_with_unequal_verdicts_are_counted_and_shown(
    second: dict[str, Any], what: str
) -> None:
    site = site_of_two(second)

    assert site.counts[what] == 1
    assert len(site.examples) == 1


def test_what_a_page_wide_rule_says_of_an_element_is_not_compared() -> None:
    site = Site(kinds=KINDS)
    visited(site, "one", (LOGO,), logo=[judged("region", "passes")])
    visited(site, "two", (LOGO,), logo=[judged("region", "violations")])

    assert site.examples == []
