"""The HTTP API keeps to its own OpenAPI document, whatever is sent: valid, invalid, to ids that
exist and to ids that do not. Seen over real HTTP, on both databases, with an owner's token.
"""

import requests
import schemathesis
from application import listening
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from service import db
from service.access import Actor, Role, Work, tokens
from service.browser import PagePicture, Picture
from service.scans.pictures import keep_page_picture, keep_pictures


def no_fault_of_ours(context, response, case):
    """As `not_a_server_error`, but a busy machine may lack a browser: a 503 that is described."""
    if response.status_code == 503 and "503" in case.operation.definition.raw["responses"]:
        return None
    return not_a_server_error(context, response, case)


CHECKS = [
    no_fault_of_ours,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# Doing these to what is known would leave nothing to reach.
SPARED = {
    ("delete", "project_id"),
    ("delete", "participant_id"),
    ("delete", "code_id"),
    ("delete", "response_id"),
    ("post", "participant_id"),
    ("post", "/api/v1/observations/{observation_id}/redaction"),
}
# A stream that stays open until its scan ends; tests of the API read it event by event.
STREAMS = {"follow_scan", "follow_session"}
EXAMPLES = {"sqlite": 6, "postgresql": 2}
CONSENT = {
    "notes": True, "quotes": True, "recording": True, "contact": True, "text_version": "1",
    "language": "fi", "given_at": "2026-11-01T09:00:00Z", "channel": "paper",
}  # fmt: skip


def known_ids(api, headers):
    """One thing of every kind, by the name of its path parameter or body field."""

    def made(path, body):
        answer = requests.post(f"{api}/api/v1{path}", json=body, headers=headers, timeout=10)
        assert answer.status_code in (201, 202), answer.text
        return answer.json()

    ids = {"project_id": made("/projects", {"name": "Library"})["id"]}
    project = f"/projects/{ids['project_id']}"
    ids["token_id"] = made(f"{project}/tokens", {"name": "t", "role": "ci"})["id"]
    ids["ending"] = "sarif"
    ids["scan_id"] = made(f"{project}/scans", {"urls": ["https://library.example/"]})["id"]
    pages = requests.get(f"{api}/api/v1{project}/pages", headers=headers, timeout=10).json()
    ids["page_id"] = pages["items"][0]["id"]
    ids["barrier_id"] = made(f"{project}/barriers", {"title": "Focus", "criteria": ["2.4.7"]})["id"]
    ids["study_id"] = made(f"{project}/studies", {"name": "S", "goal": "See"})["id"]
    study = f"/studies/{ids['study_id']}"
    ids["task_id"] = made(f"{study}/tasks", {"number": 1, "title": "Find it"})["id"]
    participant = {"pseudonym": "P01", "technology": "screen_reader", "consent": CONSENT}
    ids["participant_id"] = made(f"{study}/participants", participant)["id"]
    session = {"participant_id": ids["participant_id"], "moderator": "Aino"}
    ids["session_id"] = made(f"{study}/sessions", session)["id"]
    notes = {"observations": [{"text": "Sees no focus", "code": "problem", "severity": "major"}]}
    made_notes = made(f"/sessions/{ids['session_id']}/notes", notes)
    ids["observation_id"] = made_notes["observations"][0]["id"]
    made(f"/observations/{ids['observation_id']}/links", {"barrier_id": ids["barrier_id"]})
    answered = {"instrument": "umux-lite", "items": [6, 7]}
    ids["response_id"] = made(f"/sessions/{ids['session_id']}/questionnaires", answered)["id"]
    ids["code_id"] = made(f"{study}/codes", {"name": "Search", "tag": "haku"})["id"]
    sent = {"data": "text\nSees no focus\n", "headers": {**headers, "Content-Type": "text/csv"}}
    address = f"{api}/api/v1/sessions/{ids['session_id']}/import"
    ids["import_id"] = requests.post(address, **sent, timeout=10).json()["id"]
    contact = f"{api}/api/v1/participants/{ids['participant_id']}/contact"
    assert requests.put(contact, json={"name": "A"}, headers=headers, timeout=10).ok
    return ids


def pictured(engine, ids):
    """Pictures of the scan's first page and of an element of it."""
    visit_id = f"{ids['scan_id']}-000000"
    with db.transaction(engine) as session:
        page = PagePicture(content=b"RIFF", width=1280, height=1024, is_cut=False)
        keep_page_picture(session, visit_id, page)
        keep_pictures(session, visit_id, [Picture(selector="#known", content=b"RIFF")])
    return {"visit_id": visit_id, "selector": "#known"}


def with_known(case, ids):
    """The case with ids that exist wherever it names one."""
    for name in (case.query or {}).keys() & ids.keys():
        case.query[name] = ids[name]
    for name in case.path_parameters or {}:
        method, path = case.operation.method, case.operation.path
        if name in ids and not {(method, name), (method, path)} & SPARED:
            case.path_parameters[name] = ids[name]
    if isinstance(case.body, dict):
        case.body |= {name: ids[name] for name in case.body.keys() & ids.keys()}
    return case


def faults_of(operation, address, headers, ids, examples):
    """What this operation answered against its own description."""
    statuses, broken = set(), []
    cases = st.one_of(
        operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
        operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
    )

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases, known=st.sampled_from([True, True, False]))
    def keeps_its_word(case, known):
        if known:
            case = with_known(case, ids)
        response = case.call(base_url=address, headers=headers, timeout=20)
        statuses.add(response.status_code)
        broken.extend([response.text] if response.status_code >= 500 else [])
        case.validate_response(response, checks=CHECKS)

    try:
        keeps_its_word()
    except (FailureGroup, ExceptionGroup) as group:
        return [*(str(each) for each in group.exceptions), *broken], statuses
    return [], statuses


def test_every_operation_answers_what_its_description_says(app, database_url, clock):
    examples = EXAMPLES["postgresql" if database_url.startswith("postgresql") else "sqlite"]
    schema = schemathesis.openapi.from_dict(app.openapi())
    faults, seen = {}, {}
    with listening(app) as address:
        with db.transaction(app.state.engine) as session:
            work = Work(session=session, actor=Actor(name="t", role=Role.OWNER), now=clock())
            _, secret = tokens.create_token(work, "owner", Role.OWNER, None)
        headers = {"Authorization": f"Bearer {secret}"}
        ids = known_ids(address, headers)
        ids |= pictured(app.state.engine, ids)
        for result in schema.get_all_operations():
            operation = result.ok()
            name = operation.definition.raw["operationId"]
            if name in STREAMS:
                continue
            faults[name], seen[name] = faults_of(operation, address, headers, ids, examples)
    assert {name: told for name, told in faults.items() if told} == {}
    assert len(seen) + len(STREAMS) == sum(map(len, app.openapi()["paths"].values()))
    # Not refusals alone: deep operations were reached.
    succeeded = {name for name, statuses in seen.items() if statuses & {200, 201, 202, 204}}
    reads = {name for name in seen if name.startswith(("read_", "list_", "suggest_"))}
    assert reads - succeeded == set()
