"""Notes as text: what is stored of each line, and what carries over to the next submission."""

SAMPLE = """\
# S-014 P03 obs=MK at="NVDA/Firefox" build=1.4.2
@https://library.example/haku
T2 >
02:15 X !3 "En löydä hakunappia" #haku =#search-button ^2.4.7
02:40 ?? P: selaa alas, palaa
03:05 A M: vihje valikosta

~ luulee logoa painikkeeksi
05:10 T2 = assisted SEQ 3
"""


def test_the_notes_of_a_session_become_its_observations(client, researcher, session, study, notes):
    answer = notes(SAMPLE)
    assert answer.status_code == 201
    made = answer.json()
    assert made["session_id"] == session
    assert made["warnings"] == []
    assert made["stored"] == {
        "header": 1,
        "page": 1,
        "task_start": 1,
        "observation": 4,
        "blank": 1,
        "task_end": 1,
    }
    tasks = client.get(f"/api/v1/studies/{study}/tasks", headers=researcher).json()["items"]
    first, *others = made["observations"]
    assert first == {
        "id": first["id"],
        "session_id": session,
        "participant_id": first["participant_id"],
        "submission_id": made["submission_id"],
        "ordinal": 3,
        "line": 4,
        "kind": "observation",
        "raw": '02:15 X !3 "En löydä hakunappia" #haku =#search-button ^2.4.7\n',
        "raw_base64": None,
        "created_at": "2026-11-22T09:30:00Z",
        "version": 1,
        "text": '"En löydä hakunappia"',
        "quotes": ["En löydä hakunappia"],
        "code": "problem",
        "severity": "major",
        "actor": None,
        "offset_ms": 135_000,
        "time_inherited": False,
        "task": 2,
        "task_id": tasks[1]["id"],
        "page_id": tasks[1]["page_id"],
        "url": "https://library.example/haku",
        "selector": "#search-button",
        "criterion": "2.4.7",
        "rule": None,
        "tags": ["haku"],
        "refers_to_id": None,
        "warnings": [],
        "written_by": "MK",
        "written_at": "2026-11-22T09:30:00Z",
        "history": None,
    }
    assert [(each["code"], each["actor"], each["offset_ms"]) for each in others] == [
        ("confusion", "participant", 160_000),
        ("assisted", "moderator", 185_000),
        ("interpretation", None, 185_000),
    ]
    assert [each["time_inherited"] for each in others] == [False, False, True]
    read = client.get(f"/api/v1/sessions/{session}", headers=researcher).json()
    assert read["build"] == "1.4.2"
    [attempt] = read["attempts"]
    assert attempt == {
        "id": attempt["id"],
        "task": 2,
        "task_id": tasks[1]["id"],
        "outcome": "assisted",
        "started_offset_ms": None,
        "ended_offset_ms": 310_000,
        "seq": 3,
        "assists": None,
        "errors": None,
    }


def test_every_line_is_kept_byte_for_byte(notes, observations):
    sent = b"# S-014 P03\r\n\r\nX \xff\xfe rikki\r\n  jatkuu\n\t \nC viimeinen"
    assert notes(sent).status_code == 201
    entries = observations(kinds="all")
    assert [entry["kind"] for entry in entries] == [
        "header",
        "blank",
        "observation",
        "blank",
        "observation",
    ]
    assert [entry["line"] for entry in entries] == [1, 2, 3, 5, 6]
    assert entries[2]["raw_base64"] == "WCD//iByaWtraQ0KICBqYXRrdXUK"
    assert entries[2]["text"] == "\ufffd\ufffd rikki jatkuu"
    assert [warning["code"] for warning in entries[2]["warnings"]] == ["not-utf8"]
    assert [entries[n]["raw"] for n in (0, 1, 3, 4)] == [
        "# S-014 P03\r\n",
        "\r\n",
        "\t \n",
        "C viimeinen",
    ]
    assert [entry["version"] for entry in entries] == [None, None, 1, None, 1]


def test_a_nul_in_a_line_of_text_is_kept(notes, observations):
    assert notes(b"X a\x00b").status_code == 201
    [entry] = observations()
    assert (entry["text"], entry["raw"]) == ("a\ufffdb", "X a\x00b")


def test_page_task_time_and_problems_carry_over_to_the_next_submission(notes, observations):
    assert notes("@/haku\nT2 >\n02:15 X !3 nappi #haku\n").status_code == 201
    assert notes("D taas #haku\n").status_code == 201
    first, second = observations()
    assert (second["task"], second["url"], second["page_id"]) == (2, "/haku", first["page_id"])
    assert (second["offset_ms"], second["time_inherited"]) == (135_000, True)
    assert (second["code"], second["refers_to_id"]) == ("same_problem", first["id"])
    notes("T2 = failed\nC jälkeen")
    assert observations()[-1]["task"] is None


def test_a_problem_repeats_the_latest_one_with_its_tag(notes):
    made = notes("X a #haku\nX b #tilaus\nD c #haku\nD d\nD e #muu\n").json()["observations"]
    ids = [each["id"] for each in made]
    assert [each["refers_to_id"] for each in made] == [None, None, ids[0], ids[1], ids[1]]


def test_a_repeat_before_any_problem_is_a_problem_with_a_warning(notes):
    made = notes("D taas").json()
    assert made["observations"][0]["code"] == "problem"
    assert [(w["line"], w["code"]) for w in made["warnings"]] == [(1, "no-earlier-problem")]


