"""The verdict on a scan by a policy, against a baseline and beside the ledger. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from checks import Impact
from service.barriers.document import FindingDocument, ScanDocument
from service.barriers.gate.baseline import Baseline, is_gated
from service.barriers.gate.budgets import is_met, within_budgets
from service.barriers.gate.covering import Cover, covers_of
from service.barriers.gate.gone import Gone
from service.barriers.gate.judged import judged_of, sorted_by_weight
from service.barriers.gate.matching import Found, Match, Recognised, recognise
from service.barriers.gate.truth import PARTIAL, not_examined
from service.barriers.gate.values import (
    Flakes,
    Judged,
    NotExamined,
    People,
    Policy,
    Suppressed,
    Verdict,
)
from service.barriers.gate.wording import told_people, word_of


class NeedsLedger(ValueError):
    """The policy asks what people met, and there is no ledger to tell."""


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """What a gate takes from the ledger, by fingerprint: counts of people and suppressions.

    `only_met` are open barriers that people met and no check found, on the pages of the scan or on
    none; `revoked` are those whose suppression ended because people met them.
    """

    people: Mapping[str, People] = field(default_factory=dict)
    suppressions: Mapping[str, Suppressed] = field(default_factory=dict)
    revoked: frozenset[str] = frozenset()
    only_met: tuple[Judged, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """What visiting again left open: (fingerprint, element) pairs, and what it showed in all."""

    elements: frozenset[tuple[str, str]] = frozenset()
    flakes: Flakes = field(default_factory=lambda: Flakes(visited_again=0, differed=0, undecided=0))
    visit_again: tuple[str, ...] = ()


def judge(
    report: ScanDocument,
    baseline: Baseline | None,
    policy: Policy,
    *,
    today: date,
    ledger: Ledger | None = None,
    doubt: Doubt | None = None,
    final_urls: Mapping[str, str] | None = None,
) -> Verdict:
    """What the policy says of a scan. `final_urls` are the pages where others are meant to end.

    Without a baseline every barrier is new. Raises `NeedsLedger`.
    """
    if policy.witnessed and ledger is None:
        raise NeedsLedger("witnessed = true needs a ledger")
    return _Judgement(
        report=report,
        baseline=baseline,
        policy=policy,
        today=today,
        ledger=ledger,
        doubt=doubt or Doubt(),
        missing=not_examined(report, final_urls or {}),
    ).verdict()


_Wanted = Callable[[FindingDocument], bool]


@dataclass(frozen=True, kw_only=True)
class _Judgement:
    report: ScanDocument
    baseline: Baseline | None
    policy: Policy
    today: date
    ledger: Ledger | None
    doubt: Doubt
    missing: tuple[NotExamined, ...]

    def verdict(self) -> Verdict:
        found = self._found(self._counts)
        covers, uncovered, remarks = covers_of(found, self.policy, self.today, self._people())
        recognised = self._recognise(found)
        new, existing = self._judged(uncovered, found, recognised)
        by_ledger = [each for each in (*new, *existing) if each.suppressed is not None]
        new, existing, budgets = within_budgets(
            [each for each in new if each.suppressed is None],
            [each for each in existing if each.suppressed is None],
            self.policy,
        )
        gone = self._gone(recognised)
        verdict = Verdict(
            verdict="pass",
            new=sorted_by_weight(new),
            existing=sorted_by_weight([*existing, *gone.unlooked(), *self._only_met()]),
            fixed=gone.fixed(),
            needs_review=sorted_by_weight(self._grouped_plain(self._found(_is_open))),
            suppressed=sorted_by_weight([*self._suppressed(covers), *by_ledger]),
            unstable=sorted_by_weight(self._grouped_plain(filter(self._is_doubted, uncovered))),
            not_examined=self.missing,
            expected=len(self.report.pages),
            examined=len(self.report.pages) - len(self.missing),
            remarks=(*remarks, *budgets, *self._remarks()),
            baseline=None if self.baseline is None else self.baseline.source,
            flakes=self.doubt.flakes,
            visit_again=self.doubt.visit_again,
        )
        word, reasons = word_of(verdict, self.policy)
        return replace(verdict, verdict=word, reasons=reasons)

    def _judged(
        self, uncovered: Iterable[Found], found: Sequence[Found], recognised: Recognised
    ) -> tuple[list[Judged], list[Judged]]:
        """What is new and what is known, of all that no suppression covers and no visit doubts."""
        index_of = {id(each): index for index, each in enumerate(found)}
        new: list[tuple[Found, Match | None]] = []
        known: list[tuple[Found, Match | None]] = []
        for each in uncovered:
            if not self._is_doubted(each):
                match = recognised.known.get(index_of[id(each)])
                (new if match is None else known).append((each, match))
        fail_on = self.policy.fail_on
        return (
            [self._told(each, fail_on in ("new", "any")) for each in self._grouped(new)],
            [self._told(each, fail_on == "any") for each in self._grouped(known)],
        )

    def _people(self) -> Mapping[str, People]:
        return {} if self.ledger is None else self.ledger.people

    def _found(self, wanted: _Wanted) -> list[Found]:
        """The findings on pages that are the ones meant."""
        wrong = {
            (each.url, each.viewport, each.page_state)
            for each in self.missing
            if each.error != PARTIAL
        }
        return [
            Found(page=page, finding=finding)
            for page in self.report.pages
            if (page.url, page.viewport, page.page_state) not in wrong
            for finding in page.findings
            if wanted(finding)
        ]

    def _counts(self, finding: FindingDocument) -> bool:
        """What the standard asks for, and whatever people met where that counts."""
        if is_gated(finding):
            return True
        people = self._people().get(finding.fingerprint)
        is_met = people is not None and people.met > 0
        return self.policy.witnessed and is_met and finding.outcome == "failed"

    def _is_doubted(self, found: Found) -> bool:
        return (found.finding.fingerprint, found.finding.instance_key) in self.doubt.elements

    def _recognise(self, found: Sequence[Found]) -> Recognised:
        if self.baseline is None:
            return Recognised(known={}, matched=frozenset())
        examined = frozenset(page.key for page in self.report.pages if page.is_whole)
        return recognise(found, self.baseline, examined)

    def _grouped(self, found: Iterable[tuple[Found, Match | None]]) -> list[Judged]:
        """One line for each component, with why its elements are taken for known ones."""
        groups: dict[str, list[tuple[Found, Match | None]]] = {}
        for each, match in found:
            groups.setdefault(each.finding.fingerprint, []).append((each, match))
        return [self._group(fingerprint, group) for fingerprint, group in groups.items()]

    def _grouped_plain(self, found: Iterable[Found]) -> list[Judged]:
        return self._grouped((each, None) for each in found)

    def _group(self, fingerprint: str, group: Sequence[tuple[Found, Match | None]]) -> Judged:
        matches = [match for _, match in group if match is not None]
        names = [fingerprint, *(match.fingerprint for match in matches)]
        people = self._people()
        return judged_of(
            [each for each, _ in group],
            because=tuple(dict.fromkeys(match.why for match in matches if match.why)),
            people=next((people[name] for name in names if name in people), None),
        )

    def _told(self, judged: Judged, counts: bool) -> Judged:
        """With what the ledger says of it, and whether it breaks the gate."""
        met = is_met(judged)
        because = list(judged.because)
        suppressed = None
        if self.ledger is not None:
            suppressed = self.ledger.suppressions.get(judged.fingerprint)
            if judged.fingerprint in self.ledger.revoked:
                because.append("its suppression was revoked, because people met it")
        if suppressed is not None and met:
            because.append(f"its suppression is revoked: {told_people(judged.people)}")
            suppressed = None
        if met and self.policy.witnessed:
            because.append(f"{told_people(judged.people)} in sessions")
        return replace(
            judged,
            suppressed=suppressed,
            because=tuple(dict.fromkeys(because)),
            breaks=suppressed is None
            and ((met and self.policy.witnessed) or (counts and self._is_grave(judged))),
        )

    def _is_grave(self, judged: Judged) -> bool:
        """What a check gives no impact may be as bad as any."""
        return judged.impact is None or Impact(judged.impact).rank >= self.policy.impact.rank

    def _only_met(self) -> list[Judged]:
        """Barriers that no check found; people met them, so they count where the policy says so."""
        if self.ledger is None:
            return []
        return [
            replace(
                each,
                breaks=self.policy.witnessed,
                because=(*each.because, f"{told_people(each.people)} in sessions"),
            )
            for each in self.ledger.only_met
        ]

    def _suppressed(self, covers: Sequence[Cover]) -> list[Judged]:
        groups: dict[tuple[str, int], list[Cover]] = {}
        for cover in covers:
            key = (cover.found.finding.fingerprint, id(cover.suppress))
            groups.setdefault(key, []).append(cover)
        return [
            replace(
                judged_of(
                    [each.found for each in group],
                    because=(),
                    people=self._people().get(fingerprint),
                ),
                suppressed=group[0].suppressed,
            )
            for (fingerprint, _), group in groups.items()
        ]

    def _gone(self, recognised: Recognised) -> Gone:
        return Gone(
            report=self.report,
            baseline=self.baseline,
            matched=recognised.matched,
            missing=self.missing,
            people=self._people(),
        )

    def _remarks(self) -> tuple[str, ...]:
        remarks = list(self.report.notices)
        if self.baseline is not None:
            asked = {page.key for page in self.report.pages}
            elsewhere = sum(
                not any(place.page in asked for place in barrier.places)
                for barrier in self.baseline.barriers.values()
            )
            if elsewhere:
                remarks.append(
                    f"{elsewhere} barriers of the baseline are on pages that this run did not ask "
                    "for; nothing is said of them."
                )
        remarks += [
            f"{count} left out: {reason.replace('_', ' ')}."
            for reason, count in sorted(self.report.left_out.items())
            if count
        ]
        return tuple(remarks)


def _is_open(finding: FindingDocument) -> bool:
    return finding.outcome == "cantTell" and not finding.advisory
