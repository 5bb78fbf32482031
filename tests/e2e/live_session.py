"""A service that is killed and comes back, and people who log a session in it."""

import contextlib
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
from own_browser import press
from program import Running
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from service.access import Role, signin, tokens
from service.cli.client import ServerClient
from service.cli.console import local_work
from service.db import close_engine, make_engine
from service.store import prepare_store, utc_now

CONSENT = {
    "notes": True, "quotes": True, "observers": True, "text_version": "1", "language": "fi",
    "given_at": "2026-11-01T09:00:00Z", "channel": "paper",
}  # fmt: skip


class Station:
    """`luiska serve` on a port of its own; it can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self._url = f"sqlite:///{folder}/luiska.db"
        self._running: Running | None = None
        engine = make_engine(self._url)
        prepare_store(engine, utc_now())
        with local_work(engine) as work:
            _, self.token = tokens.create_token(work, "owner", Role.OWNER, None)
        close_engine(engine)

    def start(self) -> None:
        self._running = Running(
            "serve",
            "--port",
            str(self.port),
            folder=self.folder,
            # It may examine its own pages.
            settings={"LUISKA_LANES": "1", "LUISKA_ALLOW_HOSTS": f"127.0.0.1:{self.port}"},
        )
        self._running.wait_for("http://")
        while True:
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{self.address}/healthz").is_success:
                    return

    def kill(self) -> None:
        if self._running is not None:
            self._running.stop(9)
            self._running = None

    def sign_in(self, browser: Chrome, name: str) -> None:
        """Signs in with a token of that name."""
        engine = make_engine(self._url)
        with local_work(engine) as work:
            token, _ = tokens.create_token(work, name, Role.RESEARCHER, None)
            code = signin.create_code(work, token.id)
        close_engine(engine)
        browser.get(f"{self.address}/sign-in/{code}")
        press(browser)


@dataclass(frozen=True, kw_only=True)
class Room:
    """A session of a study, and its page."""

    station: Station
    session: str
    page: str

    def add(self, text: str) -> None:
        """A line that comes from elsewhere."""
        httpx.post(
            f"{self.station.address}/api/v1/sessions/{self.session}/notes?live=true",
            content=text,
            headers={
                "Authorization": f"Bearer {self.station.token}",
                "Content-Type": "text/plain; charset=utf-8",
            },
        ).raise_for_status()

    def stored(self) -> list[dict]:
        """What is stored, in order, with the tasks' and pages' lines."""
        with ServerClient(self.station.address, self.station.token) as client:
            return list(client.every(f"/sessions/{self.session}/observations", kinds="all"))

    def texts(self) -> list[str]:
        return [each["raw"].strip() for each in self.stored()]


def open_room(station: Station) -> Room:
    """A study with two tasks and a session with somebody who agreed to be observed."""
    with ServerClient(station.address, station.token) as client:
        study = client.post("/projects/default/studies", {"name": "Search"})["id"]
        for number in (1, 2):
            task = {"number": number, "title": f"Task {number}", "url": f"/t{number}"}
            client.post(f"/studies/{study}/tasks", task)
        person = {"pseudonym": "P03", "technology": "NVDA", "consent": CONSENT}
        who = client.post(f"/studies/{study}/participants", person)["id"]
        opened = {"participant_id": who, "moderator": "MK"}
        session = client.post(f"/studies/{study}/sessions", opened)["id"]
    page = f"{station.address}/projects/default/studies/{study}/sessions/{session}"
    return Room(station=station, session=session, page=page)


class NoteTaker:
    """Somebody who types notes in a browser."""

    def __init__(self, browser: Chrome, room: Room, who: str) -> None:
        self.browser = browser
        self._room = room
        self._who = who

    def come_in(self) -> None:
        self.browser.get(f"{self._room.page}?as={self._who}")
        self._until(lambda: self._live("ready") == "true")

    def is_in(self) -> bool:
        return bool(
            self.browser.execute_script(
                "return document.getElementById('live')?.dataset.ready === 'true'"
            )
        )

    def note(self, text: str) -> None:
        line = self.browser.find_element(By.ID, "line")
        line.send_keys(text, Keys.ENTER)

    def lose_connection(self, lost: bool = True) -> None:
        self.browser.execute_cdp_cmd("Network.enable", {})
        self.browser.execute_cdp_cmd(
            "Network.emulateNetworkConditions",
            {"offline": lost, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1},
        )

    def until_saved(self, within_s: float = 30) -> None:
        self._until(
            lambda: (self._live("unsaved"), self._live("connected")) == ("0", "true"), within_s
        )

    def until_shown(self, number: int, within_s: float = 30) -> None:
        """Until so many lines are shown, none of them on its way."""
        self._until(lambda: len(self.shown()) == number and not self._pending(), within_s)

    def until_shown_waiting(self, number: int) -> None:
        """Until so many lines are shown that this browser keeps."""
        self._until(lambda: self._pending() == number)

    def shown(self) -> list[str]:
        return list(
            self.browser.execute_script(
                "return [...document.querySelectorAll('#log > li .raw')].map(e => e.textContent)"
            )
        )

    def said(self) -> str:
        return self.browser.find_element(By.ID, "connection").text

    def _pending(self) -> int:
        return len(self.browser.find_elements(By.CSS_SELECTOR, "#log > .pending"))

    def _live(self, name: str) -> str | None:
        return self.browser.execute_script(
            "return document.getElementById('live')?.dataset[arguments[0]]", name
        )

    def _until(self, holds, within_s: float = 30) -> None:
        WebDriverWait(self.browser, within_s, poll_frequency=0.1).until(lambda _: holds())


@contextlib.contextmanager
def station_in(folder: Path) -> Iterator[Station]:
    station = Station(folder)
    station.start()
    try:
        yield station
    finally:
        station.kill()
