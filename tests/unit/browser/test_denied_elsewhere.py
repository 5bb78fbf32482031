"""What a worker refuses by itself where the guard runs elsewhere, beside a Grid's node."""

from pathlib import Path

import pytest

from service.browser import BrowserOptions, PageError, PageErrorCode, Viewport, VisitRequest
from service.browser.terms import secrets_of
from service.config import DenyList

DENIED = DenyList.of(["example.org", "site.example:8443", "203.0.113.0/24"])


def judged(url: str, grid_proxy: str | None = "socks5://127.0.0.1:1080") -> object:
    options = BrowserOptions(axe_path=Path("axe.min.js"), grid_proxy=grid_proxy, denied=DENIED)
    viewport = Viewport(width=1280, height=1024)
    return secrets_of(VisitRequest(url=url, viewport=viewport, axe_tags=()), options)


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("https://www.Example.org/", "www.example.org:443"),
        ("https://site.example:8443/a", "site.example:8443"),
        ("http://203.0.113.9/", "203.0.113.9:80"),
    ],
)
def test_an_address_on_the_deny_list_is_not_asked_of_a_node(url: str, named: str) -> None:
    assert judged(url) == PageError(
        code=PageErrorCode.BLOCKED_ADDRESS, detail=f"{named} is on the operator's deny list"
    )


@pytest.mark.parametrize("url", ["https://site.example/", "http://198.51.100.9/"])
def test_any_other_is(url: str) -> None:
    assert not isinstance(judged(url), PageError)
