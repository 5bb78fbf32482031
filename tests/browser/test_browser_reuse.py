"""A page whose findings are reused is the same in everything that they depend on."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from changing_site import PICTURE, ChangingSite, serving
from visiting import AXE, TAGS, verdicts

from service.browser import Approach, Fleet, Viewport, VisitOutcome, VisitRequest, digest
from service.browser.digest import counting_headers, sources_digest

WIDE = Viewport(width=1280, height=1024)
NARROW = Viewport(width=400, height=800)


@pytest.fixture
def page(place: ChangingSite) -> ChangingSite:
    place.reset()
    return place


Go = Callable[..., VisitOutcome]


@pytest.fixture(scope="module")
def go(fleet: Fleet, place: ChangingSite) -> Go:
    def visit(**changes: object) -> VisitOutcome:
        asked = VisitRequest(
            url=f"{place.origin}/",
            viewport=WIDE,
            axe_tags=TAGS,
            allowed_hosts=place.hosts,
            deadline_s=30.0,
            digests={},
        )
        outcome = fleet.visit(replace(asked, **changes))  # type: ignore[arg-type]
        assert (outcome.state, outcome.partial) == ("examined", False), outcome
        return outcome

    return visit


@pytest.fixture(scope="module")
def first(go: Go, place: ChangingSite) -> VisitOutcome:
    place.reset()
    outcome = go()
    assert not outcome.reused
    assert outcome.digest is not None
    return outcome


def test_a_page_that_is_the_same_is_not_examined_again(page, first, go):
    again = go(digests={WIDE: first.digest})
    assert (again.reused, again.digest) == (True, first.digest)
    assert again.artifacts is not None
    assert again.artifacts.axe == {}
    assert again.timings_ms["axe"] == 0


def test_a_changed_page_that_was_thought_known_gets_the_findings_of_a_fresh_visit(page, first, go):
    page.pages["/"] = page.pages["/"].replace("<b>ten</b>", "<b>nine</b>")
    thought_known = go(digests={WIDE: first.digest})
    fresh = go()
    assert (thought_known.reused, fresh.reused) == (False, False)
    assert verdicts(thought_known) == verdicts(fresh) == verdicts(first)
    assert thought_known.artifacts.elements == fresh.artifacts.elements
    assert thought_known.digest == fresh.digest != first.digest


def html(old: str, new: str) -> Callable[[ChangingSite], None]:
    return at("/", old, new)


def at(path: str, old: str, new: str) -> Callable[[ChangingSite], None]:
    def change(site: ChangingSite) -> None:
        assert old in site.pages[path]
        site.pages[path] = site.pages[path].replace(old, new)

    return change


def script(more: str) -> Callable[[ChangingSite], None]:
    def change(site: ChangingSite) -> None:
        site.pages["/script.js"] += f";{more}"

    return change


def header(name: str, value: str, path: str = "/") -> Callable[[ChangingSite], None]:
    def change(site: ChangingSite) -> None:
        site.headers.setdefault(path, {})[name] = value

    return change


CHANGES = {
    "an attribute": html('id="note"', 'id="note" data-x="1"'),
    "a text": html("to four", "to five"),
    "an element": html("<h1>", "<hr><h1>"),
    "a comment": html("<h1>", "<!-- x --><h1>"),
    "the title": html("<title>Opening hours", "<title>Closing hours"),
    "the language": html('lang="en"', 'lang="fi"'),
    "the document type": html("<!doctype html>", ""),
    "a style element": html("color: #555", "color: #556"),
    "a media query that does not apply": html("max-width: 100px", "max-width: 101px"),
    "a rule that does not apply": html("color: #ccc", "color: #ccd"),
    "an external sheet": at("/style.css", "white", "#fffffe"),
    "an imported sheet": at("/more.css", "20px", "21px"),
    "an adopted sheet": at("/script.js", "#222", "#223"),
    "the text in an open shadow root": html("<p>Inside", "<p>In here"),
    "the style in an open shadow root": html("color: #333", "color: #334"),
    "the layout of a closed shadow root": html("<p>Hidden inside", "<p>Hidden<br>inside"),
    "the text of a frame": at("/frame", "A map", "Another map"),
    "the style of a frame": at("/frame", "#444", "#445"),
    "a header of a frame": header("Content-Language", "fi", "/frame"),
    "the size of an image": lambda site: site.pages.update({"/picture.svg": PICTURE.format(30)}),
    "the Content-Security-Policy": header("Content-Security-Policy", "object-src 'self'"),
    "the Content-Language": header("Content-Language", "fi"),
    "a header that nobody knows": header("X-Build", "2"),
    "the content type": header("Content-Type", "text/html; charset=iso-8859-1"),
    "what is typed": script("document.querySelector('#name').value = 'Maija'"),
    "what is ticked": script("document.querySelector('#box').checked = true"),
    "what is half ticked": script("document.querySelector('#box').indeterminate = true"),
    "what is chosen": script("document.querySelector('select').selectedIndex = 1"),
    "what is not valid": script("document.querySelector('#name').setCustomValidity('no')"),
    "where the focus is": script("document.querySelector('#name').focus()"),
    "a rule put in by script": script("document.styleSheets[1].insertRule('i { color: red }')"),
    "a sheet turned off": script("document.styleSheets[1].disabled = true"),
    "a colour that an animation left": script(
        "document.querySelector('b').animate({ color: '#777' }, { duration: 1, fill: 'forwards' })"
    ),
    "a registered property": script(
        "sheet.replaceSync('b { color: var(--c, #222) }');"
        "CSS.registerProperty({ name: '--c', syntax: '<color>', inherits: false, "
        "initialValue: '#777' })"
    ),
    "a font": script("document.fonts.add(new FontFace('Other', 'local(\"Nothing\")'))"),
    "an open dialog": html("<h1>", "<dialog open>Hello</dialog><h1>"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_page_is_examined_afresh_when_this_has_changed(page, first, go, change):
    change(page)
    outcome = go(digests={WIDE: first.digest})
    assert not outcome.reused
    assert outcome.digest != first.digest
    assert verdicts(outcome)


# The same document, the same sheets and boxes: what a script did shows in none of them.
CARD = (
    "<style>p { font: 19px/1.5 monospace; color: #888 } x-card:state(bold) p { font-weight: 700 }"
    "</style><x-card><h2>A</h2><h4>B</h4><p>Some text here</p></x-card>"
)
DEFINED = (
    "customElements.define('x-card', class extends HTMLElement "
    "{{ constructor() {{ super(); {} }} }})"
)
ROOT = "this.attachShadow({{ mode: '{}' }}).innerHTML = '{}'"
SLOTS = (
    "const root = this.attachShadow({ mode: 'open', slotAssignment: 'manual' });"
    "root.innerHTML = '<slot></slot>';"
    "root.firstChild.assign(...[...this.children].slice(0, 2)%s)"
)
UNSEEN = {
    "the initial value of a registered property": (
        "<style>p { font: 19px/1.5 monospace; font-weight: var(--w); color: #888 }</style>"
        "<p>Some text here</p>",
        "CSS.registerProperty({ name: '--w', syntax: '<integer>', inherits: true, "
        "initialValue: '%s' })",
        ("400", "700"),
    ),
    "a state of a custom element": (
        CARD,
        DEFINED.format("this.attachInternals().states.add('%s')"),
        ("thin", "bold"),
    ),
    "the style of what is put into a closed shadow root": (
        CARD,
        DEFINED.format(
            ROOT.format(
                "closed", "<style>::slotted(p) { font-weight: %s !important }</style><slot></slot>"
            )
        ),
        ("400", "700"),
    ),
    "a line around what is put into a closed shadow root": (
        CARD,
        DEFINED.format(
            ROOT.format("closed", "<style>::slotted(p) { %s: 2px solid red }</style><slot></slot>")
        ),
        ("border-bottom", "border-top", "outline", "border-left"),
    ),
    "a layer from a closed shadow root": (
        CARD,
        DEFINED.format(
            ROOT.format("closed", "<style>::slotted(p) { z-index: %s }</style><slot></slot>")
        ),
        ("1", "2"),
    ),
    "the order of what is put into slots by hand": (
        CARD,
        DEFINED.format(SLOTS),
        ("", ".reverse()"),
    ),
    "what a field is pointed to as its label": (
        "<p id=one>Name</p><p id=two>Age</p><input id=i>",
        "i.ariaLabelledByElements = [%s]",
        ("", "one", "two"),
    ),
}


@pytest.mark.parametrize(("body", "script", "values"), UNSEEN.values(), ids=UNSEEN.keys())
def test_what_a_script_does_out_of_sight_counts(page, go, body, script, values):
    page.pages["/"] = (
        '<!doctype html><html lang="en"><title>Out of sight</title><main><h1>Out of sight</h1>'
        f'{body}</main><script src="/script.js"></script>'
    )
    digests = []
    for value in values:
        page.pages["/script.js"] = script.replace("%s", value)
        digests.append(go().digest)
    assert None not in digests
    assert len(set(digests)) == len(values)
    assert go().digest == digests[-1]


def test_every_style_that_axe_core_asks_for_counts():
    asked_for = set(
        re.findall(
            r"get(?:ComputedStyle)?PropertyValue\([\"']([a-z-]+)[\"']",
            AXE.read_text(encoding="utf-8"),
        )
    )
    script = (Path(digest.__file__).with_suffix(".js")).read_text(encoding="utf-8")
    (styles,) = re.findall(r"const STYLES = \[(.*?)\];", script, re.DOTALL)
    told = set(re.findall(r'"([a-z-]+)"', styles))
    of_boxes = {"height", "width"}
    of_shorthands = {
        "mask-border", "mask-image", "-webkit-mask", "-webkit-mask-border", "-webkit-mask-image",
        "padding-bottom", "padding-left", "padding-right", "padding-top", "-webkit-transform",
        "text-decoration-line", "text-decoration-style",
    }  # fmt: skip
    of_pseudo_elements = {"content"}
    not_in_chromium = {"-ms-transform", "-webkit-overflow-scrolling"}
    assert {"position", "font-weight"} <= asked_for
    assert asked_for - told <= of_boxes | of_shorthands | of_pseudo_elements | not_in_chromium


def test_what_is_asked_for_counts(page, first, go):
    known = {WIDE: first.digest, NARROW: first.digest}
    for changed in (
        {"viewport": NARROW},
        {"axe_tags": TAGS[:-1]},
        {"wait_for": "h1"},
        {"allowed_hosts": page.hosts | {"127.0.0.1:9"}},
        {"site_hosts": frozenset({"example.org"})},
        {"approach": Approach(must_contain="h1")},
    ):
        outcome = go(**changed, digests=known)
        assert not outcome.reused, changed
        assert outcome.digest not in (None, first.digest)


def test_who_examines_counts(tmp_path: Path):
    copy = tmp_path / "axe.min.js"
    copy.write_bytes(AXE.read_bytes())
    assert sources_digest(copy) == sources_digest(AXE)
    sources_digest.cache_clear()
    copy.write_bytes(AXE.read_bytes() + b"\n")
    assert sources_digest(copy) != sources_digest(AXE)


def test_a_style_sheet_of_another_origin_counts(page, go):
    with serving() as other:
        other.pages = {"/far.css": "b { color: #222 }"}
        link = f'<link rel="stylesheet" href="{other.origin}/far.css"><title>'
        page.pages["/"] = page.pages["/"].replace("<title>", link)
        hosts = page.hosts | other.hosts
        known = {WIDE: go(allowed_hosts=hosts).digest}
        assert known[WIDE] is not None
        assert go(allowed_hosts=hosts, digests=known).reused
        other.pages["/far.css"] += "i { color: red }"
        assert not go(allowed_hosts=hosts, digests=known).reused


def test_what_a_closed_shadow_root_makes_a_region_scroll_counts(page, go):
    """No walk sees inside, and the region keeps its own size; axe's scrollable regions see it."""
    region = (
        '<div style="overflow: auto; height: 40px"><template shadowrootmode="closed">'
        '<p style="height: 9px">Inside</p></template></div><h1>'
    )
    page.pages["/"] = page.pages["/"].replace("<h1>", region)
    known = {WIDE: go().digest}
    assert go(digests=known).reused
    page.pages["/"] = page.pages["/"].replace("height: 9px", "height: 900px")
    assert not go(digests=known).reused


