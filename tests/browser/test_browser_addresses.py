"""Which addresses are visited, decided without any network."""

import ipaddress

import pytest

from service.browser import PageError, PageErrorCode, denied_reason
from service.browser.addresses import resolve_name, split_url
from service.browser.guard import EgressPolicy
from service.browser.guard.policy import address_reason, name_reason
from service.config import DenyList

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
    error = split_url(url)
    assert isinstance(error, PageError)
    assert error.code is PageErrorCode.INVALID_URL


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.1", "2130706433", "0x7f.1", "0177.1", "localhost", "0"],
)
def test_every_spelling_of_this_machine_is_refused(host: str) -> None:
    assert address_reason(host, 80, resolve_name(host), EgressPolicy())


def test_one_bad_address_among_good_ones_is_enough() -> None:
    addresses = ["93.184.216.34", "10.0.0.1"]
    assert address_reason("example.com", 80, addresses, EgressPolicy()) == (
        "example.com is 10.0.0.1, a private or reserved address; allow example.com:80 to visit it"
    )
    assert address_reason("example.com", 80, addresses[:1], EgressPolicy()) is None


@pytest.mark.parametrize(
    ("host", "port", "passes"),
    [
        ("127.0.0.1", 3000, True),
        ("127.0.0.1", 3001, False),
        ("127.0.0.1", 80, False),
        ("intranet.example", 443, True),
        ("intranet.example", 80, False),
        ("www.intranet.example", 443, False),
        ("::1", 8080, True),
    ],
)
def test_an_allowed_host_is_exact_in_name_and_port(host: str, port: int, passes: bool) -> None:
    policy = EgressPolicy(
        allowed_hosts=frozenset({"127.0.0.1:3000", "Intranet.Example:443", "[0:0::1]:8080"})
    )
    assert (address_reason(host, port, ["127.0.0.1"], policy) is None) is passes


@pytest.mark.parametrize(
    ("entry", "host", "address"),
    [
        ("example.com", "example.com", "93.184.216.34"),
        ("example.com", "deep.below.example.com", "93.184.216.34"),
        ("example.com:80", "example.com", "93.184.216.34"),
        ("93.184.216.34", "example.com", "93.184.216.34"),
        ("93.184.0.0/16", "example.com", "93.184.216.34"),
        ("93.184.216.34:80", "example.com", "93.184.216.34"),
        ("93.184.0.0/16", "example.com", "::ffff:93.184.216.34"),
        ("2606:2800::/32", "example.com", "2606:2800:220:1:248:1893:25c8:1946"),
    ],
)
def test_what_the_operator_denies_is_refused_even_where_it_is_allowed(
    entry: str, host: str, address: str
) -> None:
    policy = EgressPolicy(allowed_hosts=frozenset({f"{host}:80"}), denied=DenyList.of([entry]))
    reason = name_reason(host, 80, policy) or address_reason(host, 80, [address], policy)
    assert reason is not None
    assert "deny list" in reason
    assert name_reason("notexample.com", 80, policy) is None


@pytest.mark.parametrize(
    "entry", ["", "10.0.0.0/33", "http://example.com/", "a:0", "a:99999", "a b"]
)
def test_an_entry_of_the_deny_list_that_denies_nothing_is_an_error(entry: str) -> None:
    with pytest.raises(ValueError, match="host name, host:port, address or network"):
        DenyList.of([entry])


@pytest.mark.parametrize("host", ["", "fe80::1%eth0", "a b", "ex\u00e4mple.com"])
def test_a_name_that_no_resolver_is_asked_for_is_refused(host: str) -> None:
    assert name_reason(host, 80, EgressPolicy()) == "this is no host name"
