"""Bodies and answers of `/scans/{id}/gate`."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from service.api.target_models import Url
from service.api.values import Answer, Body
from service.barriers.gate.policy import GateWords, PolicyWords, SuppressWords

ScanIdWord = Annotated[str, Field(min_length=1, max_length=64)]
Sha = Annotated[str, Field(min_length=1, max_length=100)]
Impact = Literal["minor", "moderate", "serious", "critical"]


class GateQuery(Body):
    """What goes before the project's policy. A word that is none is refused, not passed over."""

    fail_on: Literal["new", "any", "none"] | None = None
    impact: Impact | None = Field(default=None, description="This and worse.")
    witnessed: bool | None = None
    incomplete: Literal["fail", "allow"] | None = None
    base_sha: Sha | None = None
    branch: str | None = Field(default=None, min_length=1, max_length=300)


class BaselineBody(Body):
    """A baseline file, as `luiska gate --update-baseline` writes it."""

    name: str = Field(default="baseline", min_length=1, max_length=300)
    text: str = Field(max_length=50_000_000)


class GateBody(Body):
    """By what to judge. Without `gate` and `suppress` the project's policy holds, else the default.

    What is compared with: `baseline`; else the stored scan of the first of `base_shas` that there
    is one of (a commit and those before it, nearest first); else the newest of `branch`; else that
    of the scan's own `base_sha`.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "gate": {"fail_on": "new", "impact": "serious", "witnessed": True},
                    "suppress": [
                        {
                            "rule": "color-contrast",
                            "url": "/arkisto/*",
                            "reason": "replaced in release 12",
                            "owner": "web team",
                            "expires": "2027-01-31",
                        }
                    ],
                    "base_shas": ["4f2c9d1"],
                }
            ]
        }
    )

    gate: GateWords | None = None
    suppress: list[SuppressWords] | None = Field(default=None, max_length=1000)
    baseline: BaselineBody | None = None
    base_shas: list[Sha] = Field(default_factory=list, max_length=1000)
    branch: str | None = Field(default=None, min_length=1, max_length=300)
    also: list[ScanIdWord] = Field(
        default_factory=list,
        max_length=100,
        description="More scans of the same visit, judged as one with this.",
    )
    again: list[Annotated[list[ScanIdWord], Field(min_length=1, max_length=100)]] = Field(
        default_factory=list,
        max_length=2,
        description="The scans that visited the pages of `visit_again` once more, and once more.",
    )
    final_urls: dict[Url, Url] = Field(
        default_factory=dict,
        max_length=10_000,
        description="Pages that are meant to lead to another page, and where to.",
    )

    def words(self) -> PolicyWords | None:
        """The policy of the body, if it has one."""
        if self.gate is None and self.suppress is None:
            return None
        return PolicyWords(gate=self.gate or GateWords(), suppress=self.suppress or [])


class Size(Answer):
    """The inner size of the window, in CSS pixels."""

    width: int
    height: int


class InstanceAnswer(Answer):
    """One element of a barrier on one page in one viewport."""

    url: str
    key: str = Field(description="The page's identity, whatever its host.")
    viewport: Size
    page_state: str
    selector: str
    html: str
    message: str
    instance_key: str


class PeopleAnswer(Answer):
    """Counts, never who."""

    met: int
    exposed: int


class SuppressedAnswer(Answer):
    reason: str
    owner: str
    expires: str
    source: Literal["policy", "ledger"]


class JudgedAnswer(Answer):
    """One barrier, however many pages it is on. A barrier that only people met has no rule."""

    fingerprint: str
    rule: str | None
    title: str
    impact: Impact | None
    criteria: list[str]
    help_url: str | None
    breaks: bool
    because: list[str] = Field(description="How it was recognised, what people met, and so on.")
    people: PeopleAnswer | None
    suppressed: SuppressedAnswer | None
    pages: list[str]
    elements: int = Field(description="One that stands on many pages is one.")
    instances: list[InstanceAnswer]


class NotExaminedAnswer(Answer):
    url: str
    viewport: Size
    page_state: str
    error: str = Field(description="A code of the error taxonomy, or `partial`.")
    detail: str


class FlakesAnswer(Answer):
    """What visiting again showed."""

    visited_again: int
    differed: int
    undecided: int
    rate: float = Field(description="The share of the pages visited again that differed.")


class VerdictAnswer(Answer):
    """`pass` says that the policy holds, never that the site conforms."""

    verdict: Literal["pass", "fail", "incomplete"]
    new: list[JudgedAnswer]
    existing: list[JudgedAnswer]
    fixed: list[JudgedAnswer]
    needs_review: list[JudgedAnswer]
    suppressed: list[JudgedAnswer]
    unstable: list[JudgedAnswer]
    not_examined: list[NotExaminedAnswer]
    expected: int
    examined: int
    reasons: list[str]
    remarks: list[str]
    baseline: str | None
    visit_again: list[str] = Field(
        description="Pages to visit once more before the word is the last one; see `again`."
    )
    flakes: FlakesAnswer

    @classmethod
    def of(cls, verdict: dict[str, Any]) -> "VerdictAnswer":
        return cls.model_validate(verdict)
