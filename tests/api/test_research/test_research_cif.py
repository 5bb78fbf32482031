"""`/studies/{id}/report.html`: the sections of ISO/IEC 25062, in one file."""

import re

import pytest

SECTIONS = {
    "en": ["Executive summary", "Introduction", "Method", "Results", "Appendices"],
    "fi": ["Tiivistelmä", "Johdanto", "Menetelmä", "Tulokset", "Liitteet"],
    "sv": ["Sammanfattning", "Inledning", "Metod", "Resultat", "Bilagor"],
}


@pytest.fixture
def read(client, researcher, study):
    def report(headers=None, **query):
        address = f"/api/v1/studies/{study}/report.html"
        answer = client.get(address, headers=headers or researcher, params=query)
        assert answer.status_code == 200, answer.text
        return answer.text

    return report


@pytest.mark.parametrize("language", SECTIONS)
def test_it_has_the_sections_of_the_format_in_each_language(read, notes, language):
    assert notes('01:00 T2 >\n01:30 X !3 "<b>nappi</b>"\n02:00 T2 = unassisted').status_code == 201
    text = read(language=language)
    assert f'<html lang="{language}">' in text
    assert re.findall(r"<h2[^>]*>([^<]+)</h2>", text) == SECTIONS[language]
    assert "<script" not in text
    assert "<b>" not in text
    assert text.count("<img ") == text.count('alt="') == 3
    assert "1 (100 %)" in text
    assert "17–100 %" in text


def test_a_study_of_nothing_is_a_report_that_says_so(read):
    text = read()
    assert "No task was tried." in text
    assert "No problems were noted." in text


def test_small_groups_are_not_told_to_a_viewer(read, make, study, notes, consent, viewer):
    for n in range(2):
        who = make(
            f"/studies/{study}/participants", pseudonym=f"P{n}", segment="few", consent=consent
        )
        sitting = make(f"/studies/{study}/sessions", participant_id=who["id"], moderator="MK")
        assert notes("C x", to=sitting["id"]).status_code == 201
    assert "not shared" in read(viewer)
    assert "not shared" not in read()


def test_ci_reads_no_report(client, ci, study):
    assert client.get(f"/api/v1/studies/{study}/report.html", headers=ci).status_code == 403


def test_a_pdf_that_cannot_be_printed_is_told_with_a_way_out(
    client, researcher, study, app, monkeypatch
):
    settings = app.state.settings.model_copy(update={"grid_url": "http://127.0.0.1:9"})
    monkeypatch.setattr(app.state, "settings", settings)
    answer = client.get(f"/api/v1/studies/{study}/report.pdf", headers=researcher)
    assert answer.status_code == 503
    assert "report.html has the same content" in answer.json()["detail"]


def table_rows(text, section):
    """The cells of each row of the tables in a section of the report."""
    part = text.split(f'<h3 id="{section}">')[1].split("<h3")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", part, re.DOTALL)
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]


def test_groups_builds_and_observers_are_told_apart(read, make, study, notes, consent, viewer):
    for n in range(6):
        who = make(
            f"/studies/{study}/participants",
            pseudonym=f"P{n}",
            segment="few" if n == 0 else "many",
            consent=consent,
        )["id"]
        sitting = {"participant_id": who, "moderator": "MK", "build": str(1 + n % 2)}
        held = make(f"/studies/{study}/sessions", **sitting)
        outcome = "unassisted" if n % 2 else "failed"
        lines = f"X !3 ei löydy #haku\n00:10 T2 >\n00:40 T2 = {outcome}"
        for observer in ("MK", "AL"):
            text = f"# {held['label']} P{n} obs={observer}\n{lines if observer == 'MK' else 'C x'}"
            assert notes(text, to=held["id"]).status_code == 201
    text = read(compare="1,2")
    told = table_rows(text, "by-group")
    assert ["Segment: few", "1", "0 (0 %)", "0–83 %", "–", "0", "–", "0", "–"] in told
    assert ["Segment: many", "5", "3 (60 %)", "23–88 %", "–", "3", "30.0", "0", "–"] in told
    assert ["Segment: many", "5", "–", "–", "–", "1"] in told
    [change] = [row for row in table_rows(text, "change") if row[:2] == ["All", "T2 without help"]]
    assert change[2:5] == ["0 % (n = 3)", "100 % (n = 3)", "100"]
    [alpha, _, kappa] = table_rows(text, "agreement")[1:]
    assert alpha[:3] == ["AL, MK", "Krippendorff’s α, which problems", "6"]
    assert kappa[:4] == ["AL, MK", "Cohen’s κ, which problems", "6", "0.00"]
    hidden = "not shared: the group is small, or would give away a small one"
    shared = read(viewer, compare="1,2")
    assert ["Segment: few", hidden] in table_rows(shared, "by-group")
    assert ["Segment: many", hidden] in table_rows(shared, "change")


def test_a_report_that_compares_nothing_and_was_noted_by_one_says_nothing_of_it(read, notes):
    assert notes("00:10 T2 >\n00:40 T2 = unassisted").status_code == 201
    text = read()
    assert 'id="change"' not in text
    assert 'id="agreement"' not in text


def test_a_build_without_sessions_is_no_side_of_a_change(client, researcher, study, session):
    address = f"/api/v1/studies/{study}/report.html"
    answer = client.get(address, headers=researcher, params={"compare": "1,2"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/query/compare")
