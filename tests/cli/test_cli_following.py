"""A scan on a server is followed by its events, which go on where a connection broke."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from service.cli import scan_on_server
from service.cli.client import ServerClient
from service.cli.scan_on_server import scan_made_now
from service.cli.words import CannotRun
from service.scans import ScanRequest

SCANS = "/api/v1/projects/demo/scans"
SCAN = "/api/v1/scans/s"


class Server:
    """A server of Luiska's words; `breaks` are the events after which it hangs up, each once."""

    def __init__(self) -> None:
        self.pages = [f"https://example.org/{number}" for number in range(3)]
        self.breaks: list[int] = []
        self.events_type = "text/event-stream"
        self.states = ["running"]
        self.joins = [False]
        self.away = 0
        self.asked: list[tuple[str, str | None]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append((self.path, self.headers["Last-Event-ID"]))
                if self.path == f"{SCAN}/events":
                    server.tell(self)
                elif server.away:
                    server.away -= 1
                    self.send_error(502)
                else:
                    server.answer(self, server.scan())

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                server.asked.append((self.path, None))
                server.answer(self, {"id": "s", "joined": server.joins.pop(0)})

            def log_message(self, *_: object) -> None:
                """Nothing: the test says what matters."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.http.server_port}"

    def scan(self) -> dict[str, object]:
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        counts = {"requested": 3, "examined": 3, "failed": 0}
        return {"id": "s", "state": state, "failure": None, "pages": counts}

    def answer(self, request: BaseHTTPRequestHandler, body: object) -> None:
        content = json.dumps(body).encode()
        request.send_response(200)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)

    def tell(self, request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", self.events_type)
        request.end_headers()
        told = int(request.headers["Last-Event-ID"] or 0)
        for number, url in list(enumerate(self.pages, 1))[told:]:
            page = {"url": url, "error": None, "partial": False}
            request.wfile.write(f"event: page\nid: {number}\ndata: {json.dumps(page)}\n\n".encode())
            if number in self.breaks:
                self.breaks.remove(number)
                return
        request.wfile.write(b'event: done\nid: 4\ndata: {"requested": 3}\n\n')


class Told:
    def __init__(self) -> None:
        self.urls: list[str] = []
        self.total = 0

    def planned(self, total: int) -> None:
        self.total = total

    def page_ended(self, url: str, error: str | None, partial: bool) -> None:
        self.urls.append(url)


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.http.serve_forever, daemon=True)
    thread.start()
    yield server
    server.http.shutdown()
    server.http.server_close()
    thread.join()


@pytest.fixture
def follow(server: Server) -> Iterator[Callable[[], Told]]:
    with ServerClient(server.address, "luiska_x") as client:

        def followed() -> Told:
            told = Told()
            scan_made_now(client, "demo", ScanRequest(urls=("https://example.org/",)), told)
            return told

        yield followed


def test_each_page_is_told_once_and_the_scan_is_asked_for_twice(server, follow):
    told = follow()
    assert (told.urls, told.total) == (server.pages, 3)
    assert [path for path, _ in server.asked] == [SCANS, SCAN, f"{SCAN}/events", SCAN]


def test_events_go_on_after_the_last_that_came_when_a_connection_breaks(server, follow):
    server.breaks = [1, 2]
    told = follow()
    assert told.urls == server.pages
    asked = [after for path, after in server.asked if path.endswith("/events")]
    assert asked == [None, "1", "2"]


def test_a_server_that_restarts_is_waited_for(server, follow, capsys):
    server.breaks = [1]
    server.away = 2
    told = follow()
    assert told.urls == server.pages
    assert capsys.readouterr().err.count("it is waited for") == 1


def test_a_server_that_stays_away_is_told_of(server, follow, monkeypatch):
    monkeypatch.setattr(scan_on_server, "_AWAY_S", 0.2)
    server.away = 100
    with pytest.raises(CannotRun, match="answered 502"):
        follow()


def test_a_scan_whose_events_never_come_through_is_seen_to_its_end(server, follow):
    server.events_type = "text/html"
    server.states = ["running", "running", "completed"]
    told = follow()
    assert (told.urls, told.total) == ([], 3)
    assert [path for path, _ in server.asked] == [SCANS] + [SCAN, f"{SCAN}/events"] * 3


def test_a_gate_waits_for_a_scan_that_was_begun_before_and_has_one_of_its_own_made(server, follow):
    server.joins = [True, True, False]
    told = follow()
    assert told.urls == server.pages * 3
    assert [path for path, _ in server.asked].count(SCANS) == 3
