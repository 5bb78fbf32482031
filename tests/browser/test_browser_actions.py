"""Actions in a real Chromium: done as a person does them, and told by name where they fail."""

import threading
from collections.abc import Callable, Iterator

import pytest
from acting_site import ActingSite, page, serving
from visiting import AXE, TAGS

from service.browser import (
    Approach,
    BrowserOptions,
    Fleet,
    PageError,
    PageErrorCode,
    Viewport,
    VisitOutcome,
    VisitRequest,
)

FORM = page(
    "Form",
    '<form method="post" action="/sent"><label>Who <input id="who" name="who" value="old"></label>'
    '<label>Day <select id="day" name="day"><option>Monday<option>Friday</select></label>'
    '<label><input type="checkbox" id="news" name="news"> News</label>'
    '<label><input type="checkbox" id="spam" name="spam" checked> Spam</label>'
    '<label><input type="radio" name="way" id="mail" value="mail"> Mail</label>'
    '<label>Words <textarea id="words" name="words">old</textarea></label>'
    '<button id="send">Send</button></form>',
)
# Written as frameworks do: the page goes by events and by a value of its own.
TRACKED = page(
    "Tracked",
    '<label>Name <input id="name"></label><label><input type="checkbox" id="box"> Box'
    "</label><script>"
    "const name = document.getElementById('name'); let known = '';"
    "Object.defineProperty(name, 'value', {get: () => known, set: (v) => { known = v; }});"
    "name.addEventListener('input', () => { document.title += ' ' +"
    " Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').get.call(name); });"
    "document.getElementById('box').addEventListener('click', (event) => {"
    " document.title += ' ' + event.target.checked; });</script>",
)
MENU = page(
    "Menu",
    '<button id="open">Menu</button><div id="menu" hidden><a href="/x" id="item"></a></div>'
    '<div style="height: 3000px"></div><button id="far">Far</button><script>'
    "document.getElementById('open').addEventListener('click', () => setTimeout(() => {"
    " document.getElementById('menu').hidden = false; }, 150));"
    "document.getElementById('far').addEventListener('click', (event) => {"
    " setInterval(() => document.getElementById('open').dispatchEvent(new Event('late')), 300);"
    " location.hash = 'trusted-' + event.isTrusted; });</script>",
)
ALERT = page(
    "Alert",
    '<button id="b" onclick="alert(1); document.title = \'After\'">Alert</button>',
)

Act = Callable[..., VisitOutcome]


@pytest.fixture(scope="module")
def acted() -> Iterator[ActingSite]:
    with serving() as site:
        site.pages |= {
            "/form": FORM, "/sent": page("Sent", "<p>Thank you</p>"), "/tracked": TRACKED,
            "/menu": MENU, "/alert": ALERT, "/x": page("X", "<p>x</p>"),
        }  # fmt: skip
        yield site


@pytest.fixture(scope="module")
def acting_fleet() -> Iterator[Fleet]:
    with Fleet(BrowserOptions(axe_path=AXE)) as fleet:
        yield fleet


@pytest.fixture
def act(acting_fleet: Fleet, acted: ActingSite) -> Act:
    def go(path: str, *actions: str, **more: object) -> VisitOutcome:
        approach = {"actions": actions, **more.pop("approach", {})}  # type: ignore[dict-item]
        settings: dict[str, object] = {
            "url": acted.origin + path,
            "viewport": Viewport(width=1280, height=1024),
            "axe_tags": TAGS,
            "allowed_hosts": frozenset({acted.host}),
            "deadline_s": 20.0,
        }
        request = VisitRequest(approach=Approach(**approach), **(settings | more))  # type: ignore[arg-type]
        return acting_fleet.visit(request)

    return go


def _title(outcome: VisitOutcome) -> str:
    assert outcome.artifacts is not None, outcome.error
    return outcome.artifacts.title


def test_a_form_is_filled_in_and_sent_and_the_page_behind_it_is_examined(act, acted):
    outcome = act(
        "/form",
        "set field #who to Maija to go", "set field #day to Friday", "check field #news",
        "uncheck field #spam", "check #mail", "clear field #words", "click element #send",
    )  # fmt: skip
    assert _title(outcome) == "Sent"
    assert outcome.artifacts.final_url == f"{acted.origin}/sent"
    assert acted.bodies_of("/sent")[-1] == {
        "who": ["Maija to go"], "day": ["Friday"], "news": ["on"], "way": ["mail"], "words": [""],
    }  # fmt: skip


