"""Operations on projects: make, find, change, delete."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from checks import standards
from service.access.audit import record
from service.access.origins import read_origins
from service.access.roles import Permission
from service.access.versions import check_version
from service.access.work import Work
from service.errors import Conflict, FieldError, Malformed, NotFound, Stale
from service.projects import Project

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LOOKS_LIKE_AN_ID = re.compile(r"[0-9a-f]{32}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
_UNREACHABLE = "Nothing with this id can be reached with your token."


@dataclass(frozen=True, kw_only=True)
class ProjectChange:
    """What to change; None leaves a field as it is. A `policy` has been read by its caller."""

    name: str | None = None
    slug: str | None = None
    origins: Sequence[str] | None = None
    standard: str | None = None
    languages: Sequence[str] | None = None
    policy: Mapping[str, Any] | None = None


def create_project(
    work: Work,
    *,
    name: str,
    slug: str | None = None,
    origins: Sequence[str] = (),
    standard: str = standards.DEFAULT_STANDARD,
    languages: Sequence[str] = (),
    policy: Mapping[str, Any] | None = None,
) -> Project:
    """A new project. Without a slug one is made of the name; one that is taken is refused.

    Raises `NotAllowed`, `Malformed` (naming the field) and `Conflict`.
    """
    work.require(Permission.ADMINISTER, None)
    values = _validated(
        ProjectChange(
            name=name,
            slug=slug,
            origins=origins,
            standard=standard,
            languages=languages,
            policy=policy,
        )
    )
    if slug is None:
        values["slug"] = _free_slug(work.session, name)
    else:
        _refuse_taken(work.session, slug)
    project = Project(created_at=work.now, **values)
    work.session.add(project)
    work.session.flush()
    record(
        work,
        "project created",
        subject="project",
        subject_id=project.id,
        project_id=project.id,
    )
    return project


def find_project(work: Work, id_or_slug: str, permission: Permission) -> Project:
    """The project with that id or slug. Raises `NotFound` (missing or foreign), `NotAllowed`."""
    project = work.session.exec(
        select(Project).where(
            sa.or_(col(Project.id) == id_or_slug, col(Project.slug) == id_or_slug)
        )
    ).first()
    if project is None:
        raise NotFound(_UNREACHABLE)
    work.require(permission, project.id)
    return project


def list_projects(work: Work) -> SelectOfScalar[Project]:
    """The projects that the actor reaches: all of them, or a scoped token's own one."""
    own = work.actor.project_id
    work.require(Permission.READ, own)
    return select(Project) if own is None else select(Project).where(Project.id == own)


def change_project(
    work: Work,
    id_or_slug: str,
    change: ProjectChange,
    *,
    expected: Collection[int] | None = None,
) -> Project:
    """The project after the change; its version grows by one.

    `expected` are the versions that the change was made for. Raises `NotFound`, `NotAllowed`,
    `Malformed`, `Conflict` and `Stale`.
    """
    project = find_project(work, id_or_slug, Permission.ADMINISTER)
    check_version(project.version, expected)
    values = _validated(change)
    if "slug" in values and values["slug"] != project.slug:
        _refuse_taken(work.session, values["slug"])
    if not values:
        return project
    done = work.session.connection().execute(
        sa.update(Project)
        .where(col(Project.id) == project.id, col(Project.version) == project.version)
        .values(**values, version=project.version + 1)
    )
    if done.rowcount != 1:
        raise Stale("Somebody changed it at the same moment. Read it again and repeat.")
    work.session.refresh(project)
    record(
        work,
        "project changed",
        subject="project",
        subject_id=project.id,
        project_id=project.id,
        fields=",".join(sorted(values)),
        version=project.version,
    )
    return project


def delete_project(work: Work, id_or_slug: str, *, expected: Collection[int] | None = None) -> None:
    """Delete a project with everything in it: scans, barriers, studies, its tokens.

    Raises `NotFound`, `NotAllowed` and `Stale`.
    """
    project = find_project(work, id_or_slug, Permission.ADMINISTER)
    check_version(project.version, expected)
    record(work, "project deleted", subject="project", subject_id=project.id, project_id=project.id)
    work.session.delete(project)
    work.session.flush()


def slug_of(name: str) -> str:
    """A readable ASCII slug: `Hämeen kirjasto` becomes `hameen-kirjasto`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:48].strip("-")
    return slug if slug and not _LOOKS_LIKE_AN_ID.fullmatch(slug) else "project"


def _free_slug(session: Session, name: str) -> str:
    wanted = slug_of(name)
    taken = set(
        session.exec(
            select(Project.slug).where(
                sa.or_(
                    col(Project.slug) == wanted,
                    col(Project.slug).startswith(f"{wanted}-", autoescape=True),
                )
            )
        )
    )
    if wanted not in taken:
        return wanted
    return next(slug for n in range(2, len(taken) + 3) if (slug := f"{wanted}-{n}") not in taken)


def _refuse_taken(session: Session, slug: str) -> None:
    if session.exec(select(Project.id).where(Project.slug == slug)).first() is not None:
        raise Conflict(
            f"The slug `{slug}` is taken. Choose another, or leave it out to get one.",
            slug="slug-taken",
        )


def _validated(change: ProjectChange) -> dict[str, Any]:
    values: dict[str, Any] = {}
    errors: list[FieldError] = []
    if change.name is not None:
        values["name"] = change.name.strip()
        if not values["name"]:
            errors.append(FieldError(pointer="/name", detail="A project needs a name."))
    if change.slug is not None:
        values["slug"] = change.slug
        if not _SLUG.fullmatch(change.slug) or len(change.slug) > 64:
            errors.append(
                FieldError(
                    pointer="/slug",
                    detail="Use up to 64 of a-z, 0-9, and single hyphens between them.",
                )
            )
        elif _LOOKS_LIKE_AN_ID.fullmatch(change.slug):
            errors.append(FieldError(pointer="/slug", detail="This looks like an id."))
    if change.origins is not None:
        values["origins"], wrong = read_origins(change.origins)
        errors.extend(wrong)
    if change.standard is not None:
        values["standard"] = change.standard
        errors.extend(_standard_errors(change.standard))
    if change.languages is not None:
        values["languages"] = list(dict.fromkeys(change.languages))
        errors.extend(
            FieldError(pointer=f"/languages/{n}", detail="Use a BCP 47 tag such as `fi`.")
            for n, language in enumerate(change.languages)
            if not _LANGUAGE.fullmatch(language)
        )
    if change.policy is not None:
        values["policy"] = dict(change.policy)
    if errors:
        raise Malformed("A project cannot be like this; see `errors`.", errors=tuple(errors))
    return values


def _standard_errors(standard: str) -> list[FieldError]:
    try:
        standards.standard(standard)
    except standards.UnknownStandard as error:
        return [FieldError(pointer="/standard", detail=str(error))]
    return []
