"""The whole question to a gate, and its answer from one to three visits of the pages. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from service.barriers.document import ScanDocument
from service.barriers.gate.baseline import Baseline
from service.barriers.gate.flakes import Breaking, weigh
from service.barriers.gate.judge import Ledger, judge
from service.barriers.gate.values import Policy, Verdict


@dataclass(frozen=True, kw_only=True)
class Question:
    """By what a scan is judged; see `judge`."""

    policy: Policy
    baseline: Baseline | None
    today: date
    ledger: Ledger | None = None
    final_urls: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


def judge_visits(visits: Sequence[ScanDocument], question: Question) -> Verdict:
    """The verdict on the first visit as the later ones correct it.

    While `Verdict.visit_again` names pages, the word is not the last one: those are to be visited
    once more, and asked about again. Raises `NeedsLedger`.
    """

    def breaking(document: ScanDocument) -> frozenset[Breaking]:
        return frozenset(
            Breaking(
                place=(each.key, each.viewport, each.page_state),
                rule=judged.rule,
                fingerprint=judged.fingerprint,
                element=each.instance_key,
            )
            for judged in _judged(document, question).breaking
            if judged.rule is not None
            for each in judged.instances
            if each.message or each.html
        )

    corrected, doubt = weigh(visits, breaking)
    verdict = judge(
        corrected,
        question.baseline,
        question.policy,
        today=question.today,
        ledger=question.ledger,
        doubt=doubt,
        final_urls=question.final_urls,
    )
    return replace(verdict, remarks=(*question.remarks, *verdict.remarks))


def _judged(document: ScanDocument, question: Question) -> Verdict:
    return judge(
        document,
        question.baseline,
        question.policy,
        today=question.today,
        ledger=question.ledger,
        final_urls=question.final_urls,
    )
