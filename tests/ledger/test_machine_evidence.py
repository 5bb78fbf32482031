"""What machines see enters the ledger once, and leaves it only where they looked again."""

import pytest
from axe_results import node, passed, rule
from ledger_words import NARROW, WIDE, Ledger

from checks import Ancestor, Element
from service.barriers import Barrier

FOOTER_NOTE = '<p class="footer-note">Archive Street 1</p>'
FOOTER = {
    "footer > p": Element(name="Archive Street 1", ancestors=(Ancestor(tag="footer"),)),
}
LINK = node("#more", '<a id="more" href="/more"></a>')
OTHER_LINK = node("#else", '<a id="else" href="/else"></a>')
IMAGE = node("#map", '<img id="map" src="/map.png">')


def icons(count):
    """Nameless links of one toolbar."""
    nodes = [node(f"li:nth-child({n}) > a", f'<a class="icon" href="/{n}"></a>') for n in count]
    ancestors = (Ancestor(tag="li"), Ancestor(tag="ul"), Ancestor(tag="main"))
    elements = {f"li:nth-child({n}) > a": Element(role="link", ancestors=ancestors) for n in count}
    return {"violations": [rule("link-name", *nodes)], "elements": elements}


def test_the_same_footer_on_forty_pages_is_one_barrier_with_forty_pages(ledger):
    for number in range(40):
        ledger.saw(
            f"/{number}",
            violations=[rule("color-contrast", node("footer > p", FOOTER_NOTE))],
            elements=FOOTER,
        )
    (entry,) = ledger.entries()
    assert [on.instances for on in entry.pages] == [1] * 40
    assert entry.evidence.pages == 40
    assert len(ledger.sightings()) == 40


def test_thirty_nameless_icons_are_one_barrier_with_thirty_instances(ledger):
    ledger.saw(**icons(range(30)))
    (entry,) = ledger.entries()
    assert (entry.evidence.instances, entry.evidence.pages) == (30, 1)
    assert entry.barrier.rule == "link-name"


def test_of_thirty_icons_that_were_mended_but_one_the_barrier_stays_with_one(ledger):
    ledger.saw(**icons(range(30)))
    ledger.saw(**icons(range(4, 5)))
    (entry,) = ledger.entries()
    assert (entry.status, entry.evidence.instances) == ("open", 1)


def test_the_same_page_in_two_viewports_counts_its_instances_once(ledger):
    for viewport in (WIDE, NARROW):
        ledger.saw(viewport=viewport, violations=[rule("link-name", LINK)])
    (entry,) = ledger.entries()
    assert (entry.evidence.instances, len(ledger.sightings())) == (1, 2)


def test_the_same_findings_again_change_nothing_but_the_day(ledger):
    ledger.saw(violations=[rule("link-name", LINK)])
    ledger.saw(violations=[rule("link-name", LINK)])
    (sighting,) = ledger.sightings()
    (barrier,) = ledger.rows(Barrier)
    assert sighting.last_seen_at == ledger.now
    assert (barrier.version, barrier.status) == (1, "open")


def test_absence_on_a_complete_visit_closes_and_says_since_when(ledger):
    ledger.saw(violations=[rule("link-name", LINK)])
    ledger.saw(passes=[passed("link-name")])
    (sighting,) = ledger.sightings()
    (barrier,) = ledger.rows(Barrier)
    assert (sighting.present, sighting.absent_since) == (False, ledger.now)
    assert (barrier.status, barrier.closed_at, barrier.machine_clean) == (
        "closed", ledger.now, True,
    )  # fmt: skip
    assert [on.page_id for entry in ledger.entries() for on in entry.pages] == []


def test_a_rule_with_nothing_left_to_apply_to_closes(ledger):
    ledger.saw(violations=[rule("link-name", LINK)])
    ledger.saw(inapplicable=[passed("link-name", 0)])
    assert [entry.status for entry in ledger.entries()] == ["closed"]


