"""The page of a study's results: its pictures, each with its table, and its figures."""

from fastapi import APIRouter, Request, Response

from service import barriers
from service.web import languages
from service.web.deps import PageWork
from service.web.render import render
from service.web.studies import Id, Slug, study_of_project

router = APIRouter(include_in_schema=False)


@router.get("/projects/{slug}/studies/{study_id}/results")
def results_page(request: Request, work: PageWork, slug: Slug, study_id: Id) -> Response:
    """What the report tells, with the pictures and files that the API has.

    A viewer sees no figures of groups that are too small, as in the API.
    """
    # Loaded for this alone: the statistics take a second to load.
    from service.reports.cif.document import cif_document
    from service.reports.pictures.of_study import STUDY_PICTURES

    project, study = study_of_project(work, slug, study_id)
    links = barriers.problems_linked(work.session, study.id)
    language = languages.choose_language(request)
    document = cif_document(work, study, links, language)
    return render(
        request,
        "results.html",
        actor=work.actor,
        project=project,
        study=study,
        measures=document.measures,
        all=document.everybody,
        pictures=list(zip(STUDY_PICTURES, document.pictures, strict=True)),
    )
