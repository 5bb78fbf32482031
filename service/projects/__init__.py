"""Digital services under evaluation and their pages: what everything else points at."""

from service.projects.locking import lock_project
from service.projects.many_pages import find_or_add_pages
from service.projects.pages import find_or_add_page, is_own, page_address, page_key
from service.projects.tables import Page, Project

__all__ = [
    "Page",
    "Project",
    "find_or_add_page",
    "find_or_add_pages",
    "is_own",
    "lock_project",
    "page_address",
    "page_key",
]
