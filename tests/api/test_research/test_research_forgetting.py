"""What goes when consent is taken back or somebody is erased, and what stays."""

import json
from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from service import barriers, db
from service.access import Actor, Role, Work, projects
from service.access.vault import Contact
from service.errors import Conflict
from service.research import contacts, participants, sessions, studies
from service.research.consent import Agreement, ConsentGiven
from service.research.following import happened_after
from service.research.redacting_a_line import Reason
from service.research.submissions import append_notes
from service.store import prepare_store


def barrier_of(api, project, barrier_id):
    items = api("GET", f"/projects/{project}/barriers")["items"]
    [found] = [each for each in items if each["id"] == barrier_id]
    return found


def test_quotes_that_are_taken_back_leave_the_notes_without_them(api, all_rows, met, observations):
    who, session, _ = met
    told = api(
        "POST", f"/participants/{who}/withdrawals", {"agreements": ["quotes"], "channel": "phone"}
    )
    assert (told["cause"], told["permissions"], told["removed"]) == (
        "withdrawal",
        ["quotes"],
        {"quoting_entry": 1},
    )
    read = api("GET", f"/sessions/{session}/observations")["items"]
    assert [each["text"] for each in read] == ['"…"', "vihje"]
    assert read[0]["quotes"] == []
    assert not any("hakunappia" in rows.casefold() for rows in all_rows().values())
    agreed = api("GET", f"/participants/{who}")["consent"]
    assert (agreed["quotes"], agreed["notes"], agreed["withdrawn"]) == (False, True, ["quotes"])


def test_a_quote_that_was_noted_again_without_marks_goes_as_well(api, all_rows, sitting, notes):
    who, session = sitting("P01")
    lines = 'X P: "En löydä hakunappia"\nC sanoi taas en  löydä hakunappia\n'
    [first, _] = notes(lines, to=session).json()["observations"]
    api("PATCH", f"/observations/{first['id']}", {"text": "huusi: EN LÖYDÄ HAKUNAPPIA"})
    api("POST", f"/participants/{who}/withdrawals", {"agreements": ["quotes"], "channel": "phone"})
    read = api("GET", f"/sessions/{session}/observations")["items"]
    assert [each["text"] for each in read] == ["huusi: …", "sanoi taas …"]
    assert not any("hakunappia" in rows.casefold() for rows in all_rows().values())


def test_what_is_forgotten_is_overwritten_in_the_file(tmp_path, clock):
    url = f"sqlite:///{tmp_path}/luiska.db"
    engine = db.make_engine(url)
    prepare_store(engine, clock())
    with db.transaction(engine) as store:
        work = Work(session=store, actor=Actor(name="x", role=Role.OWNER), now=clock())
        projects.create_project(work, name="Library", origins=["https://library.example"])
        study = studies.create_study(work, "library", name="Search").id
        agreed = ConsentGiven(
            agreements=frozenset({Agreement.NOTES}),
            text_version="1",
            language="fi",
            given_at=clock(),
            channel="paper",
        )
        who = participants.add_participant(work, study, pseudonym="P01", consent=agreed)
        who_id = who.participant.id
        sat = sessions.open_session(work, study, participant_id=who_id, moderator="MK")
        append_notes(work, sat.id, b"C hakunappia etsi\n" * 400)
        [(one, _)] = append_notes(work, sat.id, b"C kertoi salaisuuden\n").entries
        one_id = one.id

    def left(word):
        return [each.name for each in tmp_path.iterdir() if word in each.read_bytes()]

    with db.transaction(engine) as store:
        work = Work(session=store, actor=Actor(name="x", role=Role.OWNER), now=clock())
        barriers.redact_observation(work, one_id, Reason.ASKED, keeps_codes=True)
    words_left = left(b"salaisuu")
    with db.transaction(engine) as store:
        work = Work(session=store, actor=Actor(name="x", role=Role.OWNER), now=clock())
        barriers.erase_participant(work, who_id)
    words_left += left(b"hakunappia")
    db.close_engine(engine)
    assert words_left == []


def test_followers_are_told_when_observers_are_not_agreed_to_any_more(app, api, sitting):
    who, session = sitting("P01")
    body = {"agreements": ["observers"], "channel": "aloud"}
    api("POST", f"/participants/{who}/withdrawals", body)
    with db.transaction(app.state.engine, writes=False) as store:
        told = happened_after(store, session, 0, at_most=9)
    assert [each.kind for each in told] == ["forgotten"]


