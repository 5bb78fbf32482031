"""`luiska barriers`: the ranked ledger on a terminal."""

from typing import Annotated, Any, Literal

import typer
from rich.markup import escape
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
    for name in ("rank", "evidence", "barrier", "severity", "met", "impact", "pages", "score"):
        is_number = name in {"rank", "pages", "score"}
        table.add_column(
            name,
            justify="right" if is_number else "left",
            overflow="fold",
            no_wrap=name != "barrier",
        )
    for item in items:
        people = item["participants"]
        what = item["rule"] or ", ".join(item["criteria"])
        state = "" if item["status"] == "open" else f" [{item['status']}]"
        table.add_row(
            str(item["rank"]),
            item["evidence"],
            escape(f"{item['title']}{f' ({what})' if what else ''}{state}"),
            item["worst_severity"] or "–",
            f"{people['met']} of {people['exposed']}" if people["exposed"] else "–",
            item["impact"] or "–",
            str(len(item["pages"])),
            f"{item['score']:.1f}",
        )
    return table
