"""Where the pages come from: npm packages by version and hash, Debian packages by name."""

import base64
import hashlib
import shutil
import subprocess
import tarfile
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

LIST = Path(__file__).with_name("packages.toml")
FETCH_TIMEOUT_S = 300.0
NOISE = ("W:", "WARNING:", "npm warn", "npm error code")


class CorpusError(Exception):
    """The corpus cannot be built; the message is one line and says what to do."""


@dataclass(frozen=True, kw_only=True)
class Package:
    """One package: `take` is the folder in it that is served under `to`, `pages` are below that.

    `version` and `integrity` are set for npm alone: Debian's archive keeps one version of each
    package, so which one it was is told with the corpus. `with_` names the Debian packages that
    hold the targets of its links.
    """

    name: str
    kind: str
    take: str
    to: str
    pages: tuple[str, ...]
    version: str | None = None
    integrity: str | None = None
    with_: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """A package on the disk: the folder it was unpacked into and the version it is."""

    folder: Path
    version: str


def listed_packages(path: Path = LIST) -> tuple[Package, ...]:
    """The packages of the checked-in list, in its order."""
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["package"]
    return tuple(
        Package(
            name=entry["name"],
            kind=entry["kind"],
            take=entry["take"],
            to=entry["to"],
            pages=tuple(entry["pages"]),
            version=entry.get("version"),
            integrity=entry.get("integrity"),
            with_=tuple(entry.get("with", ())),
        )
        for entry in entries
    )


def fetch(package: Package, downloads: Path) -> Fetched:
    """Download and unpack a package, unless that has been done. Raises CorpusError."""
    folder = downloads / package.name
    stamp = folder / ".version"
    wanted = package.version
    if stamp.exists() and wanted in (None, stamp.read_text(encoding="utf-8")):
        return Fetched(folder=folder, version=stamp.read_text(encoding="utf-8"))
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    version = (
        _fetch_npm(package, folder) if package.kind == "npm" else _fetch_debian(package, folder)
    )
    stamp.write_text(version, encoding="utf-8")
    return Fetched(folder=folder, version=version)


def _fetch_npm(package: Package, folder: Path) -> str:
    spec = f"{package.name}@{package.version}"
    _run(["npm", "pack", spec, "--ignore-scripts", "--loglevel=error"], folder, f"{spec} from npm")
    archive = _only(folder.glob("*.tgz"), spec)
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if f"sha512-{digest}" != package.integrity:
        raise CorpusError(f"{spec} from npm is not what packages.toml expects: sha512-{digest}")
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    archive.unlink()
    return str(package.version)


def _fetch_debian(package: Package, folder: Path) -> str:
    names = (package.name, *package.with_)
    _run(
        ["apt-get", "-q", "download", *names],
        folder,
        f"{' '.join(names)} from Debian's archive (or run apt-get update first)",
    )
    for archive in sorted(folder.glob("*.deb")):
        _run(["dpkg-deb", "-x", archive.name, "."], folder, f"unpacking {archive.name}")
    version = _only(folder.glob(f"{package.name}_*.deb"), package.name).name.split("_")[1]
    for archive in folder.glob("*.deb"):
        archive.unlink()
    return version.replace("%3a", ":")


def _only(found: Iterator[Path], what: str) -> Path:
    paths = list(found)
    if len(paths) != 1:
        raise CorpusError(f"{what}: one archive was expected, {len(paths)} came")
    return paths[0]


def _run(command: Sequence[str], folder: Path, what: str) -> None:
    if shutil.which(command[0]) is None:
        raise CorpusError(f"cannot get {what}: {command[0]} is not on this machine")
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=FETCH_TIMEOUT_S
        )
    except subprocess.TimeoutExpired as error:
        raise CorpusError(f"cannot get {what}: {command[0]} took too long") from error
    if done.returncode:
        raise CorpusError(f"cannot get {what}: {reason(done.stderr) or done.returncode}")


def reason(stderr: str) -> str | None:
    """The first line in which npm, apt-get or dpkg-deb says what is wrong."""
    lines = (line.strip() for line in stderr.splitlines())
    return next((line for line in lines if line and not line.startswith(NOISE)), None)
