"""The unit of work: one transaction, who does it and when."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from service.access.roles import PERMISSIONS, Permission, Role
from service.errors import NotAllowed, NotFound


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who acts. `project_id` is the only project a scoped token reaches; None reaches all."""

    name: str
    role: Role
    token_id: str | None = None
    project_id: str | None = None

    def may(self, permission: Permission) -> bool:
        return permission in PERMISSIONS[self.role]


@dataclass(frozen=True, kw_only=True)
class Work:
    """Everything an operation needs: a session inside a transaction, the actor, the time (UTC)."""

    session: Session
    actor: Actor
    now: datetime

    def require(self, permission: Permission, project_id: str | None) -> None:
        """Refuse what the actor may not do. A foreign project is as good as a missing one: 404.

        `project_id` None means something that belongs to no project (all tokens, new projects).
        Raises `NotFound` and `NotAllowed`.
        """
        if self.actor.project_id is not None and project_id != self.actor.project_id:
            if project_id is not None:
                raise NotFound("Nothing with this id can be reached with your token.")
            raise NotAllowed("Your token belongs to one project; this needs one for all projects.")
        if not self.actor.may(permission):
            raise NotAllowed(
                f"A token with the role {self.actor.role} may not {permission}; "
                "ask an owner for one that may."
            )
