"""The guard by itself: what it answers, what it cuts, what a visit inherits: nothing."""

import gzip
import http.server
import threading
import time
from collections.abc import Iterator

import pytest
from socks_client import (
    NO_ADDRESS_TYPE,
    NO_COMMAND,
    NOT_ALLOWED,
    REFUSED,
    SUCCEEDED,
    UNREACHABLE,
    asked,
    named,
)

from service.browser import PageErrorCode, Refusal
from service.browser.guard import (
    Door,
    EgressPolicy,
    FetchFailed,
    Guard,
    fetch,
    guarded_client,
)
from service.config import DenyList

BOMB = gzip.compress(bytes(3_000_000))


class _Site(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/drip":
            self._drip()
            return
        if self.path == "/silent":
            time.sleep(6)
            return
        self.send_response(302 if self.path == "/moved" else 200)
        if self.path == "/moved":
            self.send_header("Location", "http://127.0.0.1:1/")
        if self.path == "/bomb":
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        try:
            if self.path == "/large":
                for _ in range(300):
                    self.wfile.write(bytes(10_000))
            elif self.path == "/slow":
                for _ in range(200):
                    self.wfile.write(b".")
                    time.sleep(0.05)
            else:
                self.wfile.write(BOMB if self.path == "/bomb" else b"hello")
        except OSError:
            # It was cut.
            pass

    def _drip(self) -> None:
        try:
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            for number in range(200):
                self.wfile.write(f"X-{number}: 1\r\n".encode())
                time.sleep(0.05)
        except OSError:
            # It was cut.
            pass

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Site) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def _resolve(host: str) -> list[str]:
    if host == "slow.example":
        time.sleep(30)
    if host == "site.example":
        return ["127.0.0.1"]
    raise OSError("no such name")


@pytest.fixture
def door() -> Iterator[Door]:
    with Guard(resolve=_resolve) as guard:
        yield guard.open_door()


def _policy(port: int, **changes: object) -> EgressPolicy:
    allowed = frozenset({f"127.0.0.1:{port}", f"site.example:{port}"})
    return EgressPolicy(allowed_hosts=allowed, **changes)  # type: ignore[arg-type]


def _reply(door: Door, host: str, port: int) -> int:
    with asked(door.port, named(host, port)) as (reply, _):
        return reply


def test_each_target_is_answered_by_its_own_reply(door: Door, port: int) -> None:
    door.begin(_policy(port, denied=DenyList.of(["denied.example"])))
    assert _reply(door, "127.0.0.1", port) == SUCCEEDED
    assert _reply(door, "SITE.example.", port) == SUCCEEDED
    assert _reply(door, "127.0.0.1", port + 1) == NOT_ALLOWED
    assert _reply(door, "denied.example", 80) == NOT_ALLOWED
    assert _reply(door, "gone.example", 80) == UNREACHABLE
    assert [(refusal.host, refusal.code) for refusal in door.refusals] == [
        ("127.0.0.1", PageErrorCode.BLOCKED_ADDRESS),
        ("denied.example", PageErrorCode.BLOCKED_ADDRESS),
        ("gone.example", PageErrorCode.NOT_RESOLVED),
    ]


def test_an_allowed_port_that_nobody_serves_is_refused(door: Door) -> None:
    door.begin(_policy(9))
    assert _reply(door, "127.0.0.1", 9) == REFUSED
    (refusal,) = door.refusals
    assert refusal == Refusal(
        host="127.0.0.1",
        port=9,
        code=PageErrorCode.REFUSED,
        reason="127.0.0.1:9 cannot be reached: Connection refused",
    )


@pytest.mark.parametrize(
    ("target", "command", "reply"),
    [
        (named("127.0.0.1", 80), 2, NO_COMMAND),
        (named("127.0.0.1", 80), 3, NO_COMMAND),
        (b"\x07abcdef", 1, NO_ADDRESS_TYPE),
        (b"\x01\x7f\x00\x00\x01\x00\x50", 1, NOT_ALLOWED),
        (b"\x04" + bytes(15) + b"\x01\x00\x50", 1, NOT_ALLOWED),
    ],
    ids=["bind", "udp", "unknown-kind", "ipv4", "ipv6"],
)
def test_only_connections_are_made_and_every_kind_of_address_is_judged(
    door: Door, target: bytes, command: int, reply: int
) -> None:
    door.begin(EgressPolicy())
    with asked(door.port, target, command=command) as (answer, _):
        assert answer == reply


def test_a_door_is_shut_between_visits_and_a_visit_inherits_nothing(door: Door, port: int) -> None:
    assert _reply(door, "127.0.0.1", port) == -1
    door.begin(_policy(port))
    with asked(door.port, named("127.0.0.1", port)) as (reply, connection):
        assert reply == SUCCEEDED
        _reply(door, "gone.example", 80)
        assert [refusal.host for refusal in door.end()] == ["gone.example"]
        assert connection.recv(1) == b""
    assert _reply(door, "127.0.0.1", port) == -1
    door.begin(EgressPolicy())
    assert (door.refusals, door.received_bytes("127.0.0.1", port)) == ((), 0)
    assert _reply(door, "127.0.0.1", port) == NOT_ALLOWED


