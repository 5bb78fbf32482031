"""The settings of one process, read from `LUISKA_` environment variables."""

from service.config.settings import Settings

__all__ = ["Settings"]
