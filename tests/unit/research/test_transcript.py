"""A session written back as notes: whatever is stored, it reads as the same observations."""

from datetime import UTC, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.research.exporting import Exported, SessionExport
from service.research.grammar import Actor, Code, Severity, parse_notes
from service.research.tables import Participant, ResearchSession, Study
from service.research.transcript import as_markdown, as_notes, in_time
from service.research.wall import quotes_in

SIGNS = '#@=^"“”„\\\ufeff'
STARTED = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
PIECES = (
    *["selaa", "02:15", "X", "P:", "!3", "T2 >", "T1 = failed", "#haku", "=#a", "@/haku", "@Matti"],
    *["^2.4.7", '"sana"', "”hei”", "„", "huom:", "- ", "# S-1 P", "\n", "\t", "ä", "~", "A user"],
)
TEXTS = st.lists(st.sampled_from(PIECES), max_size=5).map(" ".join) | st.text(max_size=20)
SAFE = TEXTS.map(lambda text: text.replace("\0", ""))
ENTRIES = st.builds(
    lambda text, **values: Exported(
        **values,
        text=text,
        quotes=quotes_in(text)[0],
        id="1",
        session="S-014",
        session_id="2",
        participant="P03",
        segment="",
        kind="observation",
        task=None,
        outcome=None,
        seq=None,
        refers_to=None,
        raw=b"",
        version=1,
        written_by="MK",
        written_at="2026-11-22T09:30:00Z",
    ),
    text=SAFE,
    offset_ms=st.none() | st.integers(0, 359_999_999),
    time_inherited=st.just(False),
    code=st.sampled_from([each.value for each in Code if each is not Code.SAME_PROBLEM]),
    severity=st.none() | st.sampled_from([each.value for each in Severity]),
    actor=st.none() | st.sampled_from([*Actor, "Matti", "Maija M", "7"]) | SAFE.filter(str.strip),
    url=st.none() | st.sampled_from(["/haku", "https://a.example/x y"]),
    selector=st.none() | st.sampled_from(["#a", "nav > a", 'a[b="c d"]']),
    criterion=st.none() | st.just("2.4.7"),
    rule=st.none() | st.just("button-name"),
    tags=st.lists(SAFE.filter(lambda tag: bool(tag.strip())), max_size=2, unique=True).map(tuple),
)


def exported(entries: list[Exported]) -> SessionExport:
    study = Study(project_id="p", name="S", created_at=STARTED)
    return SessionExport(
        study=study,
        participant=Participant(study_id=study.id, pseudonym="P03", created_at=STARTED),
        session=ResearchSession(
            study_id=study.id,
            participant_id="x",
            label="S-014",
            moderator="MK",
            started_at=STARTED,
            created_at=STARTED,
        ),
        entries=tuple(entries),
    )


def plain(text: str) -> str:
    return " ".join(text.replace("\ufeff", "").split())


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ENTRIES, max_size=6))
def test_any_observations_are_written_one_by_one(entries: list[Exported]) -> None:
    notes = parse_notes(as_notes(exported(entries)))
    assert notes.header is not None
    read = [entry for entry in notes.entries if entry.kind not in {"header", "blank"}]
    assert len(read) == len(entries)
    assert as_markdown(exported(entries)).decode().startswith("# S-014 · P03\n")
    for entry, before in zip(read, in_time(entries), strict=True):
        if before.offset_ms is None and plain(before.text)[:1].isdigit():
            continue  # words that are a time themselves
        assert entry.offset_ms == before.offset_ms
        if set(before.text) & set(SIGNS) or before.tags or not plain(before.text):
            continue  # some of these have no line that says them as they are
        if before.code == Code.NOTE and before.offset_ms is None:
            continue  # nor has a bare `X`
        assert (entry.severity, entry.criterion) == (before.severity, before.criterion)
        assert (entry.code, plain(entry.text)) == (before.code, plain(before.text))
