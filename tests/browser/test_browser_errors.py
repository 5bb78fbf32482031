"""What is not there gets a named error, and the page after it is judged as if nothing had been."""

import pytest
from hostile_site import Site, free_port
from visiting import TAGS, Visit, verdicts

from service.browser import PageErrorCode


@pytest.fixture(scope="module")
def good(fleet, site) -> set:
    """The verdicts on the good page, before anything bad has happened."""
    from service.browser import Viewport, VisitRequest

    request = VisitRequest(
        url=f"{site.origin}/good",
        viewport=Viewport(width=1280, height=1024),
        axe_tags=TAGS,
        allowed_hosts=site.hosts,
    )
    return verdicts(fleet.visit(request))


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/loop", PageErrorCode.NAVIGATION_FAILED),
        ("/empty-reply", PageErrorCode.NAVIGATION_FAILED),
        ("/404", PageErrorCode.HTTP_ERROR),
        ("/404-without-a-body", PageErrorCode.HTTP_ERROR),
        ("/500", PageErrorCode.HTTP_ERROR),
        ("/401", PageErrorCode.LOGIN_REQUIRED),
        ("/login-wall", PageErrorCode.LOGIN_REQUIRED),
        ("/pdf", PageErrorCode.NOT_HTML),
        ("/json", PageErrorCode.NOT_HTML),
        ("/png", PageErrorCode.NOT_HTML),
        ("/zip", PageErrorCode.NOT_HTML),
        ("/attachment", PageErrorCode.NOT_HTML),
        ("/204", PageErrorCode.NOT_HTML),
        ("/runaway", PageErrorCode.NAVIGATION_FAILED),
        ("/empty", PageErrorCode.EMPTY_PAGE),
        ("/shell", PageErrorCode.EMPTY_PAGE),
    ],
)
def test_a_page_that_is_not_there_is_named_and_the_next_one_is_judged_right(
    visit: Visit, good: set, path: str, code: PageErrorCode
) -> None:
    outcome = visit(path)
    assert (outcome.state, outcome.error and outcome.error.code) == ("error", code), outcome.error
    assert outcome.artifacts is None
    assert verdicts(visit("/good")) == good


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/hang", PageErrorCode.NAVIGATION_TIMEOUT),
        ("/endless-script", PageErrorCode.RENDER_TIMEOUT),
        ("/blocking-script", PageErrorCode.RENDER_TIMEOUT),
        ("/alerts", PageErrorCode.RENDER_TIMEOUT),
    ],
)
def test_a_page_that_never_yields_ends_within_its_deadline(
    visit: Visit, good: set, path: str, code: PageErrorCode
) -> None:
    outcome = visit(path, deadline_s=3.0)
    assert (outcome.state, outcome.error and outcome.error.code) == ("error", code), outcome.error
    assert outcome.timings_ms["total"] < 5000
    assert verdicts(visit("/good")) == good


@pytest.mark.long
def test_a_page_that_eats_its_memory_crashes_alone(visit: Visit, good: set) -> None:
    outcome = visit("/heap-bomb", deadline_s=15.0)
    assert outcome.error is not None
    assert outcome.error.code in {PageErrorCode.BROWSER_CRASH, PageErrorCode.RENDER_TIMEOUT}
    assert verdicts(visit("/good")) == good


@pytest.mark.long
def test_a_hundred_megabytes_of_html_are_too_large_at_once(visit: Visit, good: set) -> None:
    outcome = visit("/hundred-megabytes")
    assert outcome.error is not None
    assert outcome.error.code is PageErrorCode.TOO_LARGE
    assert verdicts(visit("/good")) == good


def test_a_certificate_nobody_trusts_is_a_tls_error(visit: Visit, untrusted_site: Site) -> None:
    outcome = visit(f"{untrusted_site.origin}/good", allowed_hosts=untrusted_site.hosts)
    assert outcome.error is not None
    assert outcome.error.code is PageErrorCode.TLS_ERROR


def test_a_port_that_nobody_serves_is_refused(visit: Visit) -> None:
    port = free_port()
    outcome = visit(f"http://127.0.0.1:{port}/", allowed_hosts=frozenset({f"127.0.0.1:{port}"}))
    assert outcome.error is not None
    assert outcome.error.code is PageErrorCode.REFUSED


@pytest.mark.parametrize("allowed", [frozenset(), frozenset({"nowhere.invalid:80"})])
def test_a_name_without_an_address_is_not_resolved(visit: Visit, allowed: frozenset[str]) -> None:
    outcome = visit("http://nowhere.invalid/", allowed_hosts=allowed)
    assert outcome.error is not None
    assert outcome.error.code is PageErrorCode.NOT_RESOLVED


def test_a_private_address_is_refused_unless_it_is_allowed(visit: Visit, site: Site) -> None:
    outcome = visit("/good", allowed_hosts=frozenset())
    assert outcome.error is not None
    assert outcome.error.code is PageErrorCode.BLOCKED_ADDRESS
    assert f"127.0.0.1:{site.port}" in outcome.error.detail


def test_a_redirect_to_a_private_address_is_refused_unless_it_is_allowed(
    visit: Visit, site: Site, peer: Site
) -> None:
    refused = visit("/to-peer")
    assert refused.error is not None
    assert refused.error.code is PageErrorCode.BLOCKED_ADDRESS
    allowed = visit("/to-peer", allowed_hosts=site.hosts | peer.hosts)
    assert allowed.artifacts is not None
    assert allowed.artifacts.final_url == f"{peer.origin}/good"


@pytest.mark.parametrize("path", ["/script-redirect", "/meta-redirect"])
def test_a_page_that_sends_its_reader_on_is_judged_where_it_leads(
    visit: Visit, site: Site, good: set, path: str
) -> None:
    outcome = visit(path)
    assert outcome.artifacts is not None, outcome.error
    assert outcome.artifacts.final_url == f"{site.origin}/slow-good"
    assert verdicts(outcome) == good


def test_a_selector_that_never_appears_is_named_in_the_timeout(visit: Visit) -> None:
    outcome = visit("/good", wait_for="#never", deadline_s=4.0)
    assert outcome.error is not None
    assert outcome.error.code is PageErrorCode.NAVIGATION_TIMEOUT
    assert "#never" in outcome.error.detail


def test_a_selector_that_is_none_is_a_failed_check(visit: Visit) -> None:
    outcome = visit("/good", wait_for="##")
    assert outcome.error is not None
    assert outcome.error.code is PageErrorCode.CHECK_FAILED
