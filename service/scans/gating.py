"""The gate over stored scans: which evidence it goes by; the verdict itself is a pure function."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlmodel import Session, and_, col, select

from checks import ALGORITHM_VERSION
from service.access import Work
from service.barriers.document import ScanDocument
from service.barriers.gate.baseline import Baseline, baseline_of
from service.barriers.gate.flakes import MOST_VISITS
from service.barriers.gate.judge import Ledger
from service.barriers.gate.judged import judged_by_people
from service.barriers.gate.values import People, Policy, Suppressed, Verdict
from service.barriers.gate.visits import Question, judge_visits
from service.barriers.linking import MET_IN_A_SESSION
from service.barriers.ranked import Entry, read_ledger
from service.barriers.tables import Barrier, BarrierKey, Suppression
from service.errors import Conflict
from service.projects import Project, page_key
from service.scans.stored_document import document_of
from service.scans.tables import Scan
from service.scans.values import ENDED

_WITH_EVIDENCE = ("completed", "incomplete")


@dataclass(frozen=True, kw_only=True)
class Base:
    """What a scan is compared with: a commit and those before it, nearest first, or a branch."""

    shas: tuple[str, ...] = ()
    branch: str | None = None


@dataclass(frozen=True, kw_only=True)
class GateRequest:
    """How a gate is to judge. Without `baseline` the scan of `base` is one, if there is one.

    `again` are the scans that visited some pages again, in their order; each visit may be several
    scans, as the first may. `final_urls` are addresses of pages and where those are meant to end.
    """

    policy: Policy
    baseline: Baseline | None = None
    base: Base = Base()
    again: tuple[tuple[Scan, ...], ...] = ()
    final_urls: Mapping[str, str] = field(default_factory=dict)


def gate_scans(work: Work, scans: Sequence[Scan], request: GateRequest) -> Verdict:
    """The verdict on these scans of one project, as one. The caller has checked who asks.

    Raises `Conflict` for scans that have not ended, or not of one project.
    """
    visits = (tuple(scans), *request.again[: MOST_VISITS - 1])
    everything = [scan for visit in visits for scan in visit]
    if len({scan.project_id for scan in everything}) != 1:
        raise Conflict("These scans are of different projects.")
    for scan in everything:
        if scan.state not in ENDED:
            raise Conflict(f"The scan {scan.id} has not ended; it is {scan.state}.")
    documents = tuple(
        ScanDocument.merged([document_of(work.session, scan) for scan in visit]) for visit in visits
    )
    project = work.session.get_one(Project, scans[0].project_id)
    base = request.base if request.base != Base() else _base_of(scans[0])
    baseline = request.baseline or find_baseline(work.session, project.id, base, everything)
    question = Question(
        policy=request.policy,
        baseline=baseline,
        today=work.now.date(),
        ledger=ledger_of(work, project.id, documents[0]),
        final_urls={
            page_key(project, url): page_key(project, final)
            for url, final in request.final_urls.items()
        },
        remarks=() if baseline is not None else (_without_baseline(base),),
    )
    return judge_visits(documents, question)


def find_baseline(
    session: Session, project_id: str, base: Base, besides: Sequence[Scan] = ()
) -> Baseline | None:
    """What the newest scans of the nearest known commit found, or of a branch; None without any.

    A commit is never compared with itself: a gate that failed would pass when it is run again. Nor
    are scans of a branch whose commits nobody told, for they may be of one.
    """
    own = {scan.sha for scan in besides if scan.sha is not None}
    for sha in (each for each in base.shas if each not in own):
        scans = _scans(session, project_id, besides, Scan.sha == sha)
        if scans:
            return _baseline(session, scans, f"the scan of commit {sha}")
    if base.branch is not None:
        told = and_(col(Scan.sha).is_not(None), col(Scan.sha).not_in(own))
        newest = _scans(session, project_id, besides, and_(Scan.branch == base.branch, told))
        scans = [each for each in newest if each.sha == newest[0].sha]
        if scans:
            return _baseline(session, scans, f"the newest scan of branch {base.branch}")
    return None


def ledger_of(work: Work, project_id: str, document: ScanDocument) -> Ledger:
    """What the ledger says of barriers, as counts: no gate tells who met what."""
    entries = {entry.barrier.id: entry for entry in read_ledger(work.session, project_id, work.now)}
    keys = work.session.exec(
        select(BarrierKey.key, BarrierKey.barrier_id).where(
            BarrierKey.project_id == project_id,
            BarrierKey.algorithm_version == ALGORITHM_VERSION,
        )
    ).all()
    revoked = set(
        work.session.exec(
            select(Suppression.barrier_id)
            .join(Barrier, col(Barrier.id) == Suppression.barrier_id)
            .where(
                Barrier.project_id == project_id,
                Suppression.revoked_because == MET_IN_A_SESSION,
            )
        ).all()
    )
    asked = {page.url for page in document.pages} | {page.key for page in document.pages}
    return Ledger(
        people={
            key: people
            for key, barrier_id in keys
            if (people := _people(entries[barrier_id])) is not None
        },
        suppressions={
            key: suppressed
            for key, barrier_id in keys
            if (suppressed := _suppressed(entries[barrier_id])) is not None
        },
        revoked=frozenset(key for key, barrier_id in keys if barrier_id in revoked),
        only_met=tuple(
            judged_by_people(
                fingerprint=entry.barrier.id,
                title=entry.title(reads_research=False),
                criteria=tuple(entry.barrier.criteria),
                people=people,
            )
            for entry in entries.values()
            if entry.barrier.rule is None
            and entry.status == "open"
            and (people := _people(entry)) is not None
            and people.met
            and (not entry.pages or any(page.url in asked for page in entry.pages))
        ),
    )


def _without_baseline(base: Base) -> str:
    if base == Base():
        return "There is no baseline: everything counts as new."
    named = (
        f"commit {base.shas[0]} or of one before it"
        if base.shas
        else f"branch {base.branch} at another commit"
    )
    return f"No scan of {named} is known: everything counts as new."


def _base_of(scan: Scan) -> Base:
    return Base(shas=() if scan.base_sha is None else (scan.base_sha,))


def _scans(
    session: Session, project_id: str, besides: Sequence[Scan], condition: object
) -> list[Scan]:
    """Ended scans with evidence, newest first."""
    found = session.exec(
        select(Scan)
        .where(
            Scan.project_id == project_id,
            col(Scan.state).in_(_WITH_EVIDENCE),
            col(Scan.id).not_in([scan.id for scan in besides]),
            condition,  # type: ignore[arg-type]
        )
        .order_by(col(Scan.id).desc())
        .limit(20)
    ).all()
    return list(found)


def _baseline(session: Session, scans: Sequence[Scan], source: str) -> Baseline:
    document = ScanDocument.merged([document_of(session, scan) for scan in scans])
    return baseline_of(document, source=source)


def _people(entry: Entry) -> People | None:
    share = entry.evidence.everybody
    return People(met=share.met, exposed=share.exposed)


def _suppressed(entry: Entry) -> Suppressed | None:
    found = entry.suppression
    if found is None:
        return None
    expires: date = found.expires.date()
    return Suppressed(reason=found.reason, owner=found.owner, expires=expires, source="ledger")
