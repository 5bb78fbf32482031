"""What one site's pages share, spare and disagree on, page after page."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from benchmarks.templates.visits import Cached, Element, Plain

EXAMPLES = 12
Verdict = dict[str, tuple[str, str]]
"""What one element got: its outcome and its checks' facts, by rule."""


def sums() -> defaultdict[str, float]:
    return defaultdict(float)


def add_to(total: defaultdict[str, float], more: Mapping[str, float]) -> None:
    for name, amount in more.items():
        total[name] += amount


@dataclass(kw_only=True)
class Site:
    """Sums over a site's pages; seconds are of CPU."""

    kinds: dict[str, str]
    pages: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    seconds: defaultdict[str, float] = field(default_factory=sums)
    rule_s: defaultdict[str, float] = field(default_factory=sums)
    spared_s: defaultdict[str, float] = field(default_factory=sums)
    subtrees: set[str] = field(default_factory=set)
    verdicts: dict[str, tuple[str, Verdict]] = field(default_factory=dict)
    examples: list[str] = field(default_factory=list)

    def known(self, kind: str) -> set[str]:
        """The keys (`local` or `painted`) of the pages so far."""
        prefix = f"{kind} "
        return {key.removeprefix(prefix) for key in self.verdicts if key.startswith(prefix)}

    def add(self, page: str, plain: Plain, cached: Cached) -> None:
        """Count a page against those before it, then let it be one of them."""
        self.pages += 1
        self._count_seconds(plain, cached)
        self._count_shared(plain.elements)
        self.counts["unsteady"] += sum(
            one != other for one, other in zip(plain.elements, cached.elements, strict=False)
        ) + abs(len(plain.elements) - len(cached.elements))
        self._count_rules(plain)
        self._compare(page, plain)
        self.subtrees |= {each.subtree for each in plain.elements}

    def _count_seconds(self, plain: Plain, cached: Cached) -> None:
        spent_s = {
            "load": plain.load_s,
            "axe": plain.axe_s,
            "rules": sum(plain.rule_s.values()),
            "tree": cached.tree_s,
            "key": cached.key_s,
            "painted": cached.painted_s,
            "rest": cached.rest_s,
            "snapshot": cached.snapshot_s,
        }
        add_to(self.seconds, spent_s)

    def _count_shared(self, elements: tuple[Element, ...]) -> None:
        for each in elements:
            self.counts["elements"] += 1
            self.counts["same subtree"] += each.subtree in self.subtrees
            self.counts["same key"] += f"local {each.key}" in self.verdicts
            if each.painted is not None:
                self.counts["painted"] += 1
                self.counts["same painted"] += f"painted {each.painted}" in self.verdicts

    def _count_rules(self, plain: Plain) -> None:
        """A rule's time falls evenly on the elements that it judged, or on all if on none."""
        everywhere = {kind: self._known_places(plain, kind) for kind in ("local", "painted")}
        everywhere["page"] = set()
        judged: dict[str, set[int]] = {}
        for place, outcomes in plain.outcomes.items():
            for outcome in outcomes:
                judged.setdefault(outcome["rule"], set()).add(place)
        for rule, spent_s in plain.rule_s.items():
            places = judged.get(rule, set(range(len(plain.elements))))
            shared = everywhere[self.kinds[rule]]
            self.rule_s[rule] += spent_s
            self.spared_s[rule] += spent_s * len(places & shared) / len(places)

    def _known_places(self, plain: Plain, kind: str) -> set[int]:
        return {
            place
            for place, each in enumerate(plain.elements)
            if f"{kind} {each.key if kind == 'local' else each.painted}" in self.verdicts
        }

    def _compare(self, page: str, plain: Plain) -> None:
        """Equal keys must have got equal verdicts: count those that did not."""
        fresh: dict[str, tuple[str, Verdict]] = {}
        for place, each in enumerate(plain.elements):
            for kind, key in (("local", each.key), ("painted", each.painted)):
                if key is None:
                    continue
                mine = self._verdict(plain, place, kind)
                name = f"{kind} {key}"
                if name not in self.verdicts:
                    fresh.setdefault(name, (page, mine))
                    continue
                self.counts[f"compared {kind}"] += 1
                self.counts[f"judgements {kind}"] += len(mine)
                self._note(kind, page, mine, *self.verdicts[name])
        self.verdicts |= fresh

    def _note(self, kind: str, page: str, mine: Verdict, before: str, theirs: Verdict) -> None:
        for rule in mine.keys() | theirs.keys():
            one, other = mine.get(rule, ("none", "")), theirs.get(rule, ("none", ""))
            if one == other:
                continue
            what = "outcome" if one[0] != other[0] else "facts"
            self.counts[f"{what} differs {kind}"] += 1
            if len(self.examples) < EXAMPLES or what == "outcome":
                told = f"{other[0]} {other[1]} / {one[0]} {one[1]}"
                self.examples.append(f"{what}: {rule}, {before} / {page}: {told}"[:600])

    def _verdict(self, plain: Plain, place: int, kind: str) -> Verdict:
        return {
            outcome["rule"]: (outcome["outcome"], str(outcome["checks"]))
            for outcome in plain.outcomes.get(place, [])
            if self.kinds[outcome["rule"]] == kind
        }