def test_what_the_guard_refuses_counts(page, fleet, go):
    """The image is not there either way; the difference is who says so."""
    with serving() as other:
        image = f'<img src="{other.origin}/none" alt=""><title>'
        page.pages["/"] = page.pages["/"].replace("<title>", image)
        refused = go()
        assert [each.port for each in refused.refused] == [int(other.origin.rpartition(":")[2])]
        assert go(digests={WIDE: refused.digest}).reused
        let_in = go(digests={WIDE: refused.digest}, allowed_hosts=page.hosts | other.hosts)
        assert (let_in.reused, let_in.refused) == (False, ())


@pytest.mark.parametrize(
    "unsure",
    [
        '<iframe src="data:text/html,<p>elsewhere" title="x"></iframe>',
        "<style>@keyframes k { to { color: red } } h1 { animation: k 9s infinite }</style>",
    ],
    ids=["a frame of another origin", "something that moves"],
)
def test_a_page_of_which_not_everything_can_be_told_keeps_no_digest(page, go, unsure):
    page.pages["/"] = page.pages["/"].replace("<h1>", f"{unsure}<h1>")
    assert go().digest is None


CLOCK = ";setInterval(() => { document.querySelector('b').textContent = performance.now() }, 1)"
FRAME_OF_PAGE = '<iframe src="/frame" title="Map"></iframe>'


