"""Which observations speak of the same problem, and what people call it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from service.research.tables import Observation, Reading

_LONGEST = 80


@dataclass(frozen=True, kw_only=True)
class Named:
    """A problem: `key` is stable, `label` is for people."""

    key: str
    label: str


class Naming:
    """The problems that a study's observations speak of.

    A problem is the barrier that an observation is linked to; else the first of its tags; else it
    is the problem that a `D` repeats, or a problem of its own. A `D` without link and tag has those
    of the problem it repeats.
    """

    def __init__(
        self, notes: Sequence[tuple[Observation, Reading, str]], links: Mapping[str, Named]
    ) -> None:
        self._links = links
        self._readings = {observation.id: reading for observation, reading, _ in notes}
        self._names: dict[str, Named] = {}

    def name_of(self, observation_id: str) -> Named:
        """The problem that an observation speaks of."""
        if observation_id not in self._names:
            self._names[observation_id] = self._find(observation_id)
        return self._names[observation_id]

    def labels(self) -> dict[str, str]:
        """What people call each problem that was asked for, by its key."""
        return {each.key: each.label for each in self._names.values()}

    def _find(self, observation_id: str) -> Named:
        chain = self._chain(observation_id)
        for each in chain:
            if each in self._links:
                return self._links[each]
            tags = self._readings[each].tags
            if tags:
                return Named(key=f"tag:{tags[0]}", label=f"#{tags[0]}")
        root = chain[-1]
        text = " ".join(self._readings[root].text.split()) or "?"
        short = text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"
        return Named(key=f"observation:{root}", label=short)

    def _chain(self, observation_id: str) -> list[str]:
        """The observation, the one that it repeats, and so on; none twice."""
        chain = [observation_id]
        while True:
            earlier = self._readings[chain[-1]].refers_to_id
            if earlier is None or earlier in chain or earlier not in self._readings:
                return chain
            chain.append(earlier)
