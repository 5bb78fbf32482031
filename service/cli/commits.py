"""What git tells of the commits that a gate compares."""

import subprocess

MOST_ANCESTORS = 500
_TIMEOUT_S = 10


def commit_here() -> str | None:
    """The commit that is checked out in this folder, if it is one of a repository."""
    lines = _git("rev-parse", "HEAD")
    return lines[0] if lines else None


def with_ancestors(sha: str) -> tuple[str, ...]:
    """A commit and those before it, nearest first; itself alone where git does not know it."""
    return _git("rev-list", f"--max-count={MOST_ANCESTORS}", "--end-of-options", sha) or (sha,)


def _git(*words: str) -> tuple[str, ...]:
    try:
        found = subprocess.run(
            ("git", *words), capture_output=True, text=True, timeout=_TIMEOUT_S, check=True
        )
    except (OSError, subprocess.SubprocessError):
        # No git, no repository, or a shallow one: then nothing is known of ancestors.
        return ()
    return tuple(found.stdout.split())
