"""Settings: everything about one process that an operator may choose."""

import os
import re
import socket
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from service.config.deny_list import DenyList
from service.config.logs import LogFormat, LogLevel

HOST_AND_PORT = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^\s:/\[\]]+):[0-9]{1,5}")
_ADDRESS = re.compile(r"https?://[^\s/?#]+(/\S*)?")
_VAULT_KEY = re.compile(r"[A-Za-z0-9_-]{43}=")
ROOT = Path(__file__).resolve().parents[2]


class Settings(BaseSettings):
    """Read from the environment with the prefix `LUISKA_`; unknown variables are left alone.

    Raises pydantic's `ValidationError`, which names the variable, on a value that does not fit.
    """

    model_config = SettingsConfigDict(env_prefix="LUISKA_", extra="ignore", frozen=True)

    database_url: str = "sqlite:///./luiska.db"
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    lanes: int = Field(default_factory=lambda: min(os.cpu_count() or 1, 4), ge=1, le=64)
    """Warm browsers that this process drives; one per core was measured to be the best."""
    allow_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    """`host:port` pairs that may be scanned although they are not public. Comma-separated."""
    deny_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    """Names (with all below them), `host:port` pairs, addresses and networks that are never
    reached, not even when they are allowed. Comma-separated."""
    max_response_bytes: int = Field(default=50_000_000, gt=0)
    """A connection that brings more is cut; a document that was cut is `too_large`."""
    max_visit_bytes: int = Field(default=200_000_000, gt=0)
    max_response_s: float = Field(default=60, gt=0, le=600)
    page_deadline_s: float = Field(default=60, gt=0, le=600)
    max_body_bytes: int = Field(default=5_000_000, gt=0)
    grid_url: str | None = None
    grid_proxy: str | None = Field(default=None, pattern=r"^socks5://[^\s/]+:[0-9]{1,5}$")
    """The guard that runs beside the Grid's nodes; without it they must reach this process's own
    on loopback."""
    chromium: str | None = None
    chromedriver: str | None = None
    axe_path: Path = ROOT / "node_modules" / "axe-core" / "axe.min.js"
    executor_id: str | None = None
    """This process's name among those that execute jobs; no two that run may have the same."""
    lease_s: float = Field(default=15, ge=1, le=600)
    """Other executors take over the jobs of one that died within three times this."""
    host_concurrency: int = Field(default=2, ge=1, le=64)
    """Pages of one host that are examined at once, in all processes; hosts of `allow_hosts` are
    one's own and have no such limit."""

    vault_key: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    """What names and contact details of participants are sealed with; the first seals, all open.
    Comma-separated. Left out on SQLite: one is made in a file beside the database."""

    log_level: LogLevel = "info"
    log_format: LogFormat | None = None
    """Left out: text on a terminal, JSON elsewhere."""
    metrics_port: int | None = Field(default=None, ge=0, le=65535)
    """Where a worker answers /metrics and /healthz; left out: nowhere."""
    metrics_host: str = "127.0.0.1"

    @field_validator("allow_hosts", "deny_hosts", "vault_key", mode="before")
    @classmethod
    def split_hosts(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("allow_hosts")
    @classmethod
    def are_hosts_with_ports(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for host in value:
            if HOST_AND_PORT.fullmatch(host) is None:
                raise ValueError(f"{host!r} is no host:port, such as 127.0.0.1:3000")
        return value

    @field_validator("grid_url")
    @classmethod
    def is_an_address(cls, value: str | None) -> str | None:
        if value and _ADDRESS.fullmatch(value) is None:
            raise ValueError("write it like http://hub:4444.")
        return value or None

    @field_validator("vault_key")
    @classmethod
    def are_keys(cls, value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        for key in value:
            if _VAULT_KEY.fullmatch(key.get_secret_value()) is None:
                raise ValueError("a key is 43 letters, digits, - or _, and =: `luiska vault key`")
        return value

    @field_validator("deny_hosts")
    @classmethod
    def deny_something(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        DenyList.of(value)
        return value

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def executor(self) -> str:
        """Fixed when embedded (one executor per file); machine and process on PostgreSQL."""
        own = "embedded" if self.is_sqlite else f"{socket.gethostname()}-{os.getpid()}"
        return self.executor_id or own
