"""Where a visit's secrets may go: its own site, spelled as browsers do, and nothing else."""

import pytest

from service.browser import Approach, Login, Viewport, VisitRequest
from service.browser.guard.policy import EgressPolicy, name_reason
from service.browser.reaching import is_within, only_hosts, secret_origins

SECRET = Approach(headers=(("X-Key", "${LUISKA_SECRET_KEY}"),))


def _request(approach: Approach = SECRET, **more: object) -> VisitRequest:
    settings = {"url": "https://Example.fi:443/a", "viewport": Viewport(width=800, height=600)}
    return VisitRequest(axe_tags=(), approach=approach, **(settings | more))  # type: ignore[arg-type]


def test_without_a_say_secrets_go_to_page_login_and_allowed_hosts():
    login = Login(name="a", url="https://sso.example.fi/in", actions=("click #a",))
    request = _request(Approach(login=login), allowed_hosts=frozenset({"127.0.0.1:3000"}))
    assert set(secret_origins(request)) == {
        "https://example.fi", "https://sso.example.fi",
        "http://127.0.0.1:3000", "https://127.0.0.1:3000",
    }  # fmt: skip


@pytest.mark.parametrize("given", [(), ("https://other.fi", "http://example.fi:*")])
def test_a_say_is_all_there_is(given):
    request = _request(secret_origins=given, allowed_hosts=frozenset({"127.0.0.1:3000"}))
    assert secret_origins(request) == given


@pytest.mark.parametrize(
    ("url", "is_in"),
    [
        ("https://EXAMPLE.fi/x", True),
        ("https://example.fi.:443/", True),
        ("https://example.fi:444/", False),
        ("http://example.fi/", False),
        ("https://sub.example.fi/", False),
        ("http://any.fi:8080/", True),
        ("http://any.fi/", True),
        ("https://any.fi/", False),
        ("https://äö.fi/", True),
        ("http://[::1]:3000/", True),
    ],
)
def test_an_origin_is_scheme_host_and_port(url, is_in):
    origins = ("https://example.fi", "http://any.fi:*", "https://xn--4ca0b.fi", "http://[::1]:3000")
    assert is_within(origins, url) is is_in


def test_while_a_header_holds_a_secret_only_the_site_is_reached():
    request = _request(secret_origins=("https://example.fi", "http://any.fi:*", "http://[::1]:81"))
    hosts = only_hosts(request)
    assert hosts == {("example.fi", 443), ("any.fi", None), ("::1", 81)}
    policy = EgressPolicy(only=hosts)
    assert name_reason("example.fi", 443, policy) is None
    assert name_reason("any.fi", 8080, policy) is None
    assert name_reason("example.fi", 80, policy) == (
        "example.fi:80 is no part of the site, and the visit's headers hold a secret that is for "
        "the site alone"
    )


def test_other_visits_reach_what_they_want():
    assert only_hosts(_request(Approach(headers=(("X-Key", "plain"),)))) is None
