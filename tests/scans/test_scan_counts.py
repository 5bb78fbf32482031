"""What a list of scans costs: the same few queries, however many scans it has."""

import sqlalchemy as sa
from fake_fleet import unreachable


def queries_of(app, call) -> int:
    told = []
    engine = app.state.engine

    def note(_connection, _cursor, statement, *_):
        told.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        call()
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    return sum(statement.lstrip().startswith("SELECT") for statement in told)


def test_a_list_of_scans_takes_as_many_queries_for_many_as_for_one(app, running, fleet):
    fleet.pages["/off"] = unreachable
    address = f"/projects/{running.project_id}/scans"
    first = running.scan("/a", "/off")
    running.ended(first)
    for_one = queries_of(app, lambda: running.get(address))
    others = [running.scan("/a"), running.scan("/a", "/b"), running.scan("/off")]
    for each in others:
        running.ended(each)
    assert queries_of(app, lambda: running.get(address)) == for_one
    listed = running.get(address)["items"]
    assert [scan["id"] for scan in listed] == [*reversed(others), first]
    assert listed == [running.get(f"/scans/{scan['id']}") for scan in listed]
    assert [(scan["pages"]["examined"], scan["pages"]["failed"]) for scan in listed] == [
        (0, 1), (2, 0), (1, 0), (1, 1),
    ]  # fmt: skip
    assert [scan["counts"]["passed"] for scan in listed] == [0, 6, 3, 3]
    assert [scan["counts"]["inapplicable"] for scan in listed] == [0, 2, 1, 1]
    assert [scan["result"] for scan in listed] == ["error", "fail", "fail", "fail"]
