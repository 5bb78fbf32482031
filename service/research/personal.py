"""What in a note would tell who somebody is: found at once, so that the writer can take it out.

A warning names the place and the kind, never the words.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import phonenumbers
from sqlmodel import col, select

from service.access import Work
from service.access.vault import Vault
from service.errors import Unavailable
from service.research.doubts import Doubt, stored
from service.research.name_forms import NameForms
from service.research.observations import ObservationRecord
from service.research.submissions import Submitted
from service.research.tables import Participant, ResearchSession

CODE = "personal-data"
# It begins where a run of its characters begins: else each of them is tried, which takes the square
# of the run's length.
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# No phone number is shorter, and its signs stand close together. Looking for one takes long.
_DIGITS = re.compile(r"""\d(?:(?:[^\w!,;:#"'?&%*@<>=]|[xX]){0,4}\d){4}""")
# From when to when: `08.30-09.45`.
_HOURS = re.compile(r"(?:[01]?\d|2[0-3])[.:][0-5]\d ?[-–] ?(?:[01]?\d|2[0-4])[.:][0-5]\d")
# Century signs as of the decree 128/2010 and its change in 2023. Word processors put other dashes.
_DASHES = "-\u2010\u2011\u2012\u2013\u2212"
_IDENTITY_CODE = re.compile(
    rf"(?<![\w-])(\d{{2}})(\d{{2}})(\d{{2}})([{_DASHES}+A-FU-Y])(\d{{3}})([0-9A-Y])(?!\w)", re.I
)
_CENTURIES = {
    **dict.fromkeys("+", 1800),
    **dict.fromkeys(_DASHES + "YXWVU", 1900),
    **dict.fromkeys("ABCDEF", 2000),
}
_CONTROL = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_KINDS = {
    "email": "an e-mail address",
    "phone": "a phone number",
    "identity-code": "a Finnish personal identity code",
    "name": "the name of somebody in the vault",
}


@dataclass(frozen=True, kw_only=True)
class Personal:
    """Personal data from `start` to `end` in a text.

    `kind` is email, phone, identity-code or name.
    """

    kind: str
    start: int
    end: int


class PersonalSearch:
    """Looks for personal data in texts; the same text is looked through once.

    `names` are full names from the vault. A phone number without a country code is read as one of
    `region`.
    """

    def __init__(self, names: Iterable[str] = (), *, region: str = "FI") -> None:
        self.names = tuple(names)
        self._forms = NameForms(self.names)
        self._region = region
        self._found: dict[str, tuple[Personal, ...]] = {}

    def find(self, text: str) -> tuple[Personal, ...]:
        """What in `text` looks like personal data, in order."""
        if text not in self._found:
            self._found[text] = tuple(
                sorted(self._look(text), key=lambda each: (each.start, each.end))
            )
        return self._found[text]

    def look_through(self, texts: Iterable[str]) -> None:
        """Look through them ahead, while nothing is locked."""
        for text in texts:
            self.find(text)

    def _look(self, text: str) -> Iterator[Personal]:
        for match in _EMAIL.finditer(text):
            yield Personal(kind="email", start=match.start(), end=match.end())
        codes = [
            Personal(kind="identity-code", start=m.start(), end=m.end())
            for m in _IDENTITY_CODE.finditer(text)
            if _is_identity_code(m)
        ]
        yield from codes
        for number in self._phone_numbers(text):
            if not any(code.start < number.end and number.start < code.end for code in codes):
                yield number
        for start, end in self._forms.places_in(text):
            yield Personal(kind="name", start=start, end=end)

    def _phone_numbers(self, text: str) -> Iterator[Personal]:
        if _DIGITS.search(text) is None:
            return
        for match in phonenumbers.PhoneNumberMatcher(text, self._region):
            if not _HOURS.fullmatch(match.raw_string):
                yield Personal(kind="phone", start=match.start, end=match.end)


def find_personal(
    text: str, names: Iterable[str] = (), *, region: str = "FI"
) -> tuple[Personal, ...]:
    """What in one text looks like personal data, in order."""
    return PersonalSearch(names, region=region).find(text)


def search_for(work: Work, vault: Vault, session_id: str) -> PersonalSearch:
    """A search with the names that the vault has of the study's participants, if it opens."""
    names, _ = _known_names(work, vault, session_id)
    return PersonalSearch(names)


def warn_of_personal(
    work: Work, vault: Vault, submitted: Submitted, search: PersonalSearch | None = None
) -> None:
    """Add a warning for all personal data in a submission, to it and to each reading.

    Names are those of the study's participants. A vault that cannot be opened keeps no notes
    back: that names were not looked for is a warning as well. A `search` that was made with the
    same names spares looking again.
    """
    names, doubt = _known_names(work, vault, submitted.submission.session_id)
    if search is None or search.names != names:
        search = PersonalSearch(names)
    _warn(submitted, search)
    if doubt is not None:
        as_items = _are_items(submitted)
        warning = stored(doubt, as_items=as_items)
        submitted.submission.warnings = [*submitted.submission.warnings, warning]


def warn_of_correction(work: Work, vault: Vault, corrected: ObservationRecord) -> None:
    """Add a warning for all personal data in the words of the latest reading, to it."""
    reading = corrected.readings[-1]
    if reading.version == 1:
        return
    names, doubt = _known_names(work, vault, corrected.observation.session_id)
    doubts = [*doubts_about(reading.text, names), *([doubt] if doubt else [])]
    told = [stored(each, as_items=False) for each in doubts]
    reading.warnings = [*(each for each in reading.warnings if each not in told), *told]
    work.session.add(reading)


def _known_names(work: Work, vault: Vault, session_id: str) -> tuple[tuple[str, ...], Doubt | None]:
    participants = (
        select(Participant.id)
        .join(ResearchSession, col(ResearchSession.study_id) == Participant.study_id)
        .where(ResearchSession.id == session_id)
    )
    try:
        return vault.names(work.session, participants), None
    except Unavailable:
        detail = "The vault cannot be opened here, so names were not looked for."
        return (), Doubt(line=1, code="names-not-looked-for", detail=detail)


def _are_items(submitted: Submitted) -> bool:
    return any(observation.line is None for observation, _ in submitted.entries)


def _warn(submitted: Submitted, search: PersonalSearch) -> None:
    as_items = _are_items(submitted)
    warnings = list(submitted.submission.warnings)
    for number, (observation, reading) in enumerate(submitted.entries, start=1):
        if reading is None:
            continue
        raw = observation.raw.decode("utf-8", "replace")
        line = number if as_items else observation.line or number
        doubts = [
            stored(_doubt(each, raw, line, as_items=as_items), as_items=as_items)
            for each in search.find(reading.text if as_items else raw)
        ]
        reading.warnings = [*reading.warnings, *doubts]
        warnings += doubts
    submitted.submission.warnings = warnings


def doubts_about(text: str, names: Sequence[str]) -> tuple[Doubt, ...]:
    """A doubt for all personal data in a text of lines."""
    return tuple(_doubt(each, text, 1, as_items=False) for each in find_personal(text, names))


def _doubt(found: Personal, raw: str, line: int, *, as_items: bool) -> Doubt:
    before = raw[: found.start]
    lines_before = 0 if as_items else before.count("\n")
    detail = f"This looks like {_KINDS[found.kind]}. Take it out; notes name nobody."
    return Doubt(
        line=line + lines_before,
        column=found.start - (before.rfind("\n") + 1) + 1,
        code=CODE,
        detail=detail,
    )


def _is_identity_code(match: re.Match[str]) -> bool:
    day, month, year, sign, number, control = match.groups()
    try:
        date(_CENTURIES[sign.upper()] + int(year), int(month), int(day))
    except ValueError:
        return False
    return _CONTROL[int(day + month + year + number) % 31] == control.upper()
