"""The wall between what somebody agreed to and what is written about them.

What is refused leaves nothing behind. Messages name lines, never words or people.
"""

from collections.abc import Sequence

from service.errors import Conflict
from service.research.consent import Agreement, LivingConsent
from service.research.grammar import Header, Notes, WarningCode
from service.research.grammar.quoting import quoted_stretches
from service.research.tables import Participant, ResearchSession

_NAMED_AT_MOST = 20


def require_consent(consent: LivingConsent | None, agreement: Agreement, to_what: str) -> None:
    """Refuse unless the participant agreed to something and has not taken that back.

    Raises `Conflict` (`consent-missing`).
    """
    if consent is not None and consent.covers(agreement):
        return
    if consent is not None and getattr(consent.given, agreement):
        raise Conflict(
            f"The participant has withdrawn consent to {to_what}, so nothing was stored.",
            slug="consent-missing",
        )
    raise Conflict(
        f"The participant has not agreed to {to_what}, so nothing was stored. Ask for consent "
        "first.",
        slug="consent-missing",
    )


def require_consent_to_notes(consent: LivingConsent | None) -> None:
    """Refuse unless the participant agreed to notes and has not taken that back.

    Raises `Conflict` (`consent-missing`).
    """
    require_consent(consent, Agreement.NOTES, "notes")


def require_consent_to_quotes(consent: LivingConsent | None, places: Sequence[str]) -> None:
    """Refuse quoted words at `places` (`line 4`) unless the participant agreed to quotes.

    Raises `Conflict` (`consent-missing`).
    """
    if not places or (consent is not None and consent.covers(Agreement.QUOTES)):
        return
    named = ", ".join(places[:_NAMED_AT_MOST])
    more = len(places) - _NAMED_AT_MOST
    raise Conflict(
        f"The participant has not agreed to quotes, and there are quoted words at {named}"
        + (f" and {more} more" if more > 0 else "")
        + ". Say it in your own words, without quotation marks; nothing was stored.",
        slug="consent-missing",
    )


def quoting_lines(notes: Notes) -> list[int]:
    """The lines of notes with quoted words. A mark without its pair counts: it began a quote."""
    lines = {entry.line for entry in notes.entries if entry.quotes}
    lines |= {w.line for w in notes.warnings if w.code is WarningCode.UNCLOSED_QUOTE}
    return sorted(lines)


def quotes_in(text: str) -> tuple[tuple[str, ...], bool]:
    """The words quoted in a text that has no markers, and whether it quotes or begins to quote."""
    stretches, unclosed = quoted_stretches(text, 0)
    words = (text[each.start + 1 : each.end - 1].strip() for each in stretches)
    said = tuple(word for word in words if word)
    return said, bool(said) or unclosed is not None


def refuse_contradiction(
    header: Header | None, session: ResearchSession, participant: Participant
) -> None:
    """Refuse notes whose header names another session, participant or build.

    Raises `Conflict` (`header-contradicts`).
    """
    if header is None:
        return
    build = dict(header.fields).get("build")
    contradicted = [
        name
        for name, is_other in (
            ("session", not _same(header.session, session.label, session.id)),
            ("participant", not _same(header.participant, participant.pseudonym, participant.id)),
            ("build", bool(build and session.build and build != session.build)),
        )
        if is_other
    ]
    if contradicted:
        raise Conflict(
            f"The header names another {' and '.join(contradicted)} than the session "
            f"{session.label} that you write to. Correct the header or choose the right session; "
            "nothing was stored.",
            slug="header-contradicts",
        )


def _same(written: str, *known: str) -> bool:
    return written.casefold() in {name.casefold() for name in known}
