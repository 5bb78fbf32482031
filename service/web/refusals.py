"""Refusals of forms in the reader's language.

The domain says in English what is wrong. The sentences that people meet on pages are listed here
and translated; any other stays English, and the page says that it is.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from service.errors import ServiceError
from service.languages import SOURCE, translations


def _(text: str) -> str:
    """Marks a text for the catalogues."""
    return text


_SENTENCES = (
    _("The form is not complete."),
    _("This is needed."),
    _("At most %(most)s characters."),
    _("Use one word without spaces, such as P03."),
    _("A number from 1 to %(most)s."),
    _("Use a day that is not in the future, such as 2026-11-23."),
    _("Use numbers with spaces between them, in the order of the form."),
    _("Give as many answers as there are: %(items)s. Write – for one left out."),
    _("Answer %(number)s: a whole number from %(lowest)s to %(highest)s."),
    _("Answer %(number)s: a number from %(lowest)s to %(highest)s."),
    _("Choose the task that the answers are about."),
    _("The study has a task %(number)s already. Choose another number."),
    _("The task's address is no page."),
    _("This address cannot be read."),
    _("This address names no host."),
    _("Use an address that starts with https:// or http://, or a path that starts with /."),
    _("The study has a participant with this pseudonym already. Choose another."),
    _("A session needs a participant of its study."),
    _("The study has no such participant."),
    _("The participant has not agreed to notes, so nothing was stored. Ask for consent first."),
    _("The participant has withdrawn consent to notes, so nothing was stored."),
    _(
        "The participant has not agreed to quotes, and there are quoted words at line %(line)s. "
        "Say it in your own words, without quotation marks; nothing was stored."
    ),
    _(
        "The header names another session than the session %(label)s that you write to. Correct "
        "the header or choose the right session; nothing was stored."
    ),
    _(
        "The header names another participant than the session %(label)s that you write to. "
        "Correct the header or choose the right session; nothing was stored."
    ),
    _(
        "The header names another build than the session %(label)s that you write to. Correct the "
        "header or choose the right session; nothing was stored."
    ),
    _("Of this page only a path is known, and the project has no origin."),
    _("Choose at least one."),
    _("The participant does not agree to any of this now, so nothing is left to withdraw."),
    _("This is not the participant's pseudonym."),
    _(
        "This token is not known here or was revoked. Check it, or ask an owner of the project for "
        "a new one."
    ),
    _(
        "This sign-in link was used already or is older than 15 minutes. Make a new one, or enter "
        "a token."
    ),
)
_PLACE = re.compile(r"%\((\w+)\)s")

_FIELDS = {
    "task-number-taken": "number",
    "pseudonym-taken": "pseudonym",
    "consent-missing": "line",
    "header-contradicts": "line",
}
"""Which field a refusal is about that names none, by its slug."""

_LABELS = {
    "token": _("Token"),
    "name": _("Name"),
    "goal": _("Goal"),
    "build": _("Build"),
    "number": _("Number"),
    "title": _("Task"),
    "success": _("Done when"),
    "url": _("Page"),
    "pseudonym": _("Pseudonym"),
    "segment": _("Segment"),
    "technology": _("Assistive technology"),
    "text_version": _("Version of the consent text"),
    "language": _("Language of the consent text"),
    "channel": _("How consent was given"),
    "given_on": _("Day of the consent"),
    "instrument": _("Questionnaire"),
    "answers": _("Answers"),
    "task": _("Task"),
    "participant_id": _("Participant"),
    "moderator": _("Moderator"),
    "line": _("Note"),
    "takes": _("The participant does not agree any more"),
    "told_how": _("How they said so"),
}
"""Fields of the pages' forms by their ids."""


@dataclass(frozen=True, kw_only=True)
class Refused:
    """Why a form was refused. `problems` are by field; `labels` are of those that a page has."""

    detail: Markup
    problems: Mapping[str, Markup]
    labels: Mapping[str, str]


def told(error: ServiceError, language: str) -> Refused:
    problems = {each.pointer[1:]: said(each.detail, language) for each in error.errors}
    field = _FIELDS.get(error.slug)
    if field is not None:
        problems.setdefault(field, said(error.detail, language))
    return Refused(
        detail=Markup() if field is not None else said(error.detail, language),
        problems=problems,
        labels={
            name: translations()[language].gettext(_LABELS[name])
            for name in problems
            if name in _LABELS
        },
    )


def said(detail: str, language: str) -> Markup:
    """A sentence of the domain in a language; in English, marked as such, where it has none."""
    for pattern, sentence in _PATTERNS:
        if match := pattern.fullmatch(detail):
            text = translations()[language].gettext(sentence)
            return Markup("{}").format(text % match.groupdict() if match.groupdict() else text)
    if language == SOURCE:
        return Markup("{}").format(detail)
    return Markup('<span lang="{}">{}</span>').format(SOURCE, detail)


def _pattern(sentence: str) -> re.Pattern[str]:
    literal_and_name = _PLACE.split(sentence)
    parts = [
        f"(?P<{part}>[^,]+)" if n % 2 else re.escape(part)
        for n, part in enumerate(literal_and_name)
    ]
    return re.compile("".join(parts))


_PATTERNS = tuple((_pattern(sentence), sentence) for sentence in _SENTENCES)
