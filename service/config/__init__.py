"""What an operator may choose about one process."""

from service.config.deny_list import DenyList
from service.config.settings import Settings

__all__ = ["DenyList", "Settings"]