def test_frameworks_notice_what_was_set_and_checked(act):
    outcome = act("/tracked", "set field #name to Maija", "check field #box")
    assert _title(outcome) == "Tracked Maija true"


def test_a_click_is_a_real_one_on_what_has_to_be_scrolled_to(act):
    outcome = act("/menu", "click #far", "wait for fragment to be #trusted-true")
    assert outcome.artifacts.final_url.endswith("/menu#trusted-true")


def test_what_opens_is_waited_for_and_then_examined(act):
    def names(outcome: VisitOutcome) -> set[str]:
        return {rule["id"] for rule in outcome.artifacts.axe["violations"]}

    assert "link-name" not in names(act("/menu"))
    opened = act("/menu", "click element #open", "wait for element #item to be visible")
    assert "link-name" in names(opened)


@pytest.mark.parametrize(
    "actions",
    [
        ("wait for element #menu to be hidden", "wait for element #gone to be removed"),
        ("wait for url to not be http://elsewhere.example/", "wait for path to be /menu"),
        ("navigate to /x", "wait for path to be /x", "wait for host not to be elsewhere"),
        ("click #far", "wait for element #open to emit late"),
        ("screen capture page.png", "Capture Screen to page.png"),
    ],
)
def test_pa11ys_other_actions_come_true(act, actions):
    assert act("/menu", *actions).error is None


def test_a_dialog_that_a_click_opens_is_dismissed(act):
    assert _title(act("/alert", "click #b", "wait for path to be /alert")) == "After"


@pytest.mark.parametrize(
    ("actions", "detail"),
    [
        (("click element #nobody",), "action 1 (click element #nobody): nothing matches #nobody"),
        (("click #open", "click #["), "action 2 (click #[): #[ is not a CSS selector"),
        (
            ("set field h1 to x",),
            "action 1 (set field h1 to x): h1 is no field that has a value",
        ),
        (("check field h1",), "action 1 (check field h1): h1 is nothing to be checked"),
        (
            ("wait for path to be /never",),
            "action 1 (wait for path to be /never): it did not come true in time",
        ),
    ],
)
def test_an_action_that_fails_ends_the_visit_and_is_named(act, actions, detail, monkeypatch):
    monkeypatch.setattr("service.browser.actions.performing.ELEMENT_CAP_S", 0.5)
    monkeypatch.setattr("service.browser.actions.performing.WAIT_CAP_S", 0.5)
    outcome = act("/menu", *actions)
    assert outcome.error == PageError(code=PageErrorCode.NAVIGATION_FAILED, detail=detail)


def test_a_page_that_actions_lead_to_is_judged_as_any_other(act, acted):
    gone = act("/menu", "navigate to /gone")
    assert gone.error == PageError(code=PageErrorCode.HTTP_ERROR, detail="the server answered 404")
    elsewhere = f"http://localhost:{acted.server.server_port}/x"
    blocked = act("/menu", f"navigate to {elsewhere}")
    assert blocked.error.code is PageErrorCode.BLOCKED_ADDRESS
    assert blocked.error.detail.startswith(f"action 1 (navigate to {elsewhere}): localhost is ")


def test_a_page_without_what_it_must_contain_is_not_the_one_that_is_meant(act):
    outcome = act("/menu", approach={"must_contain": "#cart"})
    assert outcome.error == PageError(
        code=PageErrorCode.NAVIGATION_FAILED,
        detail="the page shown is not the one meant: nothing matches #cart",
    )
    assert act("/menu", approach={"must_contain": "#open"}).state == "examined"


def test_a_visit_is_cancelled_in_the_middle_of_a_wait(acting_fleet, acted):
    cancelled = threading.Event()
    threading.Timer(1.0, cancelled.set).start()
    request = VisitRequest(
        url=f"{acted.origin}/menu",
        viewport=Viewport(width=1280, height=1024),
        axe_tags=TAGS,
        allowed_hosts=frozenset({acted.host}),
        approach=Approach(actions=("wait for path to be /never",)),
    )
    outcome = acting_fleet.visit(request, cancelled=cancelled)
    assert outcome.error.code is PageErrorCode.CANCELLED
