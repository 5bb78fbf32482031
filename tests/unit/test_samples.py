"""The bundled sample site and study hold together; no browser, no server."""

import re
import tomllib
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

SAMPLES = Path(__file__).parents[2] / "samples"
STUDY = tomllib.loads((SAMPLES / "study.toml").read_text(encoding="utf-8"))
SITE = SAMPLES / STUDY["site"]["root"]
SESSIONS = {session["id"]: session for session in STUDY["sessions"]}
PARTICIPANTS = {participant["pseudonym"]: participant for participant in STUDY["participants"]}
TASK_NUMBERS = {task["number"] for task in STUDY["tasks"]}
CLEAN_PAGE = "/fi/saavutettavuus.html"

HEADER = re.compile(r"# (?P<session>S-\d\d) (?P<participant>P\d\d) .*build=(?P<build>\S+)$")
TASK_LINE = re.compile(r"^(?:\d\d:\d\d )?T(?P<number>\d) (?P<mark>[>=])(?: (?P<outcome>\w+))?")
SELECTOR = re.compile(r'\s=(?:"([^"]+)"|(\S+))')
OUTCOMES = {
    "unassisted", "assisted", "partial", "failed", "gave_up", "thinks_finished", "not_run",
}  # fmt: skip


def page_file(path: str) -> Path:
    return SITE / path.removeprefix("/")


def note_lines(session_id: str) -> list[str]:
    notes = SAMPLES / SESSIONS[session_id]["notes"]
    return notes.read_text(encoding="utf-8").splitlines()


def lines_by_page(session_id: str) -> list[tuple[str, str]]:
    """Every line below a page line, with that page's path."""
    page, found = "", []
    for line in note_lines(session_id):
        if line.startswith("@/"):
            page = line[1:]
        elif page:
            found.append((page, line))
    return found


def pointers(session_id: str) -> list[tuple[str, str]]:
    """(page, selector) of every line that points to an element."""
    return [
        (page, quoted or bare)
        for page, line in lines_by_page(session_id)
        for quoted, bare in SELECTOR.findall(line)
    ]


def participants_who_met(selector: str) -> set[str]:
    return {
        SESSIONS[session_id]["participant"]
        for session_id in SESSIONS
        for page, line in lines_by_page(session_id)
        if re.search(r"\bX !\d", line) and f"={selector}" in line.split()
    }


def test_the_study_has_four_tasks_six_participants_and_four_sessions():
    assert sorted(TASK_NUMBERS) == [1, 2, 3, 4]
    assert sorted(PARTICIPANTS) == ["P01", "P02", "P03", "P04", "P05", "P06"]
    assert sorted(SESSIONS) == ["S-01", "S-02", "S-03", "S-04"]
    assert STUDY["study"]["method"] == "formative"


def test_every_time_in_the_study_names_its_zone():
    times = [session["started_at"] for session in STUDY["sessions"]]
    times += [participant["consent"]["given_at"] for participant in STUDY["participants"]]
    assert all(datetime.fromisoformat(time).tzinfo for time in times)


def test_consent_is_given_before_the_session_and_covers_notes_and_quotes():
    for session in STUDY["sessions"]:
        consent = PARTICIPANTS[session["participant"]]["consent"]
        assert consent["notes"]
        assert consent["quotes"]
        assert datetime.fromisoformat(consent["given_at"]) < datetime.fromisoformat(
            session["started_at"]
        )


def test_technology_tells_what_was_used():
    for participant in STUDY["participants"]:
        assert set(participant["technology"]) == {"class", "product", "version"}
        assert participant["technology"]["class"] in {
            "screen-reader", "screen-magnifier", "keyboard-only", "voice-control", "none",
        }  # fmt: skip


def test_every_notes_file_belongs_to_a_session_of_the_study():
    files = {f"notes/{file.name}" for file in (SAMPLES / "notes").iterdir()}
    assert files == {session["notes"] for session in STUDY["sessions"]}


@pytest.mark.parametrize("session_id", SESSIONS)
def test_the_header_agrees_with_the_study(session_id):
    header = HEADER.match(note_lines(session_id)[0])
    assert header
    assert header["session"] == session_id
    assert header["participant"] == SESSIONS[session_id]["participant"]
    assert header["build"] == STUDY["study"]["build"]


