"""`luiska demo`: the main job on the bundled sample, through the service's own API."""

import functools
import sys
import tempfile
import threading
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Annotated, Any

import typer

from service.access import Role, signin, tokens
from service.cli.barriers import table_of
from service.cli.client import ServerClient
from service.cli.console import CannotRun, give, give_table, local_work, opened_store, say
from service.cli.serve import Server, address_of, listening
from service.config import Settings
from service.config.settings import ROOT

SAMPLES = ROOT / "samples"
PROJECT = "suvanto"
_START_S = 60
_POLL_S = 0.3
_HOST = "127.0.0.1"


def demo(
    port: Annotated[int, typer.Option(help="Port to serve on; another one when taken.")] = 8000,
) -> None:
    """Scan the sample site, log the sample sessions, link the evident ones, print the ledger.

    On a terminal it serves until Ctrl-C; elsewhere it ends after printing. It uses a database of
    its own, which goes when it ends.
    """
    study = read_study()
    with (
        tempfile.TemporaryDirectory(prefix="luiska-demo-") as folder,
        _sample_site(SAMPLES / study["site"]["root"]) as site,
    ):
        settings = Settings().model_copy(
            update={
                "database_url": f"sqlite:///{folder}/luiska.db",
                "allow_hosts": (site.removeprefix("http://"),),
                "executor_id": None,
            }
        )
        with opened_store(settings) as engine, local_work(engine) as work:
            owner, secret = tokens.create_token(work, "demo", Role.OWNER, None)
            code = signin.create_code(work, owner.id)
        with _served(settings, port) as address:
            with ServerClient(address, secret) as client:
                items = main_job(client, site, study)
            give_table(table_of(items))
            say()
            give(f"The ledger as a page: {address}/projects/{PROJECT}/barriers\n")
            give(
                f"Sign in first, once: {address}/sign-in/{code}?next=/projects/{PROJECT}/barriers\n"
            )
            if sys.stdin.isatty() and sys.stdout.isatty():
                say("Serving until Ctrl-C.")
                _wait_for_interrupt()


def read_study() -> dict[str, Any]:
    """The bundled study. Raises `CannotRun` where the samples are not installed."""
    try:
        return tomllib.loads((SAMPLES / "study.toml").read_text(encoding="utf-8"))
    except OSError as error:
        raise CannotRun(
            f"The demo needs the samples of a source checkout: {error.filename} is not there."
        ) from error


def main_job(client: ServerClient, site: str, study: dict[str, Any]) -> list[dict[str, Any]]:
    """Scan the site, log the sessions, link what is evident; the ledger, ranked."""
    client.post(
        "/projects",
        {
            "name": "Suvannon arkisto",
            "slug": PROJECT,
            "origins": [f"http://{_HOST}:*"],
            "languages": ["fi", "en"],
        },
    )
    _scan(client, [site + path for path in study["site"]["pages"]])
    observations = _log_sessions(client, study)
    linked, added = _link(client, observations)
    say(f"Linked {linked} observations to what checks found; {added} barriers only people met.")
    return list(client.every(f"/projects/{PROJECT}/barriers"))


def _scan(client: ServerClient, urls: list[str]) -> None:
    scan = client.post(f"/projects/{PROJECT}/scans", {"urls": urls})
    told = -1
    while True:
        scan = client.get(f"/scans/{scan['id']}")
        ended = scan["pages"]["examined"] + scan["pages"]["failed"]
        if ended != told:
            told = ended
            say(f"Examined {ended} of {scan['pages']['requested']} pages")
        if scan["state"] not in ("queued", "running"):
            break
        time.sleep(_POLL_S)
    if scan["state"] != "completed":
        faults = [
            f"{visit['url']}: {visit['error']}, {visit['error_detail']}"
            for visit in client.every(f"/scans/{scan['id']}/pages", state="error")
        ]
        why = "; ".join(faults) or scan["failure"] or "some pages were examined in part"
        raise CannotRun(f"The scan of the sample site is {scan['state']}: {why}")


def _log_sessions(client: ServerClient, study: dict[str, Any]) -> list[dict[str, Any]]:
    study_id = client.post(f"/projects/{PROJECT}/studies", study["study"])["id"]
    for task in study["tasks"]:
        client.post(f"/studies/{study_id}/tasks", task)
    participants = {
        each["pseudonym"]: client.post(f"/studies/{study_id}/participants", each)["id"]
        for each in study["participants"]
    }
    observations: list[dict[str, Any]] = []
    for each in study["sessions"]:
        session = client.post(
            f"/studies/{study_id}/sessions",
            {
                "label": each["id"],
                "participant_id": participants[each["participant"]],
                "moderator": each["moderator"],
                "started_at": each["started_at"],
                "method": each["method"],
            },
        )
        text = (SAMPLES / each["notes"]).read_bytes()
        made = client.post_text(f"/sessions/{session['id']}/notes", text)["observations"]
        say(f"Logged {len(made)} observations of session {each['id']}")
        observations += made
    return observations


def _link(client: ServerClient, observations: list[dict[str, Any]]) -> tuple[int, int]:
    """Link what is evident; a problem that no check finds becomes a barrier of its own."""
    barrier_of: dict[str, str] = {}
    linked = added = 0
    for each in observations:
        suggestions = client.get(f"/observations/{each['id']}/suggestions")["items"]
        target = next((item["barrier_id"] for item in suggestions if item["evident"]), None)
        if target is None and each["code"] == "same_problem":
            target = barrier_of.get(each["refers_to_id"] or "")
        body: dict[str, Any] = {"barrier_id": target}
        if target is None:
            if each["code"] != "problem" or each["criterion"] is None:
                continue
            title = each["text"].replace('"', "")[:120]
            body = {"new": {"title": title, "criteria": [each["criterion"]]}}
            added += 1
        else:
            linked += 1
        link = client.post(f"/observations/{each['id']}/links", body)
        barrier_of[each["id"]] = link["barrier_id"]
    return linked, added


@contextmanager
def _sample_site(folder: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Nothing: the demo's own requests are no news."""

    handler = functools.partial(Quiet, directory=str(folder))
    with ThreadingHTTPServer((_HOST, 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://{_HOST}:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def _served(settings: Settings, port: int) -> Iterator[str]:
    try:
        listener = listening(_HOST, port)
    except CannotRun:
        listener = listening(_HOST, 0)
    server = Server(settings)

    def run() -> None:
        # What keeps it from starting is raised in the thread that waits for it.
        with suppress(Exception):
            server.run(sockets=[listener])

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        deadline = time.monotonic() + _START_S
        while not server.started:
            if server.failure is not None:
                raise server.failure
            if not thread.is_alive() or time.monotonic() > deadline:
                raise CannotRun("The service did not start; `luiska doctor` tells what is missing.")
            time.sleep(0.05)
        yield address_of(_HOST, listener)
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def _wait_for_interrupt() -> None:
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        say()
