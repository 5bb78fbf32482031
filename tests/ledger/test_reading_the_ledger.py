"""The ranked ledger: its order, who met what of those exposed, and what a CI token sees of it."""

import json

import pytest
import sqlalchemy as sa
from axe_results import node, rule

LINK = node("#more", '<a id="more" href="/more"></a>')
IMAGE = node("#map", '<img id="map" src="/map.png">')
NOTE = node("#note", '<p id="note">')


@pytest.fixture
def three_rules(ledger) -> dict[str | None, str]:
    """link-name (critical), color-contrast (serious), region (advisory) on /; ids by rule."""
    ledger.saw(
        violations=[rule("link-name", LINK), rule("color-contrast", NOTE), rule("region", IMAGE)]
    )
    return {entry.barrier.rule: entry.barrier.id for entry in ledger.entries()}


def test_open_ones_stand_by_score_before_the_suppressed_and_the_closed(ledger, three_rules):
    assert [entry.barrier.rule for entry in ledger.entries()] == [
        "link-name", "color-contrast", "region",
    ]  # fmt: skip
    ledger.suppress(three_rules["link-name"])
    assert [(entry.rank, entry.barrier.rule, entry.status) for entry in ledger.entries()] == [
        (1, "color-contrast", "open"),
        (2, "region", "open"),
        (3, "link-name", "suppressed"),
    ]


def test_what_people_met_stands_before_what_machines_call_critical(ledger, three_rules):
    ledger.link(ledger.observed(severity="cosmetic"), three_rules["region"])
    assert [entry.barrier.rule for entry in ledger.entries()] == [
        "region", "link-name", "color-contrast",
    ]  # fmt: skip


def test_exposed_are_those_who_tried_a_task_there_or_were_observed_there(ledger, three_rules):
    met = ledger.observed("P01", path="/", task=1, outcome="gave_up")
    ledger.observed("P02", code="comment", severity=None, path="/")
    ledger.observed("P03", code="comment", severity=None, path="/", task=1, outcome="unassisted")
    ledger.observed("P04", code="comment", severity=None, path="/other", task=2, outcome="failed")
    ledger.link(met, three_rules["link-name"])
    entry = ledger.entries()[0]
    assert (entry.evidence.everybody.met, entry.evidence.everybody.exposed) == (1, 3)
    assert entry.evidence.task_outcomes == ("gave_up",)
    assert len(entry.tasks_hit) == 1


def test_somebody_whose_task_was_not_run_was_not_exposed_by_it(ledger, three_rules):
    ledger.link(ledger.observed("P01"), three_rules["link-name"])
    page_less = {"code": "comment", "severity": None, "path": None}
    ledger.page("/")
    ledger.observed("P02", task=1, outcome="not_run", **page_less)
    assert ledger.entries()[0].evidence.everybody.exposed == 1


def test_met_of_exposed_is_told_per_class_of_technology(ledger, three_rules):
    met = ledger.observed("P01", technology="screen-reader")
    for who in ("P02", "P03", "P04"):
        ledger.observed(who, technology="none", code="comment", severity=None)
    ledger.link(met, three_rules["link-name"])
    entry = ledger.entries()[0]
    shares = entry.evidence.by_technology or {}
    assert {name: (each.met, each.exposed) for name, each in shares.items()} == {
        "screen-reader": (1, 1),
        "none": (0, 3),
    }
    assert {part.name: part.points for part in entry.score.because}["participants"] == 21.0


def test_a_participant_who_met_it_three_times_counts_once(ledger, three_rules):
    for severity in ("minor", "catastrophe", "cosmetic"):
        observation_id = ledger.observed("P01", severity=severity)
        ledger.link(observation_id, three_rules["link-name"])
    entry = ledger.entries()[0]
    assert (entry.evidence.everybody.met, entry.evidence.everybody.exposed) == (1, 1)
    assert (entry.worst_severity, len(entry.observation_ids)) == ("catastrophe", 3)
    assert [on.observations for on in entry.pages] == [3]


