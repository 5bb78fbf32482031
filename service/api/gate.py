"""`/scans/{id}/gate`: the verdict on a scan, by the same pure function as on the command line."""

from typing import Annotated

from fastapi import APIRouter, Query

from service import scans
from service.access import Work
from service.api.deps import CurrentWork
from service.api.gate_models import GateBody, GateQuery, VerdictAnswer
from service.api.problem import problems
from service.api.scans import ScanId
from service.barriers.gate.baseline import BadBaseline, Baseline, read_baseline
from service.barriers.gate.policy import GateWords, PolicyWords
from service.barriers.gate.values import Verdict
from service.errors import FieldError, Malformed
from service.projects import Project, page_key
from service.reports.verdict import gate_json
from service.scans import Scan
from service.scans.gating import Base, GateRequest, gate_scans

router = APIRouter(tags=["gate"])


@router.get(
    "/scans/{scan_id}/gate",
    operation_id="read_gate",
    summary="What the gate says of a scan",
    responses=problems(401, 404, 409, 422),
)
def read_gate(
    scan_id: ScanId,
    work: CurrentWork,
    query: Annotated[GateQuery, Query()],
) -> VerdictAnswer:
    """By the project's policy, as far as the query says nothing else. 409 while the scan runs."""
    scan = scans.find_scan(work, scan_id)
    words = _policy_of(work, scan.project_id)
    given = query.model_dump(exclude={"base_sha", "branch"}, exclude_none=True)
    gate = GateWords.model_validate({**words.gate.model_dump(), **given})
    request = GateRequest(
        policy=words.model_copy(update={"gate": gate}).to_policy(),
        base=Base(shas=() if query.base_sha is None else (query.base_sha,), branch=query.branch),
    )
    return VerdictAnswer.of(gate_json(gate_scans(work, (scan,), request)))


def gate_of(work: Work, scan: Scan) -> Verdict:
    """The verdict on a scan by its project's policy. Raises `Conflict` while it runs."""
    policy = _policy_of(work, scan.project_id).to_policy()
    return gate_scans(work, (scan,), GateRequest(policy=policy))


@router.post(
    "/scans/{scan_id}/gate",
    operation_id="judge_scan",
    summary="Judge a scan by a policy",
    responses=problems(401, 404, 409, 413, 422),
)
def judge_scan(scan_id: ScanId, body: GateBody, work: CurrentWork) -> VerdictAnswer:
    """Keeps nothing; ask as often as you like. 409 while one of the scans runs."""
    scan = scans.find_scan(work, scan_id)
    words = body.words() or _policy_of(work, scan.project_id)
    _refuse_bad_addresses(work, scan.project_id, body)
    request = GateRequest(
        policy=words.to_policy(),
        baseline=_baseline(body),
        base=Base(shas=tuple(body.base_shas), branch=body.branch),
        again=tuple(tuple(scans.find_scan(work, each) for each in visit) for visit in body.again),
        final_urls=dict(body.final_urls),
    )
    first = (scan, *(scans.find_scan(work, each) for each in body.also))
    return VerdictAnswer.of(gate_json(gate_scans(work, first, request)))


def _policy_of(work: Work, project_id: str) -> PolicyWords:
    kept = work.session.get_one(Project, project_id).policy
    return PolicyWords() if kept is None else PolicyWords.model_validate(kept)


def _baseline(body: GateBody) -> Baseline | None:
    if body.baseline is None:
        return None
    try:
        return read_baseline(body.baseline.text, name=body.baseline.name)
    except BadBaseline as error:
        detail = str(error)
        raise Malformed(
            detail, errors=(FieldError(pointer="/baseline/text", detail=detail),)
        ) from error


def _refuse_bad_addresses(work: Work, project_id: str, body: GateBody) -> None:
    project = work.session.get_one(Project, project_id)
    for url, final in body.final_urls.items():
        for address in (url, final):
            try:
                page_key(project, address)
            except ValueError as error:
                detail = f"{address} is no address: {error}."
                raise Malformed(
                    detail, errors=(FieldError(pointer="/final_urls", detail=detail),)
                ) from error
