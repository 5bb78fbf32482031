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
