"""What a baseline knows and a scan did not see: fixed, or not looked for everywhere. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from service.barriers.document import ScanDocument
from service.barriers.gate.absence import Looked
from service.barriers.gate.baseline import Baseline, Known
from service.barriers.gate.judged import judged_known, sorted_by_weight
from service.barriers.gate.values import Judged, NotExamined, People


@dataclass(frozen=True, kw_only=True)
class Gone:
    """The elements of a baseline that are not among `matched`."""

    report: ScanDocument
    baseline: Baseline | None
    matched: frozenset[tuple[str, str]]
    missing: tuple[NotExamined, ...]
    people: Mapping[str, People]

    def _elements(self) -> list[tuple[Known, frozenset[str]]]:
        """Each barrier with those of its elements that were not seen."""
        if self.baseline is None:
            return []
        gone = (
            (
                barrier,
                frozenset(
                    element
                    for element in barrier.elements
                    if (barrier.fingerprint, element) not in self.matched
                ),
            )
            for barrier in self.baseline.barriers.values()
        )
        return [(barrier, elements) for barrier, elements in gone if elements]

    def fixed(self) -> tuple[Judged, ...]:
        """Those that were looked for wherever they were."""
        fixed = []
        looked = Looked(self.report, self.missing)
        for barrier, elements in self._elements():
            absent = looked.told_absent(barrier, elements)
            if absent:
                because: tuple[str, ...] = ()
                people = self.people.get(barrier.fingerprint)
                if people is not None and people.met:
                    because = ("open until somebody gets through: people met it in sessions",)
                fixed.append(judged_known(barrier, absent, people, because))
        return sorted_by_weight(fixed)

    def unlooked(self) -> list[Judged]:
        """Known ones that were to be looked for and could not be: still there for all one knows."""
        asked = {page.key for page in self.report.pages}
        left = []
        looked = Looked(self.report, self.missing)
        for barrier, elements in self._elements():
            unsaid = elements - looked.told_absent(barrier, elements)
            open_ = frozenset(
                place.element
                for place in barrier.places
                if place.element in unsaid and place.page in asked
            )
            if open_:
                because = ("it could not be looked for everywhere, so it counts as still there",)
                people = self.people.get(barrier.fingerprint)
                left.append(judged_known(barrier, open_, people, because))
        return left