def test_notes_that_are_taken_back_go_with_links_and_stay_as_counts(api, all_rows, met, project):
    who, session, barrier = met
    api("POST", f"/sessions/{session}/questionnaires", {"instrument": "sus", "items": [3] * 10})
    told = api("POST", f"/participants/{who}/withdrawals", {"channel": "phone"})
    assert told["removed"] == {
        "attempt": 1,
        "note_submission": 1,
        "observation": 5,
        "questionnaire_response": 1,
    }
    assert api("GET", f"/sessions/{session}/observations")["items"] == []
    rows_of = all_rows()
    assert not any("hakunappia" in rows.casefold() for rows in rows_of.values())
    found = barrier_of(api, project, barrier)
    assert (found["title"], found["status"], found["evidence"]) == (
        "A barrier that people met",
        "open",
        "human",
    )
    assert found["participants"]["met"] == 1
    assert found["worst_severity"] == "major"


def test_figures_say_how_many_answers_went_with_the_forgotten(api, sitting, notes, study):
    _, stays = sitting("P02")
    who, goes = sitting("P01")
    for each in (stays, goes):
        notes("01:00 T2 >\n05:10 T2 = unassisted SEQ 3\n", to=each)
        api("POST", f"/sessions/{each}/questionnaires", {"instrument": "sus", "items": [3] * 10})
    answers = {"instrument": "umux-lite", "items": [7, 7], "task": 2}
    api("POST", f"/sessions/{goes}/questionnaires", answers)
    api("DELETE", f"/participants/{who}")
    for asked in ("", "?build=1"):
        [told, *groups] = api("GET", f"/studies/{study}/measures{asked}")["groups"]
        gone = {"reason": "forgotten", "count": 1}
        sus, task = told["questionnaires"]["sus"], told["tasks"][1]
        assert (sus["n"], sus["left_out"]) == (1, [gone])
        umux = task["questionnaires"]["umux_lite"]
        assert (umux["n"], umux["mean"], umux["left_out"]) == (0, None, [gone])
        assert (task["seq"]["n"], task["seq"]["left_out"]) == (1, [gone])
        assert task["time_on_task"]["left_out"] == [gone]
        assert all(each["questionnaires"]["sus"]["left_out"] == [] for each in groups)


def test_a_title_in_their_words_goes_though_nothing_links_it_any_more(
    api, all_rows, met, sitting, notes
):
    who, session, barrier = met
    [problem, *_] = api("GET", f"/sessions/{session}/observations")["items"]
    _, other = sitting("P02")
    [same] = notes("X !2 haku on piilossa", to=other).json()["observations"]
    api("POST", f"/observations/{same['id']}/links", {"barrier_id": barrier})
    api("POST", f"/observations/{same['id']}/links", {"new": {"title": "Haku on piilossa"}})
    api("DELETE", f"/observations/{problem['id']}/links/{barrier}")
    api("DELETE", f"/participants/{who}")
    rows_of = all_rows()
    assert not any("hakunappia" in rows.casefold() for rows in rows_of.values())
    assert "Haku on piilossa" in rows_of["barrier"]


def test_a_barrier_of_the_forgotten_closes_when_somebody_gets_through_later(
    api, clock, met, project, sitting, notes
):
    who, _, barrier = met
    api("DELETE", f"/participants/{who}")
    _, session = sitting("P02", started_at="2026-11-29T09:30:00Z")
    clock.now = clock.now.replace(day=30)
    api("PATCH", f"/sessions/{session}", {"build": "2"})
    notes("@/haku\nT2 >\n05:10 T2 = unassisted\n", to=session)
    assert barrier_of(api, project, barrier)["status"] == "closed"


def test_an_erased_participant_is_nowhere_any_more(api, all_rows, client, researcher, met, study):
    who, session, _ = met
    api("PUT", f"/participants/{who}/contact", {"name": "Maija Meikäläinen"})
    told = api("DELETE", f"/participants/{who}")
    assert told["cause"] == "erasure"
    assert client.get(f"/api/v1/participants/{who}", headers=researcher).status_code == 404
    assert client.get(f"/api/v1/sessions/{session}", headers=researcher).status_code == 404
    rows_of = all_rows()
    left = {name for name, rows in rows_of.items() if who in rows or session in rows}
    assert left == {"audit_entry"}
    assert not any("P01" in rows for rows in rows_of.values())
    [tombstone] = api("GET", f"/studies/{study}/tombstones")["items"]
    assert tombstone == told


