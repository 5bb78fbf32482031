"""Consent as it is sent and answered."""

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic.config import JsonDict

from service.api.values import Body, Time
from service.research.consent import Agreement, ConsentGiven, LivingConsent

CONSENT: JsonDict = {
    "notes": True,
    "quotes": True,
    "audio": True,
    "video": False,
    "observers": True,
    "reuse": False,
    "contact": False,
    "text_version": "2026-09",
    "language": "fi",
    "given_at": "2026-11-22T09:30:00Z",
    "channel": "paper",
}
Told = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class ConsentBody(Body):
    """What a participant agreed to, to which text, in which language, when and how."""

    model_config = ConfigDict(json_schema_extra={"examples": [CONSENT]})

    notes: bool = Field(default=False, strict=True, description="Without it no notes: 409.")
    quotes: bool = Field(default=False, strict=True, description="Without it no quoted words: 409.")
    recording: bool | None = Field(
        default=None, strict=True, description="Short for both `audio` and `video`."
    )
    audio: bool = Field(default=False, strict=True)
    video: bool = Field(default=False, strict=True)
    observers: bool = Field(
        default=False, strict=True, description="That others than the moderator follow the session."
    )
    reuse: bool = Field(
        default=False, strict=True, description="That notes are used beyond this study."
    )
    contact: bool = Field(
        default=False, strict=True, description="That a name and contact details are kept."
    )
    text_version: Told = Field(description="Which version of the consent text was shown.")
    language: Told = Field(description="The language it was shown in.", examples=["fi"])
    given_at: Time
    channel: Told = Field(description="How consent was given.", examples=["paper"])

    @model_validator(mode="after")
    def _one_word_for_recording(self) -> Self:
        told = {"audio", "video"} & self.model_fields_set
        both = self.audio and self.video
        if (self.recording and told and not both) or (self.recording is False and both):
            raise ValueError("`recording` says something else than `audio` and `video`")
        return self

    def to_consent(self) -> ConsentGiven:
        """As the research side takes it."""
        recording = {Agreement.AUDIO, Agreement.VIDEO} if self.recording else set()
        agreed = {each for each in Agreement if getattr(self, each)}
        return ConsentGiven(
            agreements=frozenset(agreed | recording),
            **self.model_dump(include={"text_version", "language", "given_at", "channel"}),
        )


class ConsentAnswer(BaseModel):
    """What a participant agrees to now. `withdrawn` was agreed to once and has been taken back."""

    notes: bool
    quotes: bool
    recording: bool = Field(description="Both `audio` and `video`.")
    audio: bool
    video: bool
    observers: bool
    reuse: bool
    contact: bool
    withdrawn: list[str] = Field(examples=[["quotes"]])
    text_version: str
    language: str
    given_at: Time
    channel: str
    withdrawn_at: Time | None = Field(description="When something was last taken back.")

    @classmethod
    def of(cls, consent: LivingConsent) -> "ConsentAnswer":
        living: dict[str, Any] = {each.value: consent.covers(each) for each in Agreement}
        given = consent.given
        return cls(
            **living,
            recording=living["audio"] and living["video"],
            withdrawn=[each for each in Agreement if getattr(given, each) and not living[each]],
            text_version=given.text_version,
            language=given.language,
            given_at=given.given_at,
            channel=given.channel,
            withdrawn_at=consent.withdrawn_at,
        )
