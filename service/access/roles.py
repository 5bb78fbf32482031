"""Roles and what each may do."""

from enum import StrEnum


class Role(StrEnum):
    OWNER = "owner"
    RESEARCHER = "researcher"
    VIEWER = "viewer"
    CI = "ci"


class Permission(StrEnum):
    READ = "read"
    """Projects, scans, findings, pages, the ledger with counts of people."""
    SCAN = "scan"
    """Request and cancel scans."""
    TRIAGE = "triage"
    """Link observations, make barriers, change their status."""
    READ_RESEARCH = "read research"
    """Studies, tasks, participants, sessions, notes."""
    WRITE_RESEARCH = "write research"
    READ_CONTACTS = "read contacts"
    """Who participants are: the vault, and all that is held on one of them."""
    ADMINISTER = "administer"
    """Projects, tokens, the audit trail."""


PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    Role.RESEARCHER: frozenset(Permission) - {Permission.ADMINISTER},
    Role.VIEWER: frozenset({Permission.READ, Permission.READ_RESEARCH}),
    Role.CI: frozenset({Permission.READ, Permission.SCAN}),
}
