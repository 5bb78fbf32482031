"""Pictures over HTTP: as SVG, PNG, and as the table that says the same."""

import pytest

STUDY = ("pictures/rainbow", "pictures/tasks", "pictures/intervals")


@pytest.fixture
def addresses(study, session, notes):
    """Of the pictures of a study in which P03 met a problem at task 2."""
    noted = notes("01:00 T2 >\n01:30 X !3 nappi #haku\n02:00 T2 = failed\nT1 = not_run")
    assert noted.status_code == 201
    return [
        *(f"/api/v1/studies/{study}/{each}" for each in STUDY),
        f"/api/v1/sessions/{session}/timeline",
    ]


def test_each_picture_is_there_in_each_form(client, viewer, addresses):
    for address in addresses:
        kinds = {}
        for ending in ("svg", "png", "json"):
            answer = client.get(f"{address}.{ending}", headers=viewer, params={"language": "fi"})
            assert answer.status_code == 200, answer.text
            kinds[ending] = answer.headers["content-type"]
        assert kinds == {"svg": "image/svg+xml", "png": "image/png", "json": "application/json"}


def test_what_they_tell(client, researcher, addresses):
    told = [client.get(f"{address}.json", headers=researcher).json() for address in addresses]
    assert [each["table"]["rows"] for each in told] == [
        [["#haku", "Major"]],
        [["T1 Look around", "Not run"], ["T2 Find a book", "Failed the task"]],
        [["T2 Find a book", "0", "1", "0 % (0–83 %)"]],
        [["1.0", "T2", "Failed the task"], ["1.5", "Problem", ""]],
    ]
    assert told[0]["description"] == (
        "One problem was met; participants who met it: 1. Major or worse: 1. "
        "First: #haku, met by 1 of 1."
    )


def test_ci_sees_none_of_them_and_others_are_missing(client, ci, researcher, study, addresses):
    for address in addresses:
        assert client.get(f"{address}.svg", headers=ci).status_code == 403
    unknown = client.get(f"/api/v1/studies/{study}/pictures/pie.svg", headers=researcher)
    assert unknown.status_code == 422
