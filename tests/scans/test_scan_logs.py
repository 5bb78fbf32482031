"""What is logged while scans run: ids, codes and durations, and nothing that was said or shown."""

import json
import logging

from axe_results import artifacts, node, rule
from fake_fleet import FakeFleet, outcome_of, unreachable

from service.config.logs import log_ids, logging_to_stderr, tell
from service.jobs import JobRuntime
from service.scans import ScanJob
from service.scans.observing import ScanEvents

SECRET = "salainen-lause"


CONSENT = {
    "notes": True,
    "quotes": True,
    "recording": False,
    "text_version": "2026-09",
    "language": "fi",
    "given_at": "2026-11-20T12:00:00Z",
    "channel": "paper",
}


def lines(capsys) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def write_notes(client, headers, project_id) -> None:
    """A session whose participant, moderator and notes all say the secret."""

    def post(path, body):
        answer = client.post(f"/api/v1{path}", headers=headers, json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    study = post(f"/projects/{project_id}/studies", {"name": SECRET})
    participant = post(
        f"/studies/{study}/participants",
        {"pseudonym": SECRET, "technology": SECRET, "consent": CONSENT},
    )
    session = post(
        f"/studies/{study}/sessions",
        {
            "participant_id": participant,
            "moderator": SECRET,
            "started_at": "2026-11-22T09:30:00Z",
            "label": SECRET,
        },
    )
    answer = client.post(
        f"/api/v1/sessions/{session}/notes",
        headers={**headers, "Content-Type": "text/plain; charset=utf-8"},
        content=f'X !3 {SECRET}\nQ "{SECRET}"\n'.encode(),
    )
    assert answer.status_code == 201, answer.text


def telling_page(request, _cancelled):
    fault = rule("link-name", node(f"#{SECRET}", f"<a id={SECRET}></a>"))
    return outcome_of(artifacts(request.url, title=SECRET, violations=[fault]))


def breaking_page(request, cancelled):
    raise RuntimeError(f"the page said {SECRET}")


class LoggingFleet(FakeFleet):
    """Logs from inside the browser room, as a real one may."""

    def visit(self, request, *, cancelled=None):
        tell(logging.getLogger("luiska.browsers"), "looked at a page")
        return super().visit(request, cancelled=cancelled)


def test_lines_carry_ids_and_none_of_what_pages_or_people_said(
    app, api, client, owner, clock, capsys
):
    fleet = LoggingFleet({f"/{SECRET}": telling_page, "/off": unreachable, "/raise": breaking_page})
    job = ScanJob(
        engine=app.state.engine,
        fleet=fleet,
        clock=clock,
        allowed_hosts=frozenset(),
        page_deadline_s=5,
        observer=ScanEvents(app.state.scan_metrics),
    )
    runtime = JobRuntime(
        app.state.engine, [job.batch()], executor_id="test", lanes=2, item_timeout_s=30
    )
    with logging_to_stderr("info", "json"):
        write_notes(client, owner, api.project_id)
        runtime.start()
        try:
            scan_id = api.scan(f"/{SECRET}?q={SECRET}", "/off", "/raise")
            assert api.ended(scan_id)["state"] == "incomplete"
        finally:
            runtime.stop()
    written = capsys.readouterr().err
    assert SECRET not in written
    assert "library.example" not in written
    told = [json.loads(line) for line in written.splitlines()]
    visits = {f"{scan_id}-{n:06}" for n in range(3)}
    ours = [line for line in told if str(line["logger"]).startswith("luiska.")]
    assert {line["scan_id"] for line in ours} == {scan_id}
    events = [line["event"] for line in ours if line["logger"] == "luiska.scans"]
    assert sorted(events) == [
        "page ended", "page ended", "page ended", "scan ended", "scan requested", "scan started",
    ]  # fmt: skip
    assert (events[-1], ours[-1]["state"], ours[-1]["pages"]) == ("scan ended", "incomplete", 3)
    from_the_room = [line for line in ours if line["logger"] == "luiska.browsers"]
    assert {line["visit_id"] for line in from_the_room} == visits
    ended = {line["visit_id"]: line for line in ours if line["event"] == "page ended"}
    assert ended.keys() == visits
    assert [ended[each]["error"] for each in sorted(visits)] == [None, "refused", "infrastructure"]
    assert ended[min(visits)]["timings_ms"].keys() == {"total", "store"}
    (engine_line,) = [line for line in told if line["logger"] == "dbos"]
    assert (engine_line["level"], engine_line["error_type"]) == ("error", "RuntimeError")
    assert "in breaking_page" in engine_line["trace"][-1]


def test_a_cancelled_scan_is_told_of_once(api, capsys):
    with logging_to_stderr("info", "json"):
        scan_id = api.scan("/a")
        api.cancel(scan_id)
        api.cancel(scan_id)
    ended = [line for line in lines(capsys) if line["event"] == "scan ended"]
    assert [(line["scan_id"], line["state"]) for line in ended] == [(scan_id, "cancelled")]


def test_what_is_rolled_back_is_not_told(api, capsys):
    with logging_to_stderr("info", "json"):
        assert api.post("ftp://not-this").status_code == 422
    assert lines(capsys) == []


def test_people_read_the_same_as_text(capsys):
    with logging_to_stderr("info", "text"), log_ids(scan_id="s1"):
        tell(logging.getLogger("luiska.scans"), "page ended", state="error", error=None)
    (line,) = capsys.readouterr().err.splitlines()
    assert line[8:] == " info luiska.scans: page ended scan_id=s1 state=error"


def test_the_level_asked_for_is_kept_and_everything_is_put_back_as_it_was(capsys):
    before = list(logging.getLogger().handlers)
    with logging_to_stderr("warning", None):
        tell(logging.getLogger("luiska.scans"), "scan started")
        tell(logging.getLogger("luiska.scans"), "lease lost", level=logging.WARNING)
        logging.getLogger("uvicorn.error").error("broken")
    logging.getLogger("luiska.scans").error("afterwards")
    assert [line["event"] for line in lines(capsys)] == ["lease lost", "broken"]
    assert logging.getLogger().handlers == before