def listed(client, headers, **params):
    answer = client.get("/api/v1/projects/library/barriers", headers=headers, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def test_a_ci_token_sees_counts_and_nothing_that_was_said(
    ledger, three_rules, client, ci, researcher
):
    ledger.link(ledger.observed("P01"), three_rules["link-name"])
    seen, whole = listed(client, ci)[0], listed(client, researcher)[0]
    assert seen["participants"] == {
        "met": 1, "exposed": 1, "interval": {"low": 0.1675, "high": 1.0}, "by_technology": None,
    }  # fmt: skip
    assert (seen["observations"], seen["observation_ids"]) == (1, None)
    assert len(whole["observation_ids"]) == 1
    assert list(whole["participants"]["by_technology"]) == ["screen-reader"]
    told = json.dumps(seen)
    assert not [word for word in ("P01", "secret", "screen-reader") if word in told]
    assert (seen["score"], seen["rank"]) == (whole["score"], whole["rank"])


def test_a_ci_token_sees_a_page_without_what_was_said_there(
    ledger, three_rules, client, ci, researcher
):
    ledger.observed("P01")
    address = f"/api/v1/projects/library/pages/{ledger.page('/')}"
    seen = client.get(address, headers=ci).json()
    whole = client.get(address, headers=researcher).json()
    assert (seen["observed"], seen["observations"]) == (1, None)
    assert [each["text"] for each in whole["observations"]] == ["secret words"]
    assert [each["participant"] for each in whole["observations"]] == ["P01"]


def test_a_ci_token_may_neither_link_nor_suppress_nor_ask_for_suggestions(
    ledger, three_rules, client, ci
):
    observation_id, barrier_id = ledger.observed(), three_rules["link-name"]
    answers = [
        client.get(f"/api/v1/observations/{observation_id}/suggestions", headers=ci),
        client.post(
            f"/api/v1/observations/{observation_id}/links",
            headers=ci,
            json={"barrier_id": barrier_id},
        ),
        client.patch(f"/api/v1/barriers/{barrier_id}", headers=ci, json={"status": "open"}),
        client.post("/api/v1/projects/library/barriers", headers=ci, json={"title": "x"}),
    ]
    assert [answer.status_code for answer in answers] == [403] * 4


def test_the_list_is_narrowed_by_every_filter(ledger, three_rules, client, owner):
    ledger.link(ledger.observed(), three_rules["region"])
    ledger.suppress(three_rules["color-contrast"])

    def rules(**params):
        return [item["rule"] for item in listed(client, owner, **params)]

    assert rules() == ["region", "link-name", "color-contrast"]
    assert rules(status="open") == ["region", "link-name"]
    assert rules(status=["suppressed", "closed"]) == ["color-contrast"]
    assert rules(evidence="corroborated") == ["region"]
    assert rules(rule="link-name") == ["link-name"]
    assert rules(criterion="1.4.3") == ["color-contrast"]
    assert rules(page_id=ledger.page("/")) == ["region", "link-name", "color-contrast"]
    assert rules(page_id=ledger.page("/nowhere")) == []


def test_the_list_is_paged_in_the_order_of_rank(ledger, three_rules, client, owner):
    address = "/api/v1/projects/library/barriers"
    ranks, after = [], {}
    while after is not None:
        answer = client.get(address, headers=owner, params={"limit": 2, **after}).json()
        ranks.append([item["rank"] for item in answer["items"]])
        after = {"after": answer["next"]} if answer["next"] else None
    assert ranks == [[1, 2], [3]]


def test_suggestions_link_and_suppression_through_the_api(
    ledger, three_rules, client, owner, clock
):
    observation_id = ledger.observed(selector="#more", rule="link-name")
    barrier_id = three_rules["link-name"]
    address = f"/api/v1/barriers/{barrier_id}"
    suppressed = client.patch(
        address,
        headers=owner,
        json={
            "status": "suppressed",
            "suppression": {"reason": "r", "owner": "o", "expires": "2027-01-31T00:00:00Z"},
        },
    )
    assert (suppressed.status_code, suppressed.json()["status"]) == (200, "suppressed")
    found = client.get(f"/api/v1/observations/{observation_id}/suggestions", headers=owner).json()
    assert [(each["barrier_id"], each["evident"]) for each in found["items"]] == [
        (barrier_id, True)
    ]
    linked = client.post(
        f"/api/v1/observations/{observation_id}/links",
        headers=owner,
        json={"barrier_id": barrier_id},
    )
    assert linked.status_code == 201
    now = client.get(address, headers=owner).json()
    assert (now["status"], now["suppression"], now["evidence"]) == ("open", None, "corroborated")
    gone = client.delete(f"/api/v1/observations/{observation_id}/links/{barrier_id}", headers=owner)
    assert gone.status_code == 204
    assert client.get(address, headers=owner).json()["evidence"] == "machine"


def test_a_barrier_added_by_hand_is_human_in_the_api(ledger, client, owner):
    made = client.post(
        "/api/v1/projects/library/barriers", headers=owner, json={"title": "No focus ring"}
    )
    assert made.status_code == 201
    assert (made.json()["evidence"], made.json()["status"]) == ("human", "open")
    assert made.json()["because"][0] == {
        "name": "evidence", "points": 200.0, "detail": "met by people; no check finds it",
    }  # fmt: skip


def test_reading_a_large_ledger_takes_a_fixed_number_of_queries(ledger, three_rules):
    def queries() -> int:
        counted: list[str] = []

        def count(_c, _cursor, statement, *_):
            counted.append(statement)

        sa.event.listen(ledger.engine, "before_cursor_execute", count)
        try:
            assert ledger.entries()
        finally:
            sa.event.remove(ledger.engine, "before_cursor_execute", count)
        return len(counted)

    ledger.link(ledger.observed(), three_rules["link-name"])
    before = queries()
    for n in range(10):
        ledger.saw(f"/{n}", violations=[rule("image-alt", node("img", f'<img id="x{n}" src="/">'))])
        ledger.link(ledger.observed(f"P1{n}"), three_rules["region"])
    assert queries() == before
