"""Observations sent as JSON, and corrections of how they are read."""

import pytest


def test_an_item_says_what_a_line_can_say(study, notes):
    made = notes(
        [
            {
                "text": 'P: "En löydä hakunappia"',
                "offset_ms": 135_000,
                "code": "X",
                "severity": 3,
                "actor": "P",
                "url": "https://library.example/haku",
                "selector": "#search-button",
                "criterion": "2.4.7",
                "rule": "axe:button-name",
                "tags": ["#haku", "haku", "nappi"],
                "task": 2,
            }
        ]
    ).json()
    [item] = made["observations"]
    assert {name: item[name] for name in ("line", "ordinal", "kind", "raw_base64")} == {
        "line": None,
        "ordinal": 0,
        "kind": "observation",
        "raw_base64": None,
    }
    assert item["raw"] == (
        '{"actor":"P","code":"X","criterion":"2.4.7","offset_ms":135000,"rule":"axe:button-name",'
        '"selector":"#search-button","severity":3,"tags":["#haku","haku","nappi"],"task":2,'
        '"text":"P: \\"En löydä hakunappia\\"","url":"https://library.example/haku"}'
    )
    read = ("code", "severity", "actor", "offset_ms", "task", "criterion", "rule", "tags", "quotes")
    assert {name: item[name] for name in read} == {
        "code": "problem",
        "severity": "major",
        "actor": "participant",
        "offset_ms": 135_000,
        "task": 2,
        "criterion": "2.4.7",
        "rule": "button-name",
        "tags": ["haku", "nappi"],
        "quotes": ["En löydä hakunappia"],
    }
    assert item["page_id"] is not None
    assert item["written_by"] == "a researcher"
    assert made["warnings"] == []


@pytest.mark.parametrize(
    ("field", "told", "kept"),
    [
        ("code", "problem", "problem"),
        ("code", "??", "confusion"),
        ("code", None, "note"),
        ("severity", 0, "not_a_problem"),
        ("severity", "4", "catastrophe"),
        ("severity", "minor", "minor"),
        ("severity", None, None),
        ("actor", "O", "observer"),
        ("actor", "moderator", "moderator"),
        ("rule", "label", "label"),
    ],
)
def test_values_go_by_letter_or_by_name(notes, field, told, kept):
    assert notes([{"text": "a", field: told}]).json()["observations"][0][field] == kept


@pytest.mark.parametrize(
    ("item", "pointer"),
    [
        ({"text": " "}, "/observations/1/text"),
        ({}, "/observations/1/text"),
        ({"text": "a", "code": "Z"}, "/observations/1/code"),
        ({"text": "a", "severity": 5}, "/observations/1/severity"),
        ({"text": "a", "severity": True}, "/observations/1/severity"),
        ({"text": "a", "actor": "huom"}, "/observations/1/actor"),
        ({"text": "a", "task": 9}, "/observations/1/task"),
        ({"text": "a", "url": "haku"}, "/observations/1/url"),
        ({"text": "a", "criterion": "9.9.9"}, "/observations/1/criterion"),
        ({"text": "a", "rule": "Not a rule"}, "/observations/1/rule"),
        ({"text": "a", "offset_ms": -1}, "/observations/1/offset_ms"),
        ({"text": "a", "offset_ms": 360_000_000}, "/observations/1/offset_ms"),
        ({"text": "a", "tags": ["ok", "#"]}, "/observations/1/tags/1"),
        ({"text": "a\x00"}, "/observations/1/text"),
        ({"text": "a", "colour": "red"}, "/observations/1/colour"),
    ],
)
def test_a_wrong_value_is_named_and_nothing_is_stored(notes, observations, item, pointer):
    answer = notes([{"text": "fine"}, item])
    assert answer.status_code == 422
    assert {error["pointer"] for error in answer.json()["errors"]} == {pointer}
    assert observations(kinds="all") == []


def test_a_lone_surrogate_is_named(client, researcher, session):
    answer = client.post(
        f"/api/v1/sessions/{session}/notes",
        headers={**researcher, "Content-Type": "application/json"},
        content=b'{"observations": [{"text": "a \\ud800"}]}',
    )
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/observations/0/text"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"observations": []}', b"\xff"])
def test_json_that_holds_no_observations_is_refused(client, researcher, session, content):
    answer = client.post(
        f"/api/v1/sessions/{session}/notes",
        headers={**researcher, "Content-Type": "application/json"},
        content=content,
    )
    assert answer.status_code == 422


def test_items_take_what_is_in_force_and_null_takes_nothing(clock, notes):
    notes("@/haku\nT2 >\n02:15 X a #haku")
    clock.advance(minutes=3)
    made = notes(
        [
            {"text": "b"},
            {"text": "c", "task": None, "url": None, "offset_ms": 200_000},
            {"text": "d"},
        ]
    ).json()["observations"]
    assert [(o["task"], o["url"]) for o in made] == [(2, "/haku"), (None, None), (2, "/haku")]
    assert [(o["offset_ms"], o["time_inherited"]) for o in made] == [
        (135_000, True),
        (200_000, False),
        (200_000, True),
    ]
    [live] = notes([{"text": "e"}], live=True).json()["observations"]
    assert (live["offset_ms"], live["time_inherited"]) == (180_000, False)