def test_a_page_that_changes_while_its_frames_are_examined_keeps_no_digest(page, go):
    page.pages["/script.js"] += CLOCK
    assert go().digest is None


@pytest.mark.long
def test_a_page_that_changes_while_axe_waits_for_a_sound_keeps_no_digest(page, go):
    """It waits for ten seconds."""
    sound = '<audio autoplay src="/none.ogg" controls></audio>'
    page.pages["/"] = page.pages["/"].replace(FRAME_OF_PAGE, sound)
    page.pages["/script.js"] += CLOCK
    assert go().digest is None


def test_no_script_of_the_page_runs_while_axe_looks_at_it(page, go):
    page.pages["/"] = page.pages["/"].replace(FRAME_OF_PAGE, "")
    page.pages["/script.js"] += CLOCK
    digests = [go().digest, go().digest]
    assert None not in digests
    assert digests[0] != digests[1]


def test_every_size_of_a_page_is_reused_on_its_own(page, fleet, go):
    asked = VisitRequest(
        url=f"{page.origin}/",
        viewport=WIDE,
        axe_tags=TAGS,
        allowed_hosts=page.hosts,
        deadline_s=30.0,
        digests={},
    )
    sizes = (WIDE, NARROW)
    wide, narrow = fleet.visit_page(asked, sizes)
    assert None not in (wide.digest, narrow.digest)
    assert wide.digest != narrow.digest
    known = {WIDE: wide.digest, NARROW: narrow.digest}
    assert [each.reused for each in fleet.visit_page(replace(asked, digests=known), sizes)] == [
        True,
        True,
    ]
    half = fleet.visit_page(replace(asked, digests={WIDE: wide.digest}), sizes)
    assert [each.reused for each in half] == [True, False]
    assert verdicts(half[1]) == verdicts(narrow)


def test_headers_of_the_way_of_an_answer_do_not_count():
    assert counting_headers({"Date": "now", "X-Request-Id": "7", "Link": "</a>"}) == [
        ("link", "</a>")
    ]
