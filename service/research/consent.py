"""What a participant has agreed to and has not taken back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Session, col, select

from service.access import Work
from service.errors import FieldError, Malformed
from service.research.tables import Consent, ConsentWithdrawal

_CLOCKS_DIFFER = timedelta(minutes=5)


class Agreement(StrEnum):
    """One thing that a participant agrees to, or not, apart from the others."""

    NOTES = "notes"
    QUOTES = "quotes"
    AUDIO = "audio"
    VIDEO = "video"
    OBSERVERS = "observers"
    """That others than the moderator follow the session."""
    REUSE = "reuse"
    """That what was noted is used again, beyond this study."""
    CONTACT = "contact"
    """That a name and a way to reach the participant are kept."""


@dataclass(frozen=True, kw_only=True)
class ConsentGiven:
    """What a participant agreed to, to which text, in which language, when and how."""

    agreements: frozenset[Agreement] = frozenset()
    text_version: str
    language: str
    given_at: datetime
    channel: str


@dataclass(frozen=True, kw_only=True)
class LivingConsent:
    """The latest consent of a participant without what was withdrawn of it."""

    given: Consent
    withdrawals: tuple[ConsentWithdrawal, ...] = ()
    agreements: frozenset[Agreement] = field(init=False)

    def __post_init__(self) -> None:
        taken = {each for withdrawal in self.withdrawals for each in withdrawal.permissions}
        object.__setattr__(self, "agreements", _agreed(self.given) - taken)

    def covers(self, agreement: Agreement) -> bool:
        return agreement in self.agreements

    @property
    def withdrawn_at(self) -> datetime | None:
        """When something was last taken back."""
        return max((each.withdrawn_at for each in self.withdrawals), default=None)


def living_consents(
    session: Session, participant_ids: Iterable[str]
) -> Mapping[str, LivingConsent]:
    """The living consents of participants who were ever asked, by their ids; one query."""
    latest: dict[str, Consent] = {}
    withdrawals: dict[str, list[ConsentWithdrawal]] = {}
    for given, withdrawn in session.exec(
        select(Consent, ConsentWithdrawal)
        .outerjoin(ConsentWithdrawal, col(ConsentWithdrawal.consent_id) == Consent.id)
        .where(col(Consent.participant_id).in_(list(participant_ids)))
        .order_by(col(Consent.id), col(ConsentWithdrawal.id))
    ):
        latest[given.participant_id] = given
        if withdrawn is not None:
            withdrawals.setdefault(given.id, []).append(withdrawn)
    return {
        participant_id: LivingConsent(given=given, withdrawals=tuple(withdrawals.get(given.id, ())))
        for participant_id, given in latest.items()
    }


def refuse_revival(session: Session, participant_id: str, consent: ConsentGiven) -> None:
    """Refuse an old form, entered late, as far as somebody said otherwise since.

    They took something back after it, or gave consent that leaves something out. Raises
    `Malformed`.
    """
    _refuse_older_than_consent(session, participant_id, consent)
    taken = {
        Agreement(each): withdrawal.withdrawn_at
        for withdrawal in session.exec(
            select(ConsentWithdrawal)
            .join(Consent, col(Consent.id) == ConsentWithdrawal.consent_id)
            .where(
                Consent.participant_id == participant_id,
                ConsentWithdrawal.withdrawn_at >= consent.given_at,
            )
            .order_by(col(ConsentWithdrawal.withdrawn_at))
        )
        for each in withdrawal.permissions
    }
    revived = [each for each in Agreement if each in taken and each in consent.agreements]
    if revived:
        last = max(taken[each] for each in revived)
        detail = (
            f"Lies before the withdrawal of {', '.join(revived)} at {last.isoformat()}. Leave "
            "these out, or ask for consent anew and say when it was given."
        )
        raise Malformed(
            "Consent from before a withdrawal does not bring back what was taken back.",
            errors=(FieldError(pointer="/given_at", detail=detail),),
        )


def _refuse_older_than_consent(
    session: Session, participant_id: str, consent: ConsentGiven
) -> None:
    later = session.exec(
        select(Consent)
        .where(Consent.participant_id == participant_id, Consent.given_at > consent.given_at)
        .order_by(col(Consent.given_at).desc(), col(Consent.id).desc())
    ).first()
    if later is None:
        return
    left_out = [each for each in Agreement if each in consent.agreements - _agreed(later)]
    if left_out:
        detail = (
            f"Lies before the consent of {later.given_at.isoformat()}, which leaves out "
            f"{', '.join(left_out)}. Leave these out, or ask for consent anew and say when it was "
            "given."
        )
        raise Malformed(
            "Consent from before another does not bring back what that one leaves out.",
            errors=(FieldError(pointer="/given_at", detail=detail),),
        )


def _agreed(given: Consent) -> frozenset[Agreement]:
    return frozenset(each for each in Agreement if getattr(given, each))


def consent_row(work: Work, participant_id: str, consent: ConsentGiven, pointer: str) -> Consent:
    """The row of a consent. Raises `Malformed` when it lies in the future."""
    if consent.given_at > work.now + _CLOCKS_DIFFER:
        wrong = FieldError(pointer=f"{pointer}/given_at", detail="Lies in the future.")
        raise Malformed("Consent that was not given yet is no consent.", errors=(wrong,))
    row = Consent(
        participant_id=participant_id,
        text_version=consent.text_version,
        language=consent.language,
        given_at=consent.given_at,
        channel=consent.channel,
    )
    for each in Agreement:
        setattr(row, each, each in consent.agreements)
    return row
