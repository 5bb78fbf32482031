"""Answers of `/projects/{id}/pages`."""

from typing import Self

from pydantic import Field

from service.api.scan_models import FindingAnswer, VisitAnswer
from service.api.values import Answer, Time
from service.scans.page_view import ObservedHere, PageView


class PageAnswer(Answer):
    """A page of a project."""

    id: str
    url: str
    title: str | None
    key: str = Field(description="Its identity in the project: path and normalised query.")
    first_seen_at: Time


class ObservedAnswer(Answer):
    """An observation made on the page."""

    id: str
    session_id: str
    participant: str = Field(description="The pseudonym.")
    code: str
    severity: str | None
    text: str
    selector: str | None
    criterion: str | None
    rule: str | None
    tags: list[str]
    task_id: str | None
    offset_ms: int | None
    barrier_ids: list[str]

    @classmethod
    def of(cls, here: ObservedHere) -> Self:
        return cls.model_validate(
            {
                **here.reading.model_dump(),
                "id": here.observation.id,
                "session_id": here.observation.session_id,
                "participant": here.pseudonym,
                "barrier_ids": list(here.barrier_ids),
            }
        )


class PageEvidenceAnswer(PageAnswer):
    """One page with what machines found and what people met, side by side."""

    visits: list[VisitAnswer] = Field(description="The latest examined one of each viewport.")
    findings: list[FindingAnswer]
    observations: list[ObservedAnswer] | None = Field(
        description="Null for those who may not read research; `observed` counts them."
    )
    observed: int

    @classmethod
    def of_view(cls, view: PageView) -> Self:
        by_id = {visit.id: visit for visit in view.visits}
        return cls(
            **PageAnswer.model_validate(view.page).model_dump(),
            visits=[VisitAnswer.of(visit) for visit in view.visits],
            findings=[
                FindingAnswer.of(
                    row, view.page.id, by_id[row.visit_id].url, by_id[row.visit_id].viewport
                )
                for row in view.findings
            ],
            observations=None
            if view.observations is None
            else [ObservedAnswer.of(each) for each in view.observations],
            observed=view.observed,
        )
