"""`luiska study expire` and `luiska vault key`, as an operator runs them."""

import json
from datetime import UTC, date, datetime

from sqlmodel import select

from service import db
from service.access.vault import Contact, Vault
from service.projects import Project
from service.research.tables import Participant, Study
from service.store import prepare_store


def test_expire_erases_the_participants_of_studies_that_have_ended(here):
    now = datetime.now(UTC)
    engine = db.make_engine("sqlite:///./luiska.db")
    prepare_store(engine, now)
    with db.transaction(engine) as session:
        project = session.exec(select(Project)).one()
        for name, until in (("over", date(2020, 1, 31)), ("going on", date(2999, 1, 31))):
            study = Study(project_id=project.id, name=name, retention_until=until, created_at=now)
            session.add(study)
            session.flush()
            session.add(Participant(study_id=study.id, pseudonym="P01", created_at=now))
    db.close_engine(engine)
    ended = here("study", "expire")
    assert ended.code == 0, ended.err
    assert [(each["name"], each["participants"]) for each in json.loads(ended.out)] == [("over", 1)]
    again = here("study", "expire")
    assert json.loads(again.out) == []


def test_a_key_of_the_vault_seals_and_an_older_one_still_opens(here):
    older, newer = (here("vault", "key").out.strip() for _ in range(2))
    sealed = Vault([older]).seal(Contact(name="Maija"))
    assert Vault([newer, older]).open(sealed) == Contact(name="Maija")