def test_consent_given_anew_counts_from_then_on(api, clock, met, notes, consent):
    who, session, _ = met
    api("POST", f"/participants/{who}/withdrawals", {"agreements": ["notes"], "channel": "phone"})
    assert notes("C a", to=session).status_code == 409
    clock.advance(minutes=1)
    api("POST", f"/participants/{who}/consent", {**consent, "given_at": clock.now.isoformat()})
    assert notes("C a", to=session).status_code == 201


def test_consent_from_before_a_withdrawal_does_not_bring_back_what_was_taken_back(
    api, client, clock, researcher, met, notes, consent
):
    who, session, _ = met
    address = f"/participants/{who}/consent"
    at = clock.now
    api("POST", f"/participants/{who}/withdrawals", {"agreements": ["quotes"], "channel": "phone"})
    clock.advance(hours=1)
    old = {**consent, "given_at": at.isoformat()}
    # An agreement in between that leaves quotes out hides nothing of the withdrawal.
    api("POST", address, {**old, "quotes": False})
    refused = client.post(f"/api/v1{address}", headers=researcher, json=old)
    assert (refused.status_code, refused.json()["errors"]) == (
        422,
        [
            {
                "pointer": "/given_at",
                "detail": "Lies before the withdrawal of quotes at 2026-11-22T09:30:00+00:00. "
                "Leave these out, or ask for consent anew and say when it was given.",
            }
        ],
    )
    assert notes('C "a"', to=session).status_code == 409
    api("POST", address, {**old, "given_at": (at.replace(minute=31)).isoformat()})
    assert notes('C "a"', to=session).status_code == 201


def test_an_old_form_does_not_bring_back_what_a_later_one_leaves_out(
    api, client, researcher, sitting, notes, consent
):
    who, session = sitting("P01", quotes=False, given_at="2026-11-21T12:00:00Z")
    address = f"/api/v1/participants/{who}/consent"
    old = {**consent, "given_at": "2026-11-01T12:00:00Z"}
    refused = client.post(address, headers=researcher, json=old)
    assert (refused.status_code, refused.json()["errors"]) == (
        422,
        [
            {
                "pointer": "/given_at",
                "detail": "Lies before the consent of 2026-11-21T12:00:00+00:00, which leaves out "
                "quotes. Leave these out, or ask for consent anew and say when it was given.",
            }
        ],
    )
    assert notes('C "a"', to=session).status_code == 409
    # With less than the later one has, it stands for what was agreed to: somebody mends a mistake.
    api("POST", f"/participants/{who}/consent", {**old, "quotes": False})
    assert api("GET", f"/participants/{who}")["consent"]["observers"] is False


def test_consent_may_lie_as_far_ahead_as_clocks_differ(client, clock, researcher, met, consent):
    who, _, _ = met
    address = f"/api/v1/participants/{who}/consent"
    for minutes, status in ((5, 201), (6, 422)):
        ahead = clock.now.replace(minute=30 + minutes).isoformat()
        answer = client.post(address, headers=researcher, json={**consent, "given_at": ahead})
        assert answer.status_code == status


def test_what_is_not_agreed_to_cannot_be_withdrawn(client, researcher, met):
    who, _, _ = met
    address = f"/api/v1/participants/{who}/withdrawals"
    body = {"agreements": ["reuse"], "channel": "phone"}
    assert client.post(address, headers=researcher, json=body).status_code == 201
    again = client.post(address, headers=researcher, json=body)
    assert (again.status_code, again.json()["type"]) == (
        409,
        "urn:luiska:problem:nothing-to-withdraw",
    )


def test_recordings_need_consent_of_their_kind_and_go_with_it(api, client, researcher, sitting):
    who, session = sitting("P01", video=False)
    address = f"/sessions/{session}/recordings"
    api("POST", address, {"kind": "audio", "location": "safe 3"})
    refused = client.post(
        f"/api/v1{address}", headers=researcher, json={"kind": "video", "location": "safe 3"}
    )
    assert (refused.status_code, refused.json()["type"]) == (
        409,
        "urn:luiska:problem:consent-missing",
    )
    api("POST", f"/participants/{who}/withdrawals", {"agreements": ["audio"], "channel": "phone"})
    assert api("GET", address)["items"] == []


