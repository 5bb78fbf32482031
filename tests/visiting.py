"""What tests of visits have in common: what is asked, and how verdicts are compared."""

from collections.abc import Callable
from pathlib import Path

from service.browser import VisitOutcome

ROOT = Path(__file__).resolve().parents[1]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")

Visit = Callable[..., VisitOutcome]


def verdicts(outcome: VisitOutcome) -> set[tuple[str, str, str]]:
    """Every (outcome, rule, target) of a visit's axe results."""
    assert outcome.artifacts is not None, outcome.error
    return verdicts_of(dict(outcome.artifacts.axe))


def verdicts_of(results: dict) -> set[tuple[str, str, str]]:
    return {
        (kind, rule["id"], repr(node["target"]))
        for kind in ("violations", "incomplete")
        for rule in results[kind]
        for node in rule["nodes"]
    }
