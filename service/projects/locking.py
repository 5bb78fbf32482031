"""Turns at one project's ledger."""

from sqlmodel import Session, select

from service.projects.tables import Project


def lock_project(session: Session, project_id: str) -> None:
    """Wait until no other transaction writes to the project's ledger; held until this one ends.

    The first lock of a transaction, so that no two wait for each other: project, scan, visit.
    Rows that only refer to the project are added beside it. On SQLite a writing transaction has
    the whole file anyway.
    """
    session.exec(
        select(Project.id).where(Project.id == project_id).with_for_update(key_share=True)
    ).one()
