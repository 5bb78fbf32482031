"""Who may do what: tokens, roles, sign-in, the audit trail and the unit of work they stand in."""

from service.access.audit import record
from service.access.roles import Permission, Role
from service.access.work import Actor, Work

__all__ = ["Actor", "Permission", "Role", "Work", "record"]
