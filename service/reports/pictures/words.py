"""Signs and their meaning in a language."""

from service.languages import translations
from service.reports.pictures.values import Mark
from service.research.grammar import LETTERS, TaskOutcome

_SEVERITY_COLOURS = {
    4: "#8a0615",
    3: "#a34500",
    2: "#6b5a00",
    1: "#3c6f9f",
    0: "#5b6670",
    None: "#46535f",
}
_OUTCOMES = {
    TaskOutcome.UNASSISTED: ("U", "#14683a"),
    TaskOutcome.ASSISTED: ("A", "#3c6f9f"),
    TaskOutcome.PARTIAL: ("P", "#6b5a00"),
    TaskOutcome.FAILED: ("F", "#8a0615"),
    TaskOutcome.GAVE_UP: ("G", "#a34500"),
    TaskOutcome.THINKS_FINISHED: ("T", "#6d2a78"),
    TaskOutcome.NOT_RUN: ("–", None),
}


def severity_marks(language: str) -> dict[int | None, Mark]:
    """By severity, the worst first; None is one that nobody rated."""
    _ = translations()[language].gettext
    meanings = {
        4: _("Catastrophe"),
        3: _("Major"),
        2: _("Minor"),
        1: _("Cosmetic"),
        0: _("Not a problem"),
        None: _("Met, not rated"),
    }
    return {
        severity: Mark(
            sign="?" if severity is None else str(severity),
            colour=_SEVERITY_COLOURS[severity],
            meaning=meaning,
        )
        for severity, meaning in meanings.items()
    }


def outcome_marks(language: str) -> dict[str | None, Mark]:
    """By outcome, the best first; None is one that nobody noted."""
    _ = translations()[language].gettext
    meanings = {
        TaskOutcome.UNASSISTED: _("Without help"),
        TaskOutcome.ASSISTED: _("With help"),
        TaskOutcome.PARTIAL: _("In part"),
        TaskOutcome.FAILED: _("Failed the task"),
        TaskOutcome.GAVE_UP: _("Gave up"),
        TaskOutcome.THINKS_FINISHED: _("Thinks to be done, is not"),
        TaskOutcome.NOT_RUN: _("Not run"),
    }
    marks: dict[str | None, Mark] = {
        outcome: Mark(sign=sign, colour=colour, meaning=meanings[outcome])
        for outcome, (sign, colour) in _OUTCOMES.items()
    }
    return {**marks, None: Mark(sign="…", colour="#46535f", meaning=_("Outcome not noted"))}


def code_marks(language: str) -> dict[str, Mark]:
    """By code, in the order of the note grammar's letters."""
    _ = translations()[language].gettext
    meanings = {
        "problem": _("Problem"),
        "same_problem": _("Same problem again"),
        "highlight": _("Highlight"),
        "comment": _("Comment"),
        "positive": _("Positive"),
        "negative": _("Negative"),
        "confusion": _("Confusion"),
        "surprise": _("Surprise"),
        "bug": _("Bug"),
        "asks_for_help": _("Asks for help"),
        "assisted": _("Assisted"),
        "gives_up": _("Gives up"),
        "idea": _("Idea"),
        "miscellaneous": _("Miscellaneous"),
        "interpretation": _("Interpretation"),
        "note": _("Note"),
    }
    letters = {code.value: letter for letter, code in LETTERS.items()}
    return {
        code: Mark(sign=letters.get(code, "•"), meaning=meaning)
        for code, meaning in meanings.items()
    }
