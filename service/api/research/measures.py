"""`/studies/{id}/measures`: the statistics of a study."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from service import barriers
from service.access import Permission
from service.api.deps import CurrentWork
from service.api.problem import problems
from service.api.research.values import StudyId
from service.errors import FieldError, Malformed
from service.research import studies
from service.research.results.values import StudyMeasures

router = APIRouter()

_PROPORTION: dict[str, Any] = {
    "n": 10,
    "left_out": [{"reason": "not_run", "count": 2}],
    "confidence": 0.95,
    "source": "Agresti and Coull (1998); Sauro and Lewis (2005)",
    "count": 9,
    "rate": 0.9,
    "interval": {"low": 0.574, "high": 1.0},
    "method": "adjusted-wald",
}
_EXAMPLE = {
    "study_id": "019aa8c5f3e07b1c2d3e4f5061728394",
    "build": None,
    "builds": ["1.4.2", "1.5.0"],
    "threshold": 5,
    "groups": [
        {
            "kind": "all",
            "name": "",
            "suppressed": None,
            "participants": 12,
            "tasks": [
                {
                    "task": 2,
                    "title": "Find a book",
                    "suppressed": None,
                    "completion": {
                        **_PROPORTION,
                        "assisted": {**_PROPORTION, "count": 1, "rate": 0.1, "left_out": []},
                        "outcomes": {"unassisted": 9, "assisted": 1},
                    },
                    "time_on_task": None,
                    "seq": None,
                    "questionnaires": None,
                    "forgotten": 0,
                }
            ],
            "questionnaires": None,
            "problems": None,
            "discovery": None,
        },
        {
            "kind": "technology",
            "name": "screen-reader",
            "suppressed": {"reason": "too_few", "detail": "Figures of so few people …"},
            "participants": None,
            "tasks": [],
        },
    ],
}
_BUILD = Annotated[str, Query(min_length=1, max_length=200)]
TwoBuilds = Annotated[
    _BUILD | None, Query(description="Two builds, the earlier one first: `1.4.2,1.5.0`.")
]


@router.get(
    "/studies/{study_id}/measures",
    operation_id="read_measures",
    summary="The statistics of a study",
    responses={
        200: {"content": {"application/json": {"example": _EXAMPLE}}},
        **problems(401, 403, 404, 422),
    },
)
def read_measures(
    study_id: StudyId,
    work: CurrentWork,
    build: Annotated[_BUILD | None, Query(description="Only sessions on this build.")] = None,
    compare: TwoBuilds = None,
) -> StudyMeasures:
    """Of all, of each segment and of each class of technology; each with n and what is left out.

    The first attempt of a participant at a task counts, if it was run and how it ended is known;
    the others are told as left out. A viewer sees no figures of groups smaller than the study's
    threshold, nor those that would give them away; `suppressed` says so.
    """
    # Loaded for this alone: the statistics take a second to load.
    from service.research.results.of_study import measure

    study = studies.find_study(work, study_id, Permission.READ_RESEARCH)
    links = barriers.problems_linked(work.session, study.id)
    return measure(work, study, links, build=build, compared=two_builds(compare))


def two_builds(compare: str | None) -> tuple[str, str] | None:
    """The builds that `compare` names. Raises `Malformed`."""
    if compare is None:
        return None
    before, comma, after = (part.strip() for part in compare.partition(","))
    if not (before and comma and after) or before == after or "," in after:
        detail = "Name two different builds with a comma between them, the earlier one first."
        wrong = FieldError(pointer="/query/compare", detail=detail)
        raise Malformed("These are not two builds.", errors=(wrong,))
    return before, after
