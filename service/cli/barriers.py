"""`luiska barriers`: the ranked ledger on a terminal."""

from typing import Annotated, Any, Literal

import typer
from rich.table import Table

from service.access import Permission
from service.api.barrier_models import BarrierAnswer
from service.barriers import read_ledger
from service.cli.client import ServerClient
from service.cli.console import (
    Output,
    Project,
    Server,
    ServerToken,
    find_project,
    give_json,
    give_table,
    local_work,
    opened_store,
    refuse_bad_output,
)
from service.config import Settings


def barriers(
    project: Project = "default",
    report_format: Annotated[Literal["table", "json"], typer.Option("--format")] = "table",
    output: Output = None,
    server: Server = None,
    token: ServerToken = None,
) -> None:
    """Print the barriers of a project, ranked by both kinds of evidence."""
    refuse_bad_output(output)
    if server is not None:
        with ServerClient(server, token) as client:
            items = list(client.every(f"/projects/{project}/barriers"))
    else:
        items = _stored(project)
    if report_format == "json":
        give_json(items, output)
    else:
        give_table(table_of(items), output)


def _stored(project: str) -> list[dict[str, Any]]:
    with opened_store(Settings()) as engine, local_work(engine) as work:
        found = find_project(work, project, Permission.READ)
        return [
            BarrierAnswer.of(entry, reads_research=True).model_dump(mode="json")
            for entry in read_ledger(work.session, found.id, work.now)
        ]


def table_of(items: list[dict[str, Any]]) -> Table:
    """The ledger as a table; each item is a barrier as the API answers it."""
    table = Table(title="Barriers, ranked", title_justify="left")
    for name in ("rank", "evidence", "barrier", "rule", "severity", "met", "tasks", "impact"):
        table.add_column(name, overflow="fold")
    for name in ("pages", "instances", "score"):
        table.add_column(name, justify="right")
    table.add_column("status")
    for item in items:
        people = item["participants"]
        table.add_row(
            str(item["rank"]),
            item["evidence"],
            item["title"],
            item["rule"] or ", ".join(item["criteria"]) or "–",
            item["worst_severity"] or "–",
            f"{people['met']} of {people['exposed']}" if people["exposed"] else "–",
            str(item["tasks_hit"] or "–"),
            item["impact"] or "–",
            str(len(item["pages"])),
            str(item["instances"] or "–"),
            f"{item['score']:.1f}",
            item["status"],
        )
    return table
