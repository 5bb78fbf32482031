"""What no script sees, and what a page hides by the names that it gives its fields and images."""

from collections.abc import Callable

import pytest
from changing_site import ChangingSite, serving
from visiting import TAGS

from service.browser import Fleet, Viewport, VisitOutcome, VisitRequest

WIDE = Viewport(width=1280, height=1024)
PAGE = '<!doctype html><html lang="en"><title>Shop</title><body>{}<script>{}</script></body></html>'
FORM = '<form action="/a"><main><h1>Shop</h1><img src="/x.png">{}</main></form>'

Go = Callable[..., VisitOutcome]


@pytest.fixture
def go(fleet: Fleet, place: ChangingSite) -> Go:
    """Visit a body with a script, or the page as it is; `/frame` may be put into it."""

    def visit(body: str, script: str = "", frame: str = "", **changes: object) -> VisitOutcome:
        place.reset()
        place.headers = {}
        place.pages |= {"/": PAGE.format(body, script), "/frame": PAGE.format(frame, "")}
        asked: dict[str, object] = {
            "url": f"{place.origin}/",
            "viewport": WIDE,
            "axe_tags": TAGS,
            "allowed_hosts": place.hosts,
            "deadline_s": 30.0,
            "digests": {},
        }
        outcome = fleet.visit(VisitRequest(**(asked | changes)))  # type: ignore[arg-type]
        assert outcome.state == "examined", outcome.error
        return outcome

    return visit


BOX = '<div id="{}" style="width: 90px; height: 30px"></div>'
BOXES = (
    "<main><h1>Shop</h1>" + "".join(BOX.format(f"box{number}") for number in range(2)) + "</main>"
)
FRAMED = '<main><h1>Shop</h1><iframe src="/frame" title="Boxes"></iframe></main>'
IN_PAGE = (
    "document.querySelector('#box{}').attachShadow({{ mode: 'closed' }}).innerHTML = '<b>A</b>'"
)
IN_FRAME = (
    "addEventListener('load', () => {{ document.querySelector('iframe').contentDocument"
    ".querySelector('#box{}').attachShadow({{ mode: 'closed' }}).innerHTML = '<b>A</b>' }})"
)


@pytest.mark.parametrize(
    ("body", "frame", "script"),
    [(BOXES, "", IN_PAGE), (FRAMED, BOXES, IN_FRAME)],
    ids=["in the page", "in a frame"],
)
def test_a_closed_root_that_changes_nothing_else_counts(go, body, frame, script):
    scripts = ["", script.format(0), script.format(1)]
    seen = [go(body, each, frame) for each in scripts]
    assert [len(visit.artifacts.closed_hosts) for visit in seen] == [0, 1, 1]
    assert len({visit.digest for visit in seen} - {None}) == 3
    for visit, each in zip(seen, scripts, strict=True):
        assert go(body, each, frame, digests={WIDE: visit.digest}).reused
        known = [other.digest for other in seen if other is not visit]
        for digest in known:
            assert not go(body, each, frame, digests={WIDE: digest}).reused


@pytest.mark.parametrize(
    "name",
    [
        "firstChild", "nextSibling", "previousSibling", "attributes", "matches", "shadowRoot",
        "scrollLeft", "namespaceURI",
    ],
)  # fmt: skip
def test_what_stands_around_a_field_of_any_name_counts(go, name):
    form = FORM.format(f'<input type="hidden" name="{name}"><p>%s</p>')
    first = go(form % "ten")
    assert first.digest is not None
    assert go(form % "ten", digests={WIDE: first.digest}).reused
    assert not go(form % "nine", digests={WIDE: first.digest}).reused
    moved = form.replace("<form", '<form id="to"') % "ten"
    assert not go(moved, digests={WIDE: first.digest}).reused


@pytest.mark.parametrize("name", ["URL", "title", "fonts", "styleSheets", "firstChild", "body"])
def test_a_document_with_an_image_of_any_name_has_a_digest(go, name):
    body = f'<main><h1>Shop</h1><img src="/picture.svg" alt="" name="{name}"><p>%s</p></main>'
    first = go(body % "ten")
    assert first.digest is not None
    assert go(body % "ten", digests={WIDE: first.digest}).reused
    assert not go(body % "nine", digests={WIDE: first.digest}).reused


@pytest.mark.parametrize(
    ("body", "frame", "name"),
    [
        (FORM.format('<input type="hidden" name="childNodes">'), "", "childNodes"),
        (FORM.format('<button id="nodeType">Buy</button>'), "", "nodeType"),
        (FORM.format('<img src="/y.png" alt="" name="documentElement">'), "", "documentElement"),
        (FRAMED, FORM.format('<input type="hidden" name="childNodes">'), "childNodes"),
    ],
    ids=["a field", "a button", "an image", "in a frame"],
)  # fmt: skip
def test_a_page_that_hides_itself_from_axe_core_by_a_name_is_partial(go, body, frame, name):
    """axe-core goes past all that the form holds, and would find nothing there."""
    outcome = go(body, frame=frame)
    assert outcome.partial_reasons == (
        f"a field or image is named `{name}`, which hides from axe-core what stands around it",
    )
    assert outcome.digest is None


@pytest.mark.parametrize("name", ["children", "id", "title", "action", "localName", "matches"])
def test_a_field_that_hides_nothing_from_axe_core_leaves_the_page_whole(go, name):
    outcome = go(FORM.format(f'<input type="hidden" name="{name}">'))
    assert outcome.partial_reasons == ()
    assert "image-alt" in {rule["id"] for rule in outcome.artifacts.axe["violations"]}


OBJECT = '<object data="/frame" aria-label="Times"></object>'


@pytest.mark.parametrize(
    "body",
    [
        OBJECT,
        '<embed src="/frame" title="Times">',
        '<iframe src="/frame" title="x"></iframe>' + OBJECT,
    ],
    ids=["an object", "an embed", "an object beside a frame"],
)
def test_a_page_in_an_element_that_is_no_frame_is_told_of(go, body):
    outcome = go(f"<main><h1>Shop</h1>{body}</main>", frame="<p>Times</p>")
    assert outcome.partial_reasons == (
        "an `<object>` or `<embed>` shows a page, which axe-core does not enter",
    )


@pytest.mark.parametrize("kind", ["object", "embed"])
def test_a_page_of_another_origin_in_one_is_told_of(go, place, kind):
    with serving() as other:
        other.pages = {"/there": PAGE.format("<p>Times</p>", "")}
        source = "data" if kind == "object" else "src"
        outcome = go(
            f'<h1>Shop</h1><{kind} {source}="{other.origin}/there" title="Times"></{kind}>',
            allowed_hosts=place.hosts | other.hosts,
        )
    assert outcome.partial_reasons == (
        "an `<object>` or `<embed>` shows a page, which axe-core does not enter",
    )


@pytest.mark.parametrize(
    "body",
    [
        '<object data="/picture.svg" aria-label="A square"></object>',
        '<embed src="/picture.svg" title="A square">',
        '<object data="/none.pdf" type="application/pdf" aria-label="Times"></object>',
        '<object data="/nothing" aria-label="Times">Times</object>',
        '<embed src="http://127.0.0.1:9/" title="Times">',
        '<iframe src="/frame" title="Times"></iframe>',
    ],
    ids=[
        "a drawing",
        "an embedded drawing",
        "a PDF",
        "nothing that comes",
        "nothing that may",
        "a frame",
    ],
)
def test_what_is_no_page_leaves_the_page_whole(go, body):
    outcome = go(f"<main><h1>Shop</h1>{body}</main>", frame="<p>Times</p>")
    assert outcome.partial_reasons == ()