def test_live_lines_without_a_time_happened_when_they_arrived(clock, notes):
    clock.advance(minutes=4, seconds=5)
    live = notes("X nyt\n01:00 C aiemmin\nC taas nyt", live=True).json()["observations"]
    assert [(o["offset_ms"], o["time_inherited"]) for o in live] == [
        (245_000, False),
        (60_000, False),
        (245_000, False),
    ]
    later = notes("C jälkikäteen").json()["observations"]
    assert [(o["offset_ms"], o["time_inherited"]) for o in later] == [(245_000, True)]


def test_notes_that_arrive_days_later_are_not_live(clock, notes):
    clock.advance(days=5)
    made = notes("X nyt", live=True).json()
    assert [o["offset_ms"] for o in made["observations"]] == [None]
    assert [warning["code"] for warning in made["warnings"]] == ["not-live"]


def test_wall_clock_is_read_in_the_time_zone_of_the_study(notes):
    made = notes("@11:32 X kaksi minuuttia\n@11:29 C ennen alkua\n@00:10 C liian myöhään").json()
    assert [o["offset_ms"] for o in made["observations"]] == [120_000, None, None]
    assert [(w["line"], w["code"]) for w in made["warnings"]] == [
        (2, "before-session-start"),
        (3, "before-session-start"),
    ]


def test_an_unknown_task_keeps_the_observation_and_warns(client, researcher, session, notes):
    made = notes("T9 >\nX outo\n").json()
    assert [o["task"] for o in made["observations"]] == [None]
    assert [(w["line"], w["code"]) for w in made["warnings"]] == [(1, "unknown-task")]
    read = client.get(f"/api/v1/sessions/{session}", headers=researcher).json()
    assert read["attempts"] == []


def test_attempts_follow_the_starts_and_ends_of_tasks(client, researcher, session, notes):
    made = notes(
        "01:00 T1 >\n02:00 T1 >\n03:00 T1 = failed\n04:00 T2 = gave_up SEQ 1\n"
        "05:00 T1 >\n06:00 T1 = thinks_finished\n07:00 T1 = unassisted SEQ 6\n"
    ).json()
    codes = [(w["line"], w["code"]) for w in made["warnings"]]
    assert codes == [
        (2, "task-already-running"),
        (4, "task-not-running"),
        (7, "task-not-running"),
        (7, "outcome-replaced"),
    ]
    read = client.get(f"/api/v1/sessions/{session}", headers=researcher).json()
    assert [
        (a["task"], a["outcome"], a["started_offset_ms"], a["ended_offset_ms"], a["seq"])
        for a in read["attempts"]
    ] == [
        (1, "failed", 60_000, 180_000, None),
        (2, "gave_up", None, 240_000, 1),
        (1, "unassisted", 300_000, 420_000, 6),
    ]


def test_an_attempt_is_ended_by_a_later_submission(client, researcher, session, notes):
    notes("01:00 T1 >")
    running = client.get(f"/api/v1/sessions/{session}", headers=researcher).json()["attempts"]
    assert [(a["task"], a["outcome"]) for a in running] == [(1, None)]
    assert notes("03:00 T1 = unassisted").json()["warnings"] == []
    [ended] = client.get(f"/api/v1/sessions/{session}", headers=researcher).json()["attempts"]
    assert ended == {
        **running[0],
        "outcome": "unassisted",
        "ended_offset_ms": 180_000,
    }


def test_an_address_that_is_no_page_is_kept_with_a_warning(notes):
    made = notes("X a @mailto:x@y.example\nX b @http://[\nX c @/haku\n").json()
    assert [o["url"] for o in made["observations"]] == [
        "mailto:x@y.example",
        "http://[",
        "/haku",
    ]
    assert [o["page_id"] is None for o in made["observations"]] == [True, True, False]
    assert [w["line"] for w in made["warnings"] if w["code"] == "no-page"] == [1, 2]


def test_a_repeated_submission_is_stored_once(client, notes, observations):
    headers = {"Idempotency-Key": "notes-1"}
    first = notes("X a\nC b", headers=headers)
    second = notes("X a\nC b", headers=headers)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second.headers["Idempotency-Replayed"] == "true"
    assert [o["text"] for o in observations()] == ["a", "b"]
    other = notes("X other", headers=headers)
    assert other.json()["type"] == "urn:luiska:problem:idempotency-key-reused"


def test_nothing_and_other_kinds_of_bodies_are_refused(client, researcher, session, notes):
    assert notes("").status_code == 422
    for content_type in ("application/x-www-form-urlencoded", "text/plain; charset=latin-1"):
        refused = notes("X a", headers={"Content-Type": content_type})
        assert refused.status_code == 422
        assert [e["pointer"] for e in refused.json()["errors"]] == ["/header/Content-Type"]


def test_observations_are_paged_in_the_order_of_the_lines(client, researcher, session, notes):
    for part in range(3):
        notes("".join(f"C {part}-{n}\n" for n in range(5)))
    address, texts, after = f"/api/v1/sessions/{session}/observations", [], {}
    while True:
        page = client.get(address, headers=researcher, params={"limit": 4, **after}).json()
        texts += [o["text"] for o in page["items"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert texts == [f"{part}-{n}" for part in range(3) for n in range(5)]


def test_observations_are_filtered_by_code_and_task(notes, observations):
    notes("X a\nT1 >\nX b\nC c\nT1 = failed\nX d")
    assert [o["text"] for o in observations(code="problem")] == ["a", "b", "d"]
    assert [o["text"] for o in observations(task=1)] == ["b", "c"]
    assert [o["text"] for o in observations(task=1, code="problem")] == ["b"]
