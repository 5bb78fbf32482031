"""Types that the routes of the research side share."""

from typing import Annotated

from fastapi import Path
from pydantic import AfterValidator, BaseModel, Field, StringConstraints

StudyId = Annotated[str, Path(min_length=1, max_length=64, description="The study's id.")]
TaskId = Annotated[str, Path(min_length=1, max_length=64, description="The task's id.")]
ParticipantId = Annotated[
    str, Path(min_length=1, max_length=64, description="The participant's id.")
]
SessionId = Annotated[str, Path(min_length=1, max_length=64, description="The session's id.")]
ObservationId = Annotated[
    str, Path(min_length=1, max_length=64, description="The observation's id.")
]

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Text = Annotated[str, Field(max_length=20_000)]
Address = Annotated[str, Field(min_length=1, max_length=2_000)]


def _one_word(word: str) -> str:
    if len(word.split()) != 1:
        raise ValueError("use one word without spaces, as the header of notes names it")
    if any(sign in word for sign in '@="“”„'):
        raise ValueError("use letters, digits and hyphens; an address is no pseudonym")
    return word


Word = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=64),
    AfterValidator(_one_word),
]
"""A name that a header of notes can tell: `P03`, `S-014`."""


class WarningAnswer(BaseModel):
    """A doubt about one line, or about one item where items were sent."""

    line: int | None = Field(default=None, description="From 1; null for items.")
    column: int | None = Field(default=None, description="From 1, in characters.")
    item: int | None = Field(default=None, description="From 0; null for lines of text.")
    code: str = Field(description="A stable short name.", examples=["unknown-code"])
    detail: str
