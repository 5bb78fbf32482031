"""What in a note would tell who somebody is: found at once, so that the writer can take it out.

A warning names the place and the kind, never the words.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import phonenumbers
from sqlmodel import col, select

from service.access import Work
from service.access.vault import Vault
from service.errors import Unavailable
from service.research.doubts import Doubt, stored
from service.research.observations import ObservationRecord
from service.research.submissions import Submitted
from service.research.tables import Participant, ResearchSession

CODE = "personal-data"
# It begins where a run of its characters begins: else each of them is tried, which takes the square
# of the run's length.
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# From when to when: `08.30-09.45`.
_HOURS = re.compile(r"(?:[01]?\d|2[0-3])[.:][0-5]\d ?[-–] ?(?:[01]?\d|2[0-4])[.:][0-5]\d")
# Century signs as of the decree 128/2010 and its change in 2023.
_IDENTITY_CODE = re.compile(
    r"(?<![\w-])(\d{2})(\d{2})(\d{2})([-+A-FU-Y])(\d{3})([0-9A-Y])(?!\w)", re.I
)
_CENTURIES = {
    **dict.fromkeys("+", 1800),
    **dict.fromkeys("-YXWVU", 1900),
    **dict.fromkeys("ABCDEF", 2000),
}
_CONTROL = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_LEAST_NAME = 3
# What Finnish, Swedish and English put behind a name: cases, and the ties of foreign names.
_ENDING = re.compile(
    "(?:[ei]?(?:n|s|ss[aä]|st[aä]|ll[aä]|lt[aä]|lle|n[aä]|ksi|tt[aä]|[aä]|t[aä]|h[aeiouyäö]n)"
    "|[aeiouyäö]n|i?den|i?lt[aä]|['’]s|:n|:ll[aeä]|:lt[aä]|:st[aä]|:ss[aä])?(?:kin|kaan|kään|ko|kö)?"
)
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


def find_personal(
    text: str, names: Iterable[str] = (), *, region: str = "FI"
) -> tuple[Personal, ...]:
    """What in `text` looks like personal data, in order. `names` are full names from the vault.

    A phone number without a country code is read as one of `region`.
    """
    found = [Personal(kind="email", start=m.start(), end=m.end()) for m in _EMAIL.finditer(text)]
    codes = [
        Personal(kind="identity-code", start=m.start(), end=m.end())
        for m in _IDENTITY_CODE.finditer(text)
        if _is_identity_code(m)
    ]
    found += codes
    found += [
        Personal(kind="phone", start=match.start, end=match.end)
        for match in phonenumbers.PhoneNumberMatcher(text, region)
        if not any(code.start < match.end and match.start < code.end for code in codes)
        and not _HOURS.fullmatch(match.raw_string)
    ]
    found += _names_in(text, names)
    return tuple(sorted(found, key=lambda each: (each.start, each.end)))


def warn_of_personal(work: Work, vault: Vault, submitted: Submitted) -> None:
    """Add a warning for all personal data in a submission, to it and to each reading.

    Names are those of the study's participants. A vault that cannot be opened keeps no notes
    back: that names were not looked for is a warning as well.
    """
    names, doubt = _known_names(work, vault, submitted.submission.session_id)
    _warn(submitted, names)
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


def _warn(submitted: Submitted, names: Sequence[str]) -> None:
    as_items = _are_items(submitted)
    warnings = list(submitted.submission.warnings)
    for number, (observation, reading) in enumerate(submitted.entries, start=1):
        if reading is None:
            continue
        raw = observation.raw.decode("utf-8", "replace")
        line = number if as_items else observation.line or number
        doubts = [
            stored(_doubt(each, raw, line, as_items=as_items), as_items=as_items)
            for each in find_personal(reading.text if as_items else raw, names)
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


def _names_in(text: str, names: Iterable[str]) -> list[Personal]:
    known = {
        stem
        for name in names
        for word in _WORD.findall(name.casefold())
        for part in (word, *word.split("-"))
        if len(part) >= _LEAST_NAME
        for stem in _stems(part)
    }
    if not known:
        return []
    return [
        Personal(kind="name", start=word.start(), end=word.end())
        for word in _WORD.finditer(text)
        if any(_is_form(part, known) for part in (word.group(), *word.group().split("-")))
    ]


def _is_form(word: str, stems: Iterable[str]) -> bool:
    folded = word.casefold()
    return any(
        folded.startswith(stem) and _ENDING.fullmatch(folded, len(stem)) is not None
        for stem in stems
    )


def _stems(name: str) -> tuple[str, ...]:
    """What the forms of a name begin with: Virtanen, Virtasen; Pekka, Pekan; Matti, Matin."""
    if name.endswith("nen"):
        return (name, name[:-3] + "se")
    doubled = re.search(r"(kk|pp|tt)([aeiouyäö])$", name)
    if doubled:
        return (name, name[:-2] + name[-1])
    return (name,)
