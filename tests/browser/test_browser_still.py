"""Animations held still, and pictures of what failed."""

from collections.abc import Iterator

import pytest
from acting_site import ActingSite, page, serving
from visiting import AXE, TAGS, verdicts

from service.browser import Approach, BrowserOptions, Fleet, Viewport, VisitOutcome, VisitRequest

WIDE = Viewport(width=1280, height=1024)
MOVING = page(
    "Moving",
    "<style>"
    "@keyframes pulse { 0% { color: #fff } 50% { color: #000 } 100% { color: #fff } }"
    "@keyframes appear { from { opacity: 0 } to { opacity: 1 } }"
    ".pulse { color: #111; animation: pulse 230ms infinite }"
    ".appear { color: #aaa; animation: appear 60s }"
    ".turn { color: #111; transition: color 60s }"
    ".turn.on { color: #bbb }"
    "</style><p class='pulse' id='pulse'>Pulse</p><p class='appear' id='appear'>Appear</p>"
    "<p class='turn' id='turn'>Turn</p><p id='reduced'></p><script>"
    "requestAnimationFrame(() => requestAnimationFrame(() => {"
    "  document.getElementById('turn').classList.add('on'); }));"
    "document.getElementById('appear').addEventListener('animationend', (event) => {"
    "  event.target.style.animation = 'appear 50s'; }, {once: true});"
    "document.title = matchMedia('(prefers-reduced-motion: reduce)').matches;</script>",
)
FAULTS = page(
    "Faults",
    '<div style="height: 1500px"></div><p id="pale" style="color:#bbb; width: 300px">Pale</p>'
    '<img id="bare" src="/none.png" width="2000" height="900"><a id="link" href="/x"></a>'
    '<iframe title="F" srcdoc="<button></button>"></iframe><h4 id="deep">Deep</h4>'
    '<div id="host"><template shadowrootmode="open"><button id="inner"></button></template></div>',
)

TALL = (
    '<p id="half" style="height: 50vh; color: #bbb">Half</p><div style="height: 4000px"></div>'
    '<p id="below" style="color: #bbb">Below</p>'
)


@pytest.fixture(scope="module")
def still() -> Iterator[ActingSite]:
    with serving() as site:
        site.pages |= {"/moving": MOVING, "/faults": FAULTS}
        yield site


@pytest.fixture(scope="module")
def still_fleet() -> Iterator[Fleet]:
    with Fleet(BrowserOptions(axe_path=AXE)) as fleet:
        yield fleet


def _visit(fleet: Fleet, site: ActingSite, path: str, approach: Approach) -> VisitOutcome:
    return fleet.visit(
        VisitRequest(
            url=site.origin + path,
            viewport=WIDE,
            axe_tags=TAGS,
            allowed_hosts=frozenset({site.host}),
            approach=approach,
        )
    )


@pytest.mark.long
def test_a_page_that_moves_gives_the_same_findings_ten_times(still_fleet, still):
    seen = [_visit(still_fleet, still, "/moving", Approach(frozen=True)) for _ in range(10)]
    contrast = {
        target
        for kind, rule, target in verdicts(seen[0])
        if (kind, rule) == ("violations", "color-contrast")
    }
    assert contrast == {"['#appear']", "['#turn']"}
    assert all(verdicts(each) == verdicts(seen[0]) for each in seen)
    assert {each.artifacts.title for each in seen} == {"true"}
    plain = _visit(still_fleet, still, "/moving", Approach())
    assert plain.artifacts.title == "false"


def test_one_element_of_each_failed_rule_is_pictured_as_webp(still_fleet, still):
    outcome = _visit(still_fleet, still, "/faults", Approach(pictures=10))
    taken = {each.selector: each.content for each in outcome.pictures}
    assert {"#pale", "#bare"} <= taken.keys()
    assert list(taken)[-1] == "#deep"
    assert "#host >> #inner" in taken
    assert not any(">>>" in selector for selector in taken)
    sizes = {selector: _size(content) for selector, content in taken.items()}
    # 300 and what surrounds it: 40 to the right, and the body's margin to the left.
    assert sizes["#pale"][0] == 348
    assert sizes["#bare"] == (800, 600)
    assert all(len(content) <= 200_000 for content in taken.values())
    plain = _visit(still_fleet, still, "/faults", Approach())
    assert verdicts(plain) == verdicts(outcome)
    assert plain.pictures == ()


def test_no_more_are_pictured_than_asked_for_and_criteria_go_first(still_fleet, still):
    outcome = _visit(still_fleet, still, "/faults", Approach(pictures=1))
    assert [each.selector for each in outcome.pictures] == ["#host >> #inner"]


@pytest.mark.parametrize("hindrance", ["location.href = '/moving'", "document.body.innerHTML = ''"])
def test_a_page_that_hinders_pictures_loses_them_and_nothing_else(still_fleet, still, hindrance):
    still.pages["/fleeing"] = FAULTS.replace(
        "</main>", f"<script>addEventListener('scroll', () => {{ {hindrance} }})</script></main>"
    )
    outcome = _visit(still_fleet, still, "/fleeing", Approach(pictures=10))
    assert verdicts(outcome) == verdicts(_visit(still_fleet, still, "/faults", Approach()))
    assert outcome.pictures == ()


def test_the_page_is_pictured_as_a_whole_with_the_places_of_what_was_found(still_fleet, still):
    still.pages["/tall"] = FAULTS.replace("</main>", TALL + "</main>")
    outcome = _visit(still_fleet, still, "/tall", Approach(page_picture=True))
    picture = outcome.page_picture
    assert picture is not None
    assert _size(picture.content) == (picture.width, picture.height) == (1280, 4000)
    assert (picture.is_cut, len(picture.content) <= 1_000_000) == (True, True)
    places = {each.selector: each for each in picture.places}
    pale = places["#pale"]
    # Below what the window shows, and half a window is still half of the one it was laid out for.
    assert (pale.x, pale.width) == (8, 300)
    assert pale.y > 1500 > 1024
    assert places["#half"].height == 512
    assert "#below" not in places
    assert (outcome.pictures, verdicts(outcome)) == (
        (),
        verdicts(_visit(still_fleet, still, "/tall", Approach())),
    )


def test_a_page_that_flees_from_its_picture_loses_it_and_nothing_else(still_fleet, still):
    still.pages["/shy"] = FAULTS.replace(
        "</main>",
        "<script>addEventListener('resize', () => { location.href = '/moving' })</script></main>",
    )
    outcome = _visit(still_fleet, still, "/shy", Approach(page_picture=True))
    assert verdicts(outcome) == verdicts(_visit(still_fleet, still, "/faults", Approach()))
    assert outcome.page_picture is None


def _size(content: bytes) -> tuple[int, int]:
    """Of a lossy WebP (RFC 9649, section 2.5): a RIFF file whose frame tells its size."""
    assert content[:4] == b"RIFF"
    assert content[8:12] == b"WEBP"
    if content[12:16] == b"VP8X":
        width = int.from_bytes(content[24:27], "little") + 1
        return width, int.from_bytes(content[27:30], "little") + 1
    assert content[12:16] == b"VP8 "
    sides = int.from_bytes(content[26:28], "little"), int.from_bytes(content[28:30], "little")
    return sides[0] & 0x3FFF, sides[1] & 0x3FFF
