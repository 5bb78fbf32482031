"""What a Common Industry Format report tells, and how it is gathered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from service.access import Work
from service.projects import Project
from service.reports.pictures.of_study import STUDY_PICTURES
from service.reports.pictures.values import Picture
from service.research.results.facts import read_facts
from service.research.results.measuring import measures_of
from service.research.results.naming import Named
from service.research.results.of_study import measure
from service.research.results.values import GroupMeasures, StudyMeasures
from service.research.tables import ResearchSession, Study, Task


@dataclass(frozen=True, kw_only=True)
class Setting:
    """How sessions were held: their number by method and place, and when."""

    sessions: int
    methods: tuple[str, ...]
    places: tuple[str, ...]
    moderators: int
    first: datetime | None
    last: datetime | None


@dataclass(frozen=True, kw_only=True)
class CifDocument:
    """One study with its figures and pictures, in the language of its reader."""

    study: Study
    product: str
    tasks: tuple[Task, ...]
    setting: Setting
    measures: StudyMeasures
    pictures: tuple[Picture, ...]
    language: str
    made_at: datetime

    @property
    def everybody(self) -> GroupMeasures:
        return self.measures.groups[0]


def cif_document(
    work: Work,
    study: Study,
    links: Mapping[str, Named],
    language: str,
    *,
    compared: tuple[str, str] | None = None,
) -> CifDocument:
    """The report of a study as its reader may see it; what is not shared with them is told.

    With `compared` also what changed between two builds. Raises `Malformed` for a build that no
    session was held on.
    """
    facts = read_facts(work.session, study, links)
    everybody = measures_of(facts, "all", "", facts.units, None)
    return CifDocument(
        study=study,
        product=work.session.get_one(Project, study.project_id).name,
        tasks=facts.tasks,
        setting=_setting(work, study),
        measures=measure(work, study, links, compared=compared),
        pictures=tuple(draw(facts, everybody, language) for draw in STUDY_PICTURES.values()),
        language=language,
        made_at=work.now,
    )


def _setting(work: Work, study: Study) -> Setting:
    sittings = work.session.exec(
        select(ResearchSession)
        .where(ResearchSession.study_id == study.id)
        .order_by(col(ResearchSession.started_at))
    ).all()
    return Setting(
        sessions=len(sittings),
        methods=tuple(sorted({each.method for each in sittings})),
        places=tuple(sorted({each.setting for each in sittings if each.setting})),
        moderators=len({each.moderator for each in sittings}),
        first=sittings[0].started_at if sittings else None,
        last=sittings[-1].started_at if sittings else None,
    )