@pytest.mark.parametrize("session_id", SESSIONS)
def test_notes_speak_of_pages_and_tasks_that_exist(session_id):
    pages = [line[1:] for line in note_lines(session_id) if line.startswith("@/")]
    assert pages
    assert set(pages) <= set(STUDY["site"]["pages"])
    tasks = [match for line in note_lines(session_id) if (match := TASK_LINE.match(line))]
    ended = [int(task["number"]) for task in tasks if task["mark"] == "="]
    assert ended == [1, 2, 3, 4]
    assert {task["outcome"] for task in tasks if task["mark"] == "="} <= OUTCOMES


@pytest.mark.parametrize("session_id", SESSIONS)
def test_notes_point_to_elements_that_stand_on_the_page(session_id):
    assert pointers(session_id)
    for page, selector in pointers(session_id):
        html = page_file(page).read_text(encoding="utf-8")
        ids = set(re.findall(r'\bid="([^"]+)"', html))
        classes = {
            name for names in re.findall(r'\bclass="([^"]+)"', html) for name in names.split()
        }
        assert set(re.findall(r"#([\w-]+)", selector)) <= ids, (page, selector)
        assert set(re.findall(r"\.([A-Za-z][\w-]*)", selector)) <= classes, (page, selector)


def test_times_in_the_notes_never_run_backwards():
    for session_id in SESSIONS:
        offsets = [line[:5] for line in note_lines(session_id) if re.match(r"\d\d:\d\d ", line)]
        assert offsets == sorted(offsets)


def test_three_of_four_participants_meet_the_nameless_search_button():
    assert participants_who_met("#search-button") == {"P01", "P03", "P04"}


def test_two_participants_meet_the_footer_and_two_the_fields_without_a_label():
    assert participants_who_met(".footer-note") == {"P02", "P03"}
    assert participants_who_met("#year-from") == {"P01", "P04"}


def test_nobody_meets_a_problem_on_the_clean_page():
    for session_id in SESSIONS:
        lines = [line for page, line in lines_by_page(session_id) if page == CLEAN_PAGE]
        assert not [line for line in lines if re.search(r" [XD] ", line)]


def test_every_page_to_scan_and_every_task_address_is_a_file():
    for path in STUDY["site"]["pages"] + [task["url"] for task in STUDY["tasks"]]:
        assert page_file(path).is_file(), path


@pytest.mark.parametrize("file", sorted(SITE.rglob("*.*")), ids=lambda file: file.name)
def test_the_site_loads_nothing_from_elsewhere(file):
    text = file.read_text(encoding="utf-8").replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert not re.findall(r"""(?:[a-z]+:)?//[\w-]+\.|["'(]//\w""", text)


@pytest.mark.parametrize("file", sorted(SITE.rglob("*.html")), ids=lambda file: file.name)
def test_every_link_and_source_leads_to_a_file_or_a_place_on_the_page(file):
    html = file.read_text(encoding="utf-8")
    for address in re.findall(r'\b(?:href|src|action)="([^"]*)"', html):
        path, _, _fragment = address.partition("#")
        assert not path or page_file(path).is_file(), address


@pytest.mark.parametrize("file", sorted(SITE.rglob("*.html")), ids=lambda file: file.name)
def test_no_id_stands_twice_on_a_page(file):
    ids = re.findall(r'\bid="([^"]+)"', file.read_text(encoding="utf-8"))
    assert max(Counter(ids).values(), default=1) == 1


def test_components_shared_by_pages_have_the_same_markup():
    footers = [
        re.findall(r'<p class="footer-note">.*?</p>', page_file(path).read_text(encoding="utf-8"))
        for path in STUDY["site"]["pages"]
        if path != CLEAN_PAGE
    ]
    assert len(footers) == 9
    assert all(footer == footers[0] and len(footer) == 1 for footer in footers)
    buttons = {
        re.search(r'<button class="icon-button".*?</button>', page_file(path).read_text("utf-8"))[0]
        for path in ("/fi/haku.html", "/en/search.html")
    }
    assert len(buttons) == 1
