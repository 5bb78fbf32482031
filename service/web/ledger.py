"""The ledger's page: the ranked barriers of a project as a table."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from service import barriers
from service.access import Permission, projects
from service.web.deps import PageWork
from service.web.render import render

router = APIRouter(include_in_schema=False)

_MOST_SHOWN = 500


@router.get("/projects/{slug}/barriers")
def ledger_page(
    request: Request,
    work: PageWork,
    slug: Annotated[str, Path(min_length=1, max_length=64)],
) -> Response:
    """Open barriers first; closed ones follow. The API has all of a ledger longer than this."""
    project = projects.find_project(work, slug, Permission.READ)
    entries = barriers.read_ledger(work.session, project.id, work.now)
    return render(
        request,
        "ledger.html",
        actor=work.actor,
        project=project,
        reads_research=work.actor.may(Permission.READ_RESEARCH),
        entries=entries[:_MOST_SHOWN],
        total=len(entries),
        open_count=sum(entry.status == "open" for entry in entries),
    )
