"""No page reaches what only this machine may reach, by whatever it asks Chromium for."""

import matrix
import pytest
from attacking import attack_with, visit_with
from victims import Attacker, Secret

from service.browser import Fleet, PageErrorCode

PAGES = ("addresses", "pieces", "scripts")


def test_none_of_the_attacks_of_a_page_reaches_anything(
    fleet: Fleet, secret: Secret, attacker: Attacker
) -> None:
    assert len(matrix.names()) >= 57
    outcomes = attack_with(fleet, attacker, *PAGES)
    assert secret.reached == set()
    assert attacker.misnamed == set()
    assert [outcome.error for outcome in outcomes] == [None] * 3


def test_what_was_refused_is_told_with_the_page(
    fleet: Fleet, secret: Secret, attacker: Attacker
) -> None:
    (outcome,) = attack_with(fleet, attacker, "pieces")
    told = {(each.host, each.port): each for each in outcome.refused}
    assert told["127.0.0.1", secret.port].code is PageErrorCode.BLOCKED_ADDRESS
    assert told["127.0.0.1", secret.port].reason == (
        f"127.0.0.1 is 127.0.0.1, a loopback address; allow 127.0.0.1:{secret.port} to visit it"
    )
    # A preconnect is not among them: network prediction is off.
    assert told.keys() == {
        ("127.0.0.1", secret.port),
        ("127.0.0.1", attacker.port),
        ("www.localhost", attacker.port),
    }
    assert (outcome.partial, outcome.partial_reasons) == (False, ())


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd", "view-source:http://localhost/", "chrome://version", "about:blank",
        "javascript:document.write(1)", "data:text/html,<h1>x</h1>", "ftp://127.0.0.1/", "blob:x",
        "filesystem:http://localhost/x", "devtools://devtools/bundled/inspector.html",
        "http://user:secret@127.0.0.1/", "ws://127.0.0.1/", "//127.0.0.1/", "http:/\\127.0.0.1/",
    ],
)  # fmt: skip
def test_what_is_no_web_address_is_not_visited(
    fleet: Fleet, attacker: Attacker, address: str
) -> None:
    outcome = visit_with(fleet, attacker, address)
    assert outcome.error is not None
    assert outcome.error.code is PageErrorCode.INVALID_URL


@pytest.mark.parametrize("way", ["redirect", "redirect-chain", "script", "refresh", "header"])
def test_a_page_that_leads_to_the_secret_ends_as_a_blocked_address(
    fleet: Fleet, secret: Secret, attacker: Attacker, way: str
) -> None:
    url = secret.url(way)
    ways = {
        "redirect": attacker.redirect(url, 301),
        "redirect-chain": attacker.redirect(attacker.redirect(url, 307)),
        "script": attacker.echo("text/html", f"<script>location = '{url}'</script>"),
        "refresh": attacker.echo("text/html", f'<meta http-equiv=refresh content="0;url={url}">'),
        "header": attacker.echo("text/html", "", refresh=f"0;url={url}"),
    }
    outcome = visit_with(fleet, attacker, ways[way])
    assert secret.reached == set()
    assert outcome.error is not None
    assert outcome.error.code is PageErrorCode.BLOCKED_ADDRESS
    assert f"127.0.0.1:{secret.port}" in outcome.error.detail


@pytest.mark.parametrize(
    ("scheme", "code"),
    [
        ("file:///etc/passwd", PageErrorCode.NAVIGATION_FAILED),
        # Chromium stays where it is, as for an answer without content.
        ("view-source:http://localhost/", PageErrorCode.NOT_HTML),
    ],
)
def test_a_page_that_leads_to_a_local_scheme_is_judged_as_itself_or_not_at_all(
    fleet: Fleet, attacker: Attacker, scheme: str, code: PageErrorCode
) -> None:
    script = f"<h1>Here</h1><script>location = '{scheme}'; open('{scheme}')</script>"
    outcome = visit_with(fleet, attacker, attacker.echo("text/html", script))
    assert outcome.artifacts is not None, outcome.error
    assert outcome.artifacts.final_url.startswith(attacker.origin)
    redirected = visit_with(fleet, attacker, attacker.redirect(scheme))
    assert redirected.error is not None
    assert redirected.error.code is code


def test_a_name_that_turns_bad_between_two_visits_is_refused_the_second_time(
    fleet: Fleet, secret: Secret, attacker: Attacker
) -> None:
    first, second = (
        visit_with(fleet, attacker, secret.url("rebound", "rebinding.example")) for _ in range(2)
    )
    assert first.error is not None
    assert first.error.code is PageErrorCode.REFUSED
    assert second.error is not None
    assert second.error.code is PageErrorCode.BLOCKED_ADDRESS
    assert secret.reached == set()