@pytest.mark.parametrize(
    "second_look",
    [
        pytest.param({"partial": True, "passes": [passed("link-name")]}, id="partial visit"),
        pytest.param({"viewport": NARROW, "passes": [passed("link-name")]}, id="other viewport"),
        pytest.param({"path": "/other", "passes": [passed("link-name")]}, id="other page"),
        pytest.param({"passes": [passed("image-alt")]}, id="rule not run"),
        pytest.param(
            {"incomplete": [rule("link-name", node("html", "<html>", errored=True))]},
            id="rule threw",
        ),
        pytest.param({"incomplete": [rule("link-name", LINK)]}, id="cannot tell of it"),
    ],
)
def test_not_looking_is_never_evidence_of_absence(ledger, second_look):
    ledger.saw(violations=[rule("link-name", LINK)])
    ledger.saw(**second_look)
    assert [entry.status for entry in ledger.entries()] == ["open"]
    assert [sighting.present for sighting in ledger.sightings()] == [True]


def test_what_cannot_be_told_of_one_instance_keeps_the_others_of_its_component(ledger):
    ledger.saw(**icons(range(3)))
    unsure = icons(range(1))
    ledger.saw(incomplete=unsure["violations"], elements=unsure["elements"])
    (entry,) = ledger.entries()
    assert (entry.status, entry.evidence.instances) == ("open", 3)


def test_a_frame_that_could_not_be_entered_proves_nothing_of_what_is_in_it(ledger):
    inside = node("#frame >>> #more", '<a id="more" href="/more"></a>')
    ledger.saw(violations=[rule("link-name", inside, IMAGE | {"target": ["#map"]})])
    assert len(ledger.entries()) == 2
    ledger.saw(
        passes=[passed("link-name")],
        incomplete=[rule("frame-tested", node("#frame", '<iframe id="frame"></iframe>'))],
    )
    present = {sighting.selector: sighting.present for sighting in ledger.sightings()}
    assert present == {"#frame >>> #more": True, "#map": False}


def test_closing_in_every_viewport_and_page_takes_a_look_at_each(ledger):
    for path, viewport in (("/", WIDE), ("/", NARROW), ("/b", WIDE)):
        ledger.saw(path, viewport=viewport, violations=[rule("link-name", LINK)])
    statuses = []
    for path, viewport in (("/", WIDE), ("/", NARROW), ("/b", WIDE)):
        ledger.saw(path, viewport=viewport, passes=[passed("link-name")])
        statuses += [entry.status for entry in ledger.entries()]
    assert statuses == ["open", "open", "closed"]


def test_what_comes_back_reopens_the_same_barrier(ledger):
    first = ledger.saw(violations=[rule("link-name", LINK)])
    ledger.saw(passes=[passed("link-name")])
    again = ledger.saw(violations=[rule("link-name", LINK)])
    assert first == again
    (barrier,) = ledger.rows(Barrier)
    assert (barrier.status, barrier.closed_at, barrier.version) == ("open", None, 3)


def test_what_needs_review_makes_no_barrier(ledger):
    assert ledger.saw(incomplete=[rule("color-contrast", LINK)]) == {}
    assert ledger.entries() == []


def test_another_project_with_the_same_fault_has_its_own_barrier(ledger):
    museum = Ledger(ledger.engine, "museum")
    ones = ledger.saw(violations=[rule("link-name", LINK)])
    others = museum.saw(violations=[rule("link-name", LINK)])
    assert ones.keys() == others.keys()
    museum.saw(passes=[passed("link-name")])
    assert [entry.status for entry in ledger.entries()] == ["open"]
    assert [entry.status for entry in museum.entries()] == ["closed"]


def test_the_worst_impact_seen_is_the_barriers(ledger):
    ledger.saw("/", violations=[rule("color-contrast", LINK, impact="moderate")])
    ledger.saw("/b", violations=[rule("color-contrast", LINK, impact="serious")])
    ledger.saw("/c", violations=[rule("color-contrast", LINK, impact="minor")])
    assert [barrier.impact for barrier in ledger.rows(Barrier)] == ["serious"]


def test_a_thousand_findings_of_one_page_enter_at_once(ledger):
    nodes = [node(f"#n{n}", f'<a name="x{chr(97 + n % 26)}{n}">{n}</a>') for n in range(1100)]
    made = ledger.saw(violations=[rule("link-name", *nodes)])
    ledger.saw(passes=[passed("link-name")])
    assert {ledger.status(barrier_id) for barrier_id in list(made.values())[:3]} == {"closed"}
    assert sum(sighting.present for sighting in ledger.sightings()) == 0