def test_items_repeat_problems_of_earlier_notes(notes):
    [first] = notes("X a #haku").json()["observations"]
    made = notes([{"text": "b", "code": "X"}, {"text": "c", "code": "D", "tags": ["HAKU"]}]).json()
    assert made["observations"][1]["refers_to_id"] == first["id"]


def test_a_repeat_of_nothing_is_a_problem_with_a_warning_about_its_item(notes):
    made = notes([{"text": "a"}, {"text": "b", "code": "D"}, {"text": "c", "code": "D"}]).json()
    _, second, third = made["observations"]
    assert (second["code"], third["code"]) == ("problem", "same_problem")
    assert third["refers_to_id"] == second["id"]
    assert [(w["item"], w["line"], w["code"]) for w in made["warnings"]] == [
        (1, None, "no-earlier-problem")
    ]


def test_a_correction_is_a_further_version(client, researcher, notes, observations):
    [made] = notes("@/haku\n02:15 X !3 nappi #haku").json()["observations"]
    address = f"/api/v1/observations/{made['id']}"
    read = client.get(address, headers=researcher)
    assert read.headers["ETag"] == '"1"'
    corrected = client.patch(
        address,
        headers={**researcher, "If-Match": '"1"'},
        json={"severity": 4, "criterion": "4.1.2", "task": 2, "url": "/"},
    )
    assert corrected.status_code == 200
    assert corrected.headers["ETag"] == '"2"'
    now = corrected.json()
    assert now["raw"] == "02:15 X !3 nappi #haku"
    read_as = ("version", "text", "severity", "criterion", "task", "url", "tags", "written_by")
    assert {name: now[name] for name in read_as} == {
        "version": 2,
        "text": "nappi",
        "severity": "catastrophe",
        "criterion": "4.1.2",
        "task": 2,
        "url": "/",
        "tags": ["haku"],
        "written_by": "a researcher",
    }
    assert now["page_id"] not in (None, made["page_id"])
    assert client.get(address, headers=researcher).json() == now
    assert observations() == [now]
    told = client.get(address, headers=researcher, params={"history": "true"}).json()["history"]
    assert [(each["version"], each["severity"]) for each in told] == [
        (1, "major"),
        (2, "catastrophe"),
    ]
    [listed] = observations(history=True)
    assert listed["history"] == told
    assert listed["version"] == 2


def test_a_stale_correction_is_refused(client, researcher, notes):
    [made] = notes("X a").json()["observations"]
    address, headers = f"/api/v1/observations/{made['id']}", {**researcher, "If-Match": '"1"'}
    assert client.patch(address, headers=headers, json={"severity": 1}).status_code == 200
    stale = client.patch(address, headers=headers, json={"severity": 2})
    assert (stale.status_code, stale.json()["type"]) == (412, "urn:luiska:problem:stale")


def test_a_correction_that_changes_nothing_makes_no_version(client, researcher, notes):
    [made] = notes("X !3 a #haku").json()["observations"]
    answer = client.patch(
        f"/api/v1/observations/{made['id']}",
        headers=researcher,
        json={"severity": "major", "tags": ["haku"]},
    )
    assert answer.json() == made


def test_null_takes_a_value_away(client, researcher, notes):
    [made] = notes("@/haku\n01:00 X !3 a").json()["observations"]
    gone = {"severity": None, "url": None, "offset_ms": None, "code": None}
    now = client.patch(f"/api/v1/observations/{made['id']}", headers=researcher, json=gone).json()
    assert {name: now[name] for name in (*gone, "page_id")} == {
        **gone,
        "code": "note",
        "page_id": None,
    }


def test_a_correction_to_a_repeat_names_the_problem_above(client, researcher, notes):
    made = notes("C first\nX a #haku\nX b\nC c #haku\nX d").json()["observations"]
    now = client.patch(
        f"/api/v1/observations/{made[3]['id']}", headers=researcher, json={"code": "D"}
    ).json()
    assert (now["code"], now["refers_to_id"]) == ("same_problem", made[1]["id"])
    alone = client.patch(
        f"/api/v1/observations/{made[0]['id']}", headers=researcher, json={"code": "D"}
    ).json()
    assert (alone["code"], [w["code"] for w in alone["warnings"]]) == (
        "problem",
        ["no-earlier-problem"],
    )


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"code": "Z"}, "/code"),
        ({"text": ""}, "/text"),
        ({"text": None}, "/text"),
        ({"task": 9}, "/task"),
        ({"raw": "x"}, "/raw"),
    ],
)
def test_a_wrong_correction_names_its_field(client, researcher, notes, change, pointer):
    [made] = notes("X a").json()["observations"]
    answer = client.patch(f"/api/v1/observations/{made['id']}", headers=researcher, json=change)
    assert answer.status_code == 422
    assert {error["pointer"] for error in answer.json()["errors"]} == {pointer}


def test_a_line_about_a_task_is_not_corrected(client, researcher, notes, observations):
    notes("T1 >\n")
    [line] = observations(kinds="all")
    answer = client.patch(
        f"/api/v1/observations/{line['id']}", headers=researcher, json={"severity": 1}
    )
    assert (answer.status_code, answer.json()["type"]) == (
        409,
        "urn:luiska:problem:not-an-observation",
    )
