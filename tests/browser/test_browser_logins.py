"""Signing in, secrets, headers and cookies: used where they belong and nowhere else."""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict

import pytest
from acting_site import PASSWORD, USER, ActingSite, page, serving
from visiting import AXE, TAGS, verdicts

from service.browser import (
    Approach,
    BrowserOptions,
    Cookie,
    Fleet,
    Login,
    PageError,
    PageErrorCode,
    Viewport,
    VisitOutcome,
    VisitRequest,
)

WIDE = Viewport(width=1280, height=1024)
Go = Callable[..., VisitOutcome]


@pytest.fixture(scope="module")
def acted() -> Iterator[ActingSite]:
    with serving() as site:
        site.private |= {
            "/home": page("Home", '<p id="me">Maija</p>'),
            "/orders": page("Orders", "<p>Orders</p>"),
            "/change": page("Change", '<label>New <input type="password"></label>'),
        }
        site.mixed = {"/mixed": page("Mixed", '<p id="me">Maija</p>')}
        site.pages |= {"/open": page("Open", '<p id="out">Anybody</p>')}
        yield site


@pytest.fixture(scope="module")
def acting_fleet() -> Iterator[Fleet]:
    with Fleet(BrowserOptions(axe_path=AXE)) as fleet:
        yield fleet


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUISKA_SECRET_NAME", USER)
    monkeypatch.setenv("LUISKA_SECRET_PASSWORD", PASSWORD)


@pytest.fixture
def request_of(acted: ActingSite) -> Callable[..., VisitRequest]:
    def make(path: str, approach: Approach, **more: object) -> VisitRequest:
        settings: dict[str, object] = {
            "url": path if "://" in path else acted.origin + path,
            "viewport": WIDE,
            "axe_tags": TAGS,
            "allowed_hosts": frozenset({acted.host}),
            "deadline_s": 20.0,
            "approach": approach,
        }
        return VisitRequest(**(settings | more))  # type: ignore[arg-type]

    return make


@pytest.fixture
def go(acting_fleet: Fleet, request_of: Callable[..., VisitRequest]) -> Go:
    def visit(path: str, approach: Approach = Approach(), **more: object) -> VisitOutcome:  # noqa: B008
        return acting_fleet.visit(request_of(path, approach, **more))

    return visit


@pytest.fixture
def login(acted: ActingSite) -> Login:
    return Login(
        name="reader",
        url=f"{acted.origin}/sign-in",
        actions=(
            "set field #name to ${LUISKA_SECRET_NAME}",
            "set field #password to ${LUISKA_SECRET_PASSWORD}",
            "click element #go",
        ),
        must_contain="#me",
    )


def _failed(code: PageErrorCode, detail: str) -> PageError:
    return PageError(code=code, detail=detail)


WALL = _failed(
    PageErrorCode.LOGIN_REQUIRED,
    "the address leads to a page that asks to sign in: /sign-in (if that is the page that is "
    "meant, say what it must contain)",
)


def test_a_page_that_leads_to_a_sign_in_page_is_not_judged(go):
    assert go("/home").error == WALL


def test_one_signs_in_once_for_all_pages_of_a_scan_and_is_nobody_in_another(go, acted, login):
    before = acted.sign_ins
    signed_in = Approach(login=login)
    for path, title in (("/orders", "Orders"), ("/home", "Home"), ("/change", "Change")):
        outcome = go(path, signed_in, scope="one")
        assert outcome.error is None
        assert outcome.artifacts.title == title
    assert acted.sign_ins == before + 1
    assert go("/home").error == WALL
    assert "Cookie" not in acted.headers_of("/home")[-1]
    go("/home", signed_in, scope="two")
    assert acted.sign_ins == before + 2


def test_one_signs_in_again_when_the_session_is_over(go, acted, login):
    before = acted.sign_ins
    assert go("/home", Approach(login=login), scope="again").error is None
    acted.sessions.clear()
    assert go("/orders", Approach(login=login), scope="again").error is None
    assert acted.sign_ins == before + 2


