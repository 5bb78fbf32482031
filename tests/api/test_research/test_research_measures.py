"""`/studies/{id}/measures`: figures of what was noted, and what a viewer may see of them."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from service import db
from service.research.tables import AnonymousAttempt, QuestionnaireResponse

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


@pytest.fixture
def sit(make, study, consent, notes) -> Callable[..., Any]:
    """A new participant in a session of their own, with notes; answers (session, participant)."""

    def sit_down(pseudonym: str, text: str, *, again: str | None = None, **more: Any) -> Any:
        who = (
            again
            or make(
                f"/studies/{study}/participants",
                pseudonym=pseudonym,
                segment=more.pop("segment", ""),
                technology=more.pop("technology", None),
                consent=consent,
            )["id"]
        )
        session = make(f"/studies/{study}/sessions", participant_id=who, moderator="MK", **more)[
            "id"
        ]
        answer = notes(text, to=session)
        assert answer.status_code == 201, answer.text
        return session, who

    return sit_down


@pytest.fixture
def measures(client, researcher, study) -> Callable[..., Any]:
    def read(headers=None, **query):
        answer = client.get(
            f"/api/v1/studies/{study}/measures", headers=headers or researcher, params=query
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    return read


def group_of(told, kind="all", name=""):
    return next(g for g in told["groups"] if (g["kind"], g["name"]) == (kind, name))


def left_out(figure):
    return {each["reason"]: each["count"] for each in figure["left_out"]}


def test_a_task_s_figures_count_first_attempts_and_tell_what_they_leave_out(sit, measures):
    _, p1 = sit("P1", "00:10 T2 >\n01:10 T2 = unassisted SEQ 6\n02:00 T2 = failed SEQ 1")
    sit("P1", "00:10 T2 >\n00:20 T2 = unassisted SEQ 7", again=p1)
    sit("P2", "T2 >\nT2 = assisted SEQ 3")
    sit("P3", "T2 = not_run")
    sit("P4", "T2 >")
    everybody = group_of(measures())
    assert everybody["participants"] == 3
    task = everybody["tasks"][1]
    assert (task["task"], task["title"]) == (2, "Find a book")
    completion = task["completion"]
    # An end of a task that had ended corrects how it ended.
    assert completion["outcomes"] == {"assisted": 1, "failed": 1}
    assert (completion["n"], completion["count"], completion["rate"]) == (2, 0, 0)
    assert completion["assisted"]["count"] == 1
    assert left_out(completion) == {"not_run": 1, "no_outcome": 1, "later_attempt": 1}
    assert (task["seq"]["n"], task["seq"]["mean"]) == (2, 2)
    assert task["time_on_task"]["geometric_mean_s"] is None
    assert left_out(task["time_on_task"])["no_success"] == 2


def test_problems_are_told_by_barrier_then_tag_then_the_problem_that_is_repeated(
    sit, measures, client, researcher, project
):
    one, _ = sit("P1", "T2 >\nX !2 nappi #haku\nX !4 lomake\nD jälleen lomake\nC ei ongelma #haku")
    sit("P2", "T2 >\nX !3 sama nappi #haku\nT2 = failed")
    sit("P3", "T2 >\n+ hyvä\nT2 = unassisted")
    noted = client.get(f"/api/v1/sessions/{one}/observations", headers=researcher).json()["items"]
    linked = client.post(
        f"/api/v1/observations/{noted[1]['id']}/links",
        headers=researcher,
        json={"new": {"title": "The form has no labels"}},
    )
    assert linked.status_code == 201
    told = group_of(measures())
    assert [
        (each["label"], each["met"]["count"], each["met"]["n"], each["worst_severity"])
        for each in told["problems"]["problems"]
    ] == [("The form has no labels", 1, 3, 4), ("#haku", 2, 3, 3)]
    assert (told["discovery"]["n"], told["discovery"]["problems"]) == (3, 2)
    assert told["discovery"]["p"] == pytest.approx(0.5)


def test_observers_agree_as_far_as_they_noted_the_same(sit, measures, notes):
    for name, second in (("P1", "X !2 a #yksi"), ("P2", "X !3 b #yksi\nX !1 c #kaksi")):
        session, _ = sit(name, f"# {name}-S {name} obs=MK\nT2 >\nX !2 a #yksi", label=f"{name}-S")
        assert notes(f"# {name}-S {name} obs=JT\n{second}", to=session).status_code == 201
    agreed = measures()["observer_agreement"]
    assert agreed["observers"] == ["JT", "MK"]
    # Units: P1 and P2 with #yksi (both noted it) and with #kaksi (JT noted it of P2 alone).
    assert agreed["noted"]["n"] == 4
    assert agreed["pairs"][0]["noted"]["kappa"] == pytest.approx(0.5)
    assert agreed["severity"]["values"] == 4


def test_answers_to_questionnaires_are_figures(app, sit, measures):
    sessions = [sit(f"P{n}", "C x") for n in range(3)]
    with db.transaction(app.state.engine) as store:
        for n, (session, who) in enumerate([*sessions, sessions[0]]):
            best = [5.0, 1.0] * 5
            for instrument, items in (
                ("sus", best if n else [3.0] * 10),
                ("umux-lite", [7.0, None if n == 1 else 4.0]),
                ("nasa-tlx", [50, 60, 70, 20, 80, 20]),
            ):
                store.add(
                    QuestionnaireResponse(
                        session_id=session,
                        participant_id=who,
                        instrument=instrument,
                        items=items,
                        weights=[5, 0, 3, 2, 4, 1] if instrument == "nasa-tlx" and n else None,
                        answered_at=NOW.replace(minute=n),
                    )
                )
    told = group_of(measures())["questionnaires"]
    assert (told["sus"]["n"], round(told["sus"]["mean"], 2), told["sus"]["grade"]) == (
        3,
        83.33,
        "A",
    )
    assert left_out(told["sus"]) == {"later_response": 1}
    assert left_out(told["umux_lite"]) == {"incomplete": 1, "later_response": 1}
    assert (told["nasa_tlx"]["mean"], told["nasa_tlx"]["weighted"]["n"]) == (50, 2)


def test_builds_are_told_apart_and_compared(sit, measures):
    for n in range(6):
        sit(f"P{n}", "00:10 T2 >\n00:4{n} T2 = failed".replace("{n}", str(n)), build="1")
        sit(f"Q{n}", f"00:10 T2 >\n00:2{n} T2 = unassisted", build="2")
    told = measures(compare="1,2")
    assert told["builds"] == ["1", "2"]
    assert group_of(told)["participants"] == 12
    change = group_of(told["comparison"])["tasks"][1]["completion"]
    assert (change["before"], change["after"], change["verdict"]) == (0, 1, "better")
    assert (change["n_before"], change["n_after"]) == (6, 6)
    assert group_of(measures(build="2"))["participants"] == 6


def test_forgotten_attempts_stay_in_the_figures_of_all(
    app, sit, measures, client, researcher, study
):
    sit("P1", "T2 >\nT2 = unassisted")
    tasks = client.get(f"/api/v1/studies/{study}/tasks", headers=researcher).json()["items"]
    with db.transaction(app.state.engine) as store:
        store.add(AnonymousAttempt(task_id=tasks[1]["id"], outcome="failed", attempts=3))
    task = group_of(measures())["tasks"][1]
    assert (task["completion"]["n"], task["completion"]["count"], task["forgotten"]) == (4, 1, 3)
    stated = group_of(measures(), "technology", "not-stated")
    assert stated["tasks"][1]["completion"]["n"] == 1


def test_a_viewer_sees_no_small_group_and_none_that_gives_it_away(sit, measures, viewer):
    sizes = {"large": 7, "middling": 6, "small": 2}
    for segment, number in sizes.items():
        for n in range(number):
            sit(f"{segment}-{n}", "T2 >\nT2 = failed", segment=segment, technology="NVDA")
    told = measures(viewer)
    why = {
        name: (group_of(told, "segment", name)["suppressed"] or {}).get("reason") for name in sizes
    }
    assert why == {"small": "too_few", "middling": "gives_others_away", "large": None}
    hidden = group_of(told, "segment", "small")
    assert (hidden["participants"], hidden["tasks"], hidden["problems"]) == (None, [], None)
    assert group_of(told)["participants"] == 15
    assert group_of(told, "technology", "screen-reader")["suppressed"] is None
    seen = measures()
    assert {name: group_of(seen, "segment", name)["participants"] for name in sizes} == sizes


def test_a_viewer_sees_no_problem_that_few_of_a_group_could_have_met(sit, measures, viewer):
    sit("P0", "T1 >\nT1 = unassisted\nT2 >\nX !4 ei löydy #haku\nT2 = failed", segment="readers")
    for n in range(1, 6):
        text = "T1 >\nX !1 hidas #alku\nT1 = unassisted"
        sit(f"P{n}", text, segment="readers")
    for n in range(6, 12):
        text = "T1 >\nT1 = unassisted\nT2 >\nX !2 hukassa #haku\nT2 = unassisted"
        sit(f"P{n}", text, segment="others")

    def told_to(headers):
        told = measures(headers)
        return {
            name: (
                [each["label"] for each in problems["problems"]],
                left_out(problems),
            )
            for name, problems in (
                ("all", group_of(told)["problems"]),
                ("readers", group_of(told, "segment", "readers")["problems"]),
                ("others", group_of(told, "segment", "others")["problems"]),
            )
        }

    assert told_to(viewer) == {
        "all": (["#haku", "#alku"], {}),
        "readers": (["#alku"], {"not_shared": 1}),
        # With all, it would tell of the one reader.
        "others": ([], {"not_shared": 1}),
    }
    assert told_to(None)["readers"] == (["#haku", "#alku"], {})


def test_a_study_without_sessions_has_figures_of_nobody(measures):
    told = measures()
    (everybody,) = told["groups"]
    assert everybody["participants"] == 0
    assert everybody["tasks"][0]["completion"]["rate"] is None
    assert everybody["discovery"]["missing"] == "nothing_counted"
    assert told["observer_agreement"]["noted"]["missing"] == "no_pairs"


def test_ci_reads_no_measures_and_a_foreign_study_is_missing(client, ci, researcher, study):
    assert client.get(f"/api/v1/studies/{study}/measures", headers=ci).status_code == 403
    assert client.get("/api/v1/studies/other/measures", headers=researcher).status_code == 404


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"build": "9"}, "/query/build"),
        ({"compare": "1"}, "/query/compare"),
        ({"compare": "1,1"}, "/query/compare"),
        ({"compare": "1,9"}, "/query/compare"),
    ],
)
def test_builds_that_cannot_be_meant_are_named(client, researcher, study, sit, query, pointer):
    sit("P1", "C x", build="1")
    answer = client.get(f"/api/v1/studies/{study}/measures", headers=researcher, params=query)
    assert answer.status_code == 422
    assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]


def test_a_seq_that_was_asked_as_a_questionnaire_belongs_to_its_attempt(
    sit, measures, client, researcher
):
    session, _ = sit("P1", "T2 >\nT2 = unassisted")
    answer = client.post(
        f"/api/v1/sessions/{session}/questionnaires",
        headers=researcher,
        json={"instrument": "seq", "items": [6], "task": 2},
    )
    assert answer.status_code == 201
    task = group_of(measures())["tasks"][1]
    assert (task["seq"]["n"], task["seq"]["mean"], task["seq"]["missing"]) == (1, 6, "one_value")