def test_everything_held_on_a_participant_is_given_out(api, met, client, viewer):
    who, session, barrier = met
    api("PUT", f"/participants/{who}/contact", {"name": "Maija Meikäläinen"})
    held = api("GET", f"/participants/{who}/export")
    assert held["contact"]["name"] == "Maija Meikäläinen"
    assert [each["id"] for each in held["sessions"]] == [session]
    assert [each["barrier_id"] for each in held["links"]] == [barrier]
    assert len(held["observations"]) == 5
    refused = client.get(f"/api/v1/participants/{who}/export", headers=viewer)
    assert refused.status_code == 403


def test_contacts_need_consent_and_are_sealed(api, all_rows, client, researcher, viewer, sitting):
    who, _ = sitting("P01")
    other, _ = sitting("P02", contact=False)
    api("PUT", f"/participants/{who}/contact", {"name": "Maija Meikäläinen", "phone": "040 1"})
    refused = client.put(
        f"/api/v1/participants/{other}/contact", headers=researcher, json={"name": "x"}
    )
    assert refused.status_code == 409
    assert not any("Maija" in rows for rows in all_rows().values())
    assert api("GET", f"/participants/{who}/contact")["phone"] == "040 1"
    read = client.get(f"/api/v1/participants/{who}/contact", headers=viewer)
    assert read.status_code == 403
    api("DELETE", f"/participants/{who}/contact")
    gone = client.get(f"/api/v1/participants/{who}/contact", headers=researcher)
    assert gone.status_code == 404


def test_a_contact_that_comes_while_consent_to_it_is_taken_back_is_refused(app, clock, sitting):
    who, _ = sitting("P01")

    def work_in(store):
        return Work(session=store, actor=Actor(name="x", role=Role.OWNER), now=clock())

    def keep():
        with db.transaction(app.state.engine) as store:
            contact = Contact(name="Maija Virtanen")
            contacts.keep_contact(work_in(store), app.state.vault, who, contact)

    with ThreadPoolExecutor(1) as thread:
        with db.transaction(app.state.engine) as store:
            barriers.withdraw_consent(work_in(store), who, [Agreement.CONTACT], "aloud")
            keeping = thread.submit(keep)
            # As long as the one is not through, the other waits.
            assert not wait([keeping], timeout=0.5).done
        with pytest.raises(Conflict):
            keeping.result(30)


def test_a_name_in_the_vault_is_warned_of_by_its_place(api, sitting, notes):
    who, session = sitting("P01")
    api("PUT", f"/participants/{who}/contact", {"name": "Maija Virtanen"})
    answer = notes("C soitin Virtaselle eilen\nC 131052-308T\nC kaikki hyvin", to=session).json()
    assert [(w["line"], w["column"], w["code"]) for w in answer["warnings"]] == [
        (1, 10, "personal-data"),
        (2, 3, "personal-data"),
    ]
    assert "Virta" not in json.dumps(answer["warnings"])


def test_personal_data_in_a_correction_is_warned_of(api, sitting, notes):
    who, session = sitting("P01")
    api("PUT", f"/participants/{who}/contact", {"name": "Maija Virtanen"})
    [noted] = notes("C soitti", to=session).json()["observations"]
    path = f"/observations/{noted['id']}"
    corrected = api("PATCH", path, {"text": "soitti Virtaselle, 040 123 4567"})
    assert [(w["column"], w["code"]) for w in corrected["warnings"]] == [
        (8, "personal-data"),
        (20, "personal-data"),
    ]
    assert api("GET", path)["warnings"] == corrected["warnings"]
    assert api("PATCH", path, {"text": "soitti jollekulle"})["warnings"] == []


def test_retention_that_has_ended_erases_the_participants_of_the_study(
    api, app, clock, met, study, project
):
    _, _, barrier = met
    api("PATCH", f"/studies/{study}", {"retention_until": "2026-11-30"})

    def expire(now):
        clock.now = now
        with db.transaction(app.state.engine) as store:
            actor = Actor(name="operator", role=Role.OWNER)
            return [
                n for _, n in barriers.expire_studies(Work(session=store, actor=actor, now=now))
            ]

    assert expire(clock.now.replace(day=30, hour=21, minute=59)) == []
    assert expire(clock.now.replace(day=30, hour=22, minute=0)) == [2]
    assert expire(clock.now.replace(day=30, hour=23)) == []
    assert api("GET", f"/studies/{study}/participants")["items"] == []
    assert api("GET", f"/studies/{study}")["expired_at"] is not None
    assert barrier_of(api, project, barrier)["participants"]["met"] == 1