def _failure(door: Door, url: str, **limits: object) -> tuple[PageErrorCode, str]:
    bounds = {"max_bytes": 1_000_000, "max_s": 20.0} | limits
    with guarded_client(door) as client, pytest.raises(FetchFailed) as failed:
        fetch(client, door, url, **bounds)  # type: ignore[arg-type]
    return failed.value.error.code, failed.value.error.detail


@pytest.mark.parametrize(
    "url",
    ["http://ä..fi/", "http://xn--/", "http://site.example/\ud800", "http://h/" + "a" * 70_000],
)
def test_an_address_that_cannot_be_written_into_a_request_is_named(door: Door, url: str) -> None:
    door.begin(EgressPolicy())
    code, detail = _failure(door, url)
    assert code is PageErrorCode.INVALID_URL
    assert " cannot be asked for: " in detail


def test_a_host_name_that_is_longer_than_any_is_named(door: Door) -> None:
    door.begin(EgressPolicy())
    told = (PageErrorCode.INVALID_URL, "the host name is longer than 255")
    assert _failure(door, f"http://{'a.' * 140}fi/") == told


def test_our_own_requests_go_the_same_way(door: Door, port: int, monkeypatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    door.begin(_policy(port))
    with guarded_client(door) as client:
        url = f"http://site.example:{port}/"
        found = fetch(client, door, url, max_bytes=1000, max_s=10)
        assert (found.url, found.status, found.body) == (url, 200, b"hello")
        moved = fetch(client, door, f"{url}moved", max_bytes=1000, max_s=10)
        assert (moved.status, moved.headers["location"]) == (302, "http://127.0.0.1:1/")


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://127.0.0.1:{other}/", PageErrorCode.BLOCKED_ADDRESS),
        ("http://gone.example/", PageErrorCode.NOT_RESOLVED),
        ("file:///etc/passwd", PageErrorCode.INVALID_URL),
        ("https://127.0.0.1:{port}/", PageErrorCode.TLS_ERROR),
        ("http://127.0.0.1:{port}/large", PageErrorCode.TOO_LARGE),
        ("http://127.0.0.1:{port}/bomb", PageErrorCode.TOO_LARGE),
    ],
)
def test_a_request_that_fails_says_why_in_a_visits_words(
    door: Door, port: int, url: str, code: PageErrorCode
) -> None:
    door.begin(_policy(port))
    assert _failure(door, url.format(port=port, other=port + 1))[0] is code


@pytest.mark.parametrize("path", ["/drip", "/slow"])
def test_a_request_ends_in_its_time_however_slowly_something_comes(
    door: Door, port: int, path: str
) -> None:
    door.begin(_policy(port))
    began = time.monotonic()
    code, detail = _failure(door, f"http://127.0.0.1:{port}{path}", max_s=0.5)
    assert time.monotonic() - began < 3
    told = f"127.0.0.1:{port} did not answer in time"
    assert (code, detail) == (PageErrorCode.NAVIGATION_TIMEOUT, told)


@pytest.mark.parametrize("path", ["/drip", "/slow", "/silent"])
def test_a_request_stops_when_it_has_to(door: Door, port: int, path: str) -> None:
    door.begin(_policy(port))
    stop = threading.Event()
    timer = threading.Timer(0.5, stop.set)
    timer.start()
    began = time.monotonic()
    code, _ = _failure(door, f"http://127.0.0.1:{port}{path}", has_to_stop=stop.is_set)
    timer.join()
    assert 0.5 <= time.monotonic() - began < 3
    assert code is PageErrorCode.NAVIGATION_FAILED


def test_a_connection_that_brings_too_much_is_cut_and_told(door: Door, port: int) -> None:
    door.begin(_policy(port, max_response_bytes=100_000))
    code, detail = _failure(door, f"http://127.0.0.1:{port}/large", max_bytes=10_000_000)
    assert (code, detail) == (
        PageErrorCode.TOO_LARGE,
        f"127.0.0.1:{port}: one connection brought more than 100000 bytes",
    )
    assert [refusal.is_cut for refusal in door.refusals] == [True]
    assert door.was_cut_for_size("127.0.0.1", port)


def test_a_visit_that_brings_too_much_in_all_is_cut(door: Door, port: int) -> None:
    door.begin(_policy(port, max_visit_bytes=100_000))
    code, detail = _failure(door, f"http://127.0.0.1:{port}/large", max_bytes=10_000_000)
    assert code is PageErrorCode.TOO_LARGE
    assert "more than 100000 bytes in all" in detail


def test_a_connection_that_lasts_too_long_is_cut_however_it_dribbles(door: Door, port: int) -> None:
    door.begin(_policy(port, max_response_s=0.5))
    code, detail = _failure(door, f"http://127.0.0.1:{port}/slow")
    assert (code, detail) == (
        PageErrorCode.NAVIGATION_TIMEOUT,
        f"127.0.0.1:{port}: the connection lasted 0.5 s",
    )


def test_a_resolver_that_never_answers_is_not_waited_for(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.browser.guard.passage.RESOLVE_TIMEOUT_S", 0.2)
    door.begin(EgressPolicy())
    assert _reply(door, "slow.example", 80) == UNREACHABLE
    assert door.refusals[0].reason == "slow.example was not resolved within 0.2 s"
