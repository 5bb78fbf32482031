"""A study with much to show, as the Common Industry Format report takes it."""

from datetime import UTC, datetime

from service.reports.cif.document import CifDocument, Setting
from service.reports.pictures.of_study import STUDY_PICTURES
from service.research.results.comparing import compare
from service.research.results.facts import Answered, Encounter, Person, StudyFacts, Tried
from service.research.results.grouping import Groups
from service.research.results.measuring import measures_of
from service.research.results.observers import agreement
from service.research.results.values import TOO_FEW, GroupMeasures, StudyMeasures
from service.research.tables import Study, Task

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
OUTCOMES = ("unassisted", "assisted", "failed", "unassisted", "not_run", None)
LONG = "Etsi kirja, varaa se ja nouda se lähimmästä kirjastosta <b>ilman</b> apua " * 2


def cif_document(language: str = "en", people: int = 12) -> CifDocument:
    """Twelve people at two tasks, with problems, answers and a group that is not shared."""
    study = Study(
        id="s", project_id="p", name="Haku & varaus <1>", goal="Löytävätkö?", created_at=NOW
    )
    tasks = tuple(
        Task(
            id=f"t{n}",
            study_id="s",
            number=n,
            title=LONG,
            scenario="Haluat lukea.",
            success="Löytyi.",
            time_limit_s=600,
            created_at=NOW,
        )
        for n in (1, 2)
    )
    units = [(f"u{n}", "1.4.2" if n % 2 else "1.5.0") for n in range(people)]
    facts = StudyFacts(
        study=study,
        tasks=tasks,
        people={
            f"u{n}": Person(pseudonym=f"P{n:02}", segment="lukijat", technologies=frozenset())
            for n in range(people)
        },
        builds=("1.4.2", "1.5.0"),
        tried=tuple(
            Tried(
                unit=unit,
                task_id=task.id,
                outcome=OUTCOMES[(n + task.number) % len(OUTCOMES)],
                duration_s=30.0 + n,
                seq=1 + n % 7,
            )
            for task in tasks
            for n, unit in enumerate(units)
        ),
        forgotten=(),
        forgotten_answers=(),
        answered=tuple(
            Answered(
                unit=unit, task_id=None, instrument="sus", items=(5, 1 + n % 4) * 5, weights=None
            )
            for n, unit in enumerate(units)
        ),
        encounters=tuple(
            Encounter(unit=unit, problem=f"k{n % 3}", severity=n % 5, task_id="t1", observer=who)
            for n, unit in enumerate(units[::2])
            for who in ("MK", "AL")[: 1 + n % 2]
        ),
        labels={f"k{n}": f"#ongelma-{n}" for n in range(3)},
        watched={unit: frozenset({"MK", "AL"}) for unit in units},
    )
    everybody = measures_of(facts, "all", "", frozenset(units), None)
    return CifDocument(
        study=study,
        product="Kirjaston verkkopalvelu",
        tasks=tasks,
        setting=Setting(
            sessions=people, methods=("test",), places=("lab",), moderators=1, first=NOW, last=NOW
        ),
        measures=StudyMeasures(
            study_id="s",
            build=None,
            builds=facts.builds,
            threshold=5,
            groups=(
                everybody,
                measures_of(facts, "segment", "lukijat", frozenset(units), None),
                GroupMeasures(kind="segment", name="pieni", suppressed=TOO_FEW),
            ),
            observer_agreement=agreement(facts, frozenset(units)),
            comparison=compare(Groups(facts, shares=False), "1.4.2", "1.5.0"),
        ),
        pictures=tuple(draw(facts, everybody, language) for draw in STUDY_PICTURES.values()),
        language=language,
        made_at=NOW,
    )
