"""Digital services under evaluation and their pages: what everything else points at."""

from service.projects.locking import lock_project
from service.projects.pages import find_or_add_page, is_own, page_key
from service.projects.tables import Page, Project

__all__ = ["Page", "Project", "find_or_add_page", "is_own", "lock_project", "page_key"]
