"""The vault: who participants are and how to reach them, apart from everything else.

Entries are sealed (Fernet: AES-128-CBC with HMAC-SHA256) with a key that the database does not
hold, so that neither a copy of the database nor a backup names anybody.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from service.access.tables import VaultEntry
from service.config import Settings
from service.errors import Unavailable

_NO_KEY = (
    "The vault has no key, so names and contact details can be neither stored nor read. Set "
    "LUISKA_VAULT_KEY (make one with `luiska vault key`)."
)


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Who a participant is. Any field may be empty."""

    name: str = ""
    email: str = ""
    phone: str = ""
    remark: str = ""


class Vault:
    """Seals and opens contacts. The first of several keys seals, all of them open (rotation).

    Without keys it makes one in `key_file` when it first seals, readable by its owner alone; a
    store on another machine has no such file and must be given keys.
    """

    def __init__(self, keys: Iterable[str], key_file: Path | None = None) -> None:
        self._keys = tuple(keys)
        self._key_file = key_file

    def seal(self, contact: Contact) -> bytes:
        """Raises `Unavailable` without a key."""
        return self._fernet(may_make=True).encrypt(json.dumps(asdict(contact)).encode())

    def open(self, sealed: bytes) -> Contact:
        """Raises `Unavailable` without the key that it was sealed with."""
        try:
            return Contact(**json.loads(self._fernet(may_make=False).decrypt(sealed)))
        except InvalidToken:
            raise Unavailable(
                "This entry of the vault was sealed with another key. Add that key to "
                "LUISKA_VAULT_KEY, behind a comma."
            ) from None

    def names(self, session: Session, participant_ids: SelectOfScalar[str]) -> tuple[str, ...]:
        """The names of these participants, as far as the vault knows and can open them."""
        entries = session.exec(
            select(VaultEntry.sealed).where(col(VaultEntry.participant_id).in_(participant_ids))
        ).all()
        return tuple(name for each in entries if (name := self.open(each).name))

    def _fernet(self, *, may_make: bool) -> MultiFernet:
        keys = self._keys or self._kept(may_make=may_make)
        if not keys:
            raise Unavailable(_NO_KEY)
        return MultiFernet([Fernet(key) for key in keys])

    def _kept(self, *, may_make: bool) -> tuple[str, ...]:
        if self._key_file is None:
            return ()
        if may_make and not self._key_file.exists():
            _make(self._key_file)
        return (self._key_file.read_text().strip(),) if self._key_file.exists() else ()


def open_vault(settings: Settings) -> Vault:
    """The vault of a process: with the keys of its settings, else the file beside its database."""
    keys = [each.get_secret_value() for each in settings.vault_key]
    file = sa.make_url(settings.database_url).database if settings.is_sqlite else None
    return Vault(keys, Path(f"{file}.vault-key") if file else None)


def new_key() -> str:
    """A new key, in the form that `LUISKA_VAULT_KEY` takes."""
    return Fernet.generate_key().decode()


def _make(file: Path) -> None:
    """Made beside its place and linked into it: another process may be making one as well."""
    mine = file.with_name(f"{file.name}.{os.getpid()}")
    descriptor = os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(new_key() + "\n")
    try:
        os.link(mine, file)
    except FileExistsError:
        return
    finally:
        mine.unlink()
