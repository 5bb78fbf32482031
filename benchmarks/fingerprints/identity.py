"""What became of each defect's identity between two scans of one page. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from benchmarks.fingerprints.mutations import MARK
from checks.snippet import read_snippet
from service.barriers.document import FindingDocument, PageDocument, ScanDocument
from service.barriers.gate.baseline import Baseline, baseline_of, is_gated
from service.barriers.gate.matching import Found, recognise


@dataclass
class Tally:
    """Counts of one mutation. A defect is *unchanged* when its element is found by its mark.

    `kept` have the keys they had; `recognised` are known again by the gate, keys or not.
    `mistaken` were taken for another defect. `added` are new defects, `masked` those of them that
    were taken for known ones.
    """

    unchanged: int = 0
    kept: int = 0
    recognised: int = 0
    mistaken: int = 0
    added: int = 0
    masked: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        for name in ("unchanged", "kept", "recognised", "mistaken", "added", "masked"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.examples += other.examples

    @property
    def kept_share(self) -> float:
        return self.kept / self.unchanged if self.unchanged else 1.0

    @property
    def recognised_share(self) -> float:
        return self.recognised / self.unchanged if self.unchanged else 1.0

    @property
    def shared_share(self) -> float:
        """Of all defects that are not the same, the share that passed for the same."""
        different = self.unchanged + self.added
        return (self.mistaken + self.masked) / different if different else 0.0


def compare(before: PageDocument, after: PageDocument) -> Tally:
    """The tally of one page, scanned before and after a change."""
    old = {(mark, each.rule): each for mark, each in marked(before) if each}
    baseline = _baseline(before)
    found = [Found(page=after, finding=each) for each in after.findings if is_gated(each)]
    recognised = recognise(found, baseline, frozenset({after.key}))
    tally = Tally()
    for index, each in enumerate(found):
        mark = mark_of(each.finding)
        match = recognised.known.get(index)
        was = old.get((mark, each.finding.rule))
        if mark == "added":
            tally.added += 1
            tally.masked += match is not None
            if match is not None:
                tally.examples.append(
                    f"masked ({match.why or 'the same keys'}): {each.finding.html}"
                )
        elif was is not None:
            tally.unchanged += 1
            tally.kept += _keys(was) == _keys(each.finding)
            if match is None:
                tally.examples.append(f"lost: {each.finding.rule} {each.finding.html[:160]}")
            elif match.fingerprint == was.fingerprint:
                tally.recognised += 1
            else:
                tally.mistaken += 1
                tally.examples.append(f"mistaken ({match.why}): {each.finding.html[:160]}")
    return tally


def marked(page: PageDocument) -> Iterable[tuple[str, FindingDocument]]:
    """The findings that gate, each with its element's mark; of doubled marks the first."""
    seen: set[tuple[str, str]] = set()
    for finding in filter(is_gated, page.findings):
        mark = mark_of(finding)
        if mark and (mark, finding.rule) not in seen:
            seen.add((mark, finding.rule))
            yield mark, finding


def mark_of(finding: FindingDocument) -> str:
    return read_snippet(finding.html).attributes.get(MARK, "")


def _keys(finding: FindingDocument) -> tuple[str, str]:
    return finding.fingerprint, finding.instance_key


def _baseline(page: PageDocument) -> Baseline:
    whole = replace(page, partial=False)
    document = ScanDocument(standard="", engine={}, pages=(whole,))
    return baseline_of(document, source="before")