def test_one_signs_in_again_where_the_page_itself_shows_the_form(go, acted, login):
    before = acted.sign_ins
    signed_in = Approach(login=login, must_contain="#me")
    assert go("/mixed", signed_in, scope="mixed").error is None
    acted.sessions.clear()
    assert go("/mixed", signed_in, scope="mixed").error is None
    assert acted.sign_ins == before + 2


def test_a_page_behind_a_redirect_may_have_a_password_field_if_it_is_the_one_meant(go):
    outcome = go("/home", Approach(must_contain="#password"))
    assert outcome.artifacts.title == "Sign in"


def test_a_login_that_fails_is_told_and_not_tried_for_every_page(go, acted, login, monkeypatch):
    monkeypatch.setenv("LUISKA_SECRET_PASSWORD", "of yesterday")
    monkeypatch.setattr("service.browser.reaching.SIGNED_IN_CAP_S", 0.3)
    why = "signing in as 'reader' failed: nothing matches #me"
    tries = []
    for _ in range(3):
        before = len(acted.bodies_of("/sign-in"))
        outcome = go("/home", Approach(login=login), scope="wrong")
        tries.append((len(acted.bodies_of("/sign-in")) > before, outcome.error))
    assert tries == [
        (True, _failed(PageErrorCode.LOGIN_REQUIRED, why)),
        (True, _failed(PageErrorCode.LOGIN_REQUIRED, why)),
        (False, _failed(PageErrorCode.LOGIN_REQUIRED, f"{why} (not tried again)")),
    ]


def test_a_secret_that_is_not_there_is_named_before_anything_is_visited(go, acted, login):
    seen = len(acted.seen)
    outcome = go("/home", Approach(headers=(("X-Key", "${LUISKA_SECRET_KEY}"),)))
    assert outcome.error == _failed(
        PageErrorCode.CHECK_FAILED,
        "LUISKA_SECRET_KEY is not set in the environment of what visits pages",
    )
    assert len(acted.seen) == seen


def test_a_secret_that_a_page_shows_is_masked_in_all_that_is_brought_back(go, acted, monkeypatch):
    monkeypatch.setenv("LUISKA_SECRET_WORD", 'a"b & päivä')
    acted.pages["/echo"] = page(
        "Echo",
        '<label>Word <input id="word"></label><script>'
        "document.getElementById('word').addEventListener('input', (event) => {"
        "  const word = event.target.value; document.title = word;"
        "  history.replaceState(null, '', '/echo?word=' + encodeURIComponent(word));"
        "  const link = document.createElement('a'); link.href = '/?' + word;"
        "  link.dataset.word = word; link.id = word; document.body.append(link); });</script>",
    )
    outcome = go(
        "/echo",
        Approach(actions=("set field #word to ${LUISKA_SECRET_WORD}",), pictures=5),
        wants_links=True,
    )
    assert outcome.error is None
    assert outcome.artifacts.title == "${LUISKA_SECRET_WORD}"
    assert outcome.artifacts.final_url == f"{acted.origin}/echo?word=${{LUISKA_SECRET_WORD}}"
    assert outcome.pictures == ()
    told = repr(asdict(outcome)) + json.dumps(outcome.artifacts.axe)
    assert "link-name" in told
    assert "päivä" not in told
    assert "p%C3%A4iv" not in told


def test_a_page_whose_frame_shows_a_secret_is_not_pictured(go, acted):
    acted.pages["/framed"] = page(
        "Framed",
        '<label>Name <input id="name"></label><iframe title="f" src="/open"></iframe>'
        '<button></button><script>document.getElementById("name").addEventListener("input", '
        "(event) => { frames[0].document.body.append(event.target.value);"
        " event.target.remove(); });</script>",
    )
    quiet, told = (
        go("/framed", Approach(actions=(f"set field #name to {word}",), pictures=5))
        for word in ("nothing", "${LUISKA_SECRET_NAME}")
    )
    assert (quiet.error, len(quiet.pictures) > 0) == (None, True)
    assert (told.error, told.pictures) == (None, ())


