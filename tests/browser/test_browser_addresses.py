"""Which addresses are visited, decided without any network."""

import ipaddress
import time

import pytest

from service.browser import PageErrorCode, check_address, denied_reason

PUBLIC = [
    "93.184.216.34",
    "2606:2800:220:1:248:1893:25c8:1946",
    "64:ff9b::5db8:d822",
    "2002:5db8:d822::",
]
DENIED = [
    "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.9.9.9", "169.254.169.254", "172.16.0.1",
    "192.168.1.1", "192.0.0.192", "168.63.129.16", "192.88.99.1", "192.0.2.1", "198.18.0.1",
    "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::7f00:1", "::ffff:127.0.0.1",
    "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::",
    "2002:a00:1::", "2001::1", "fe80::1", "fec0::1", "fd00:ec2::254", "fc00::1", "5f00::1",
    "3fff::1", "2001:db8::1", "ff02::1",
]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_not_denied(address: str) -> None:
    assert denied_reason(ipaddress.ip_address(address)) is None


@pytest.mark.parametrize("address", DENIED)
def test_an_address_that_is_no_public_web_is_denied(address: str) -> None:
    assert denied_reason(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "", "example.com", "file:///etc/passwd", "chrome://version", "view-source:http://example.com",
        "javascript:1", "data:text/html,x", "ftp://example.com/", "http://", "http:///path",
        "http://example.com:99999/", "http://example.com:0/", "http://user:secret@example.com/",
        "http://example.com\\@127.0.0.1/", "http://exa mple.com/", "http://a\n.com/", "http://[::1/",
        "http://127.0.0.1%2f.example.com/",
    ],
)  # fmt: skip
def test_what_is_no_web_address_is_invalid(url: str) -> None:
    error = check_address(url, frozenset(), resolve=lambda host: ["93.184.216.34"])
    assert error is not None
    assert error.code is PageErrorCode.INVALID_URL


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://0x7f.1/", "http://[::1]/",
        "http://localhost/", "http://LOCALHOST./", "http://a.localhost/", "http://[::ffff:127.0.0.1]/",
        "http://0/",
    ],
)  # fmt: skip
def test_every_spelling_of_this_machine_is_blocked(url: str) -> None:
    error = check_address(url, frozenset())
    assert error is not None
    assert error.code is PageErrorCode.BLOCKED_ADDRESS


def test_one_bad_address_among_good_ones_is_enough() -> None:
    addresses = ["93.184.216.34", "10.0.0.1"]
    error = check_address("http://example.com/", frozenset(), resolve=lambda host: addresses)
    assert error is not None
    assert error.code is PageErrorCode.BLOCKED_ADDRESS
    assert (
        check_address("http://example.com/", frozenset(), resolve=lambda host: addresses[:1])
        is None
    )


@pytest.mark.parametrize(
    ("url", "passes"),
    [
        ("http://127.0.0.1:3000/", True),
        ("http://127.0.0.1:3001/", False),
        ("http://127.0.0.1/", False),
        ("https://Intranet.Example/", True),
        ("http://intranet.example/", False),
        ("http://[::1]:8080/", True),
    ],
)
def test_an_allowed_host_is_exact_in_name_and_port(url: str, passes: bool) -> None:
    allowed = frozenset({"127.0.0.1:3000", "intranet.example:443", "[::1]:8080"})
    error = check_address(url, allowed, resolve=lambda host: ["127.0.0.1"])
    assert (error is None) is passes


def test_a_resolver_that_never_answers_is_not_waited_for() -> None:
    started = time.monotonic()
    error = check_address(
        "http://example.com/", frozenset(), resolve=lambda host: time.sleep(1) or [], timeout_s=0.1
    )
    assert error is not None
    assert error.code is PageErrorCode.NOT_RESOLVED
    assert time.monotonic() - started < 0.9