def test_secrets_go_to_pages_of_their_origins_alone(go, acted):
    words = Approach(actions=("set field #name to ${LUISKA_SECRET_NAME}",))
    theirs = ("https://library.example", "http://127.0.0.1:1")
    outcome = go("/sign-in", words, secret_origins=theirs)
    assert outcome.error == _failed(
        PageErrorCode.NAVIGATION_FAILED,
        "action 1 (set field #name to ${LUISKA_SECRET_NAME}): a secret may not go to "
        f"{acted.origin}",
    )
    assert go("/sign-in", words, secret_origins=("http://127.0.0.1:*",)).error is None
    for kept in (
        Approach(cookies=(Cookie(name="key", value="${LUISKA_SECRET_NAME}"),)),
        Approach(headers=(("X-Key", "${LUISKA_SECRET_NAME}"),)),
    ):
        seen = len(acted.seen)
        assert go("/open", kept, secret_origins=theirs).error == _failed(
            PageErrorCode.CHECK_FAILED,
            "the page is not within the origins that the scan's secrets may go to",
        )
        assert len(acted.seen) == seen


def test_headers_and_cookies_come_with_one_visit_and_are_gone_with_the_next(go, acted):
    with_all = Approach(
        headers=(("X-Preview", "yes"),), cookies=(Cookie(name="look", value="new"),)
    )
    go("/open", with_all)
    go("/open")
    go("/open", Approach(headers=(("X-Other", "yes"),)))
    told = [
        {name: headers[name] for name in ("X-Preview", "X-Other", "Cookie") if name in headers}
        for headers in acted.headers_of("/open")[-3:]
    ]
    assert told == [{"X-Preview": "yes", "Cookie": "look=new"}, {}, {"X-Other": "yes"}]


def test_a_secret_header_reaches_no_other_host_and_a_plain_one_does(go, acted, monkeypatch):
    monkeypatch.setenv("LUISKA_SECRET_KEY", "key-1234")
    with serving() as other:
        other.pages["/there"] = page("There", "<p>There</p>")
        acted.pages["/calls"] = page(
            "Calls", f'<iframe title="There" src="{other.origin}/there"></iframe>'
        )
        hosts = frozenset({acted.host, other.host})
        secret = Approach(headers=(("X-Key", "${LUISKA_SECRET_KEY}"),))
        kept = go("/calls", secret, allowed_hosts=hosts, secret_origins=(acted.origin,))
        assert acted.headers_of("/calls")[-1]["X-Key"] == "key-1234"
        assert other.headers_of("/there") == []
        # A browser that has just started also wants something for itself.
        refused = {(each.host, each.port, each.code) for each in kept.refused}
        assert refused >= {("127.0.0.1", other.server.server_port, PageErrorCode.BLOCKED_ADDRESS)}
        go("/calls", Approach(headers=(("X-Key", "plain"),)), allowed_hosts=hosts)
        assert [headers["X-Key"] for headers in other.headers_of("/there")] == ["plain"]


def test_frames_of_other_sites_are_kept_away_from_who_is_signed_in_and_told(go, acted, login):
    far = f"localhost:{acted.server.server_port}"
    frames = page("Far", f'<iframe title="Far" src="http://{far}/far"></iframe>')
    acted.pages |= {"/far": page("Far", "<button></button>"), "/framing": frames}
    hosts = frozenset({acted.host, far})
    together = go("/framing", allowed_hosts=hosts)
    apart = go("/framing", Approach(login=login), allowed_hosts=hosts, scope="apart")
    nameless = ("violations", "button-name", "['iframe', 'button']")
    untested = ("incomplete", "frame-tested", "['iframe']")
    assert verdicts(together) >= {nameless}
    assert untested not in verdicts(together)
    assert verdicts(apart) >= {untested}
    assert nameless not in verdicts(apart)
    assert [headers.get("Cookie") for headers in acted.headers_of("/far")] == [None, None]


@pytest.mark.long
def test_what_is_done_with_a_page_keeps_it_out_of_reuse(go):
    assert go("/open", digests={}).digest is not None
    for approach in (
        Approach(actions=("wait for path to be /open",)),
        Approach(cookies=(Cookie(name="look", value="new"),)),
        Approach(frozen=True),
        Approach(pictures=1),
    ):
        assert go("/open", approach, digests={}).digest is None
