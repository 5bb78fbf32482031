"""A codebook of another program, taken into a study."""

import re

from sqlmodel import select

from service.access import Permission, Work
from service.research.codebook import add_code
from service.research.exchange import Choices
from service.research.exchange.codebooks import read_codebook
from service.research.studies import find_study
from service.research.tables import CodeEntry

_PARTS = re.compile(r"[./]")


def import_codebook(
    work: Work, study_id: str, content: bytes, choices: Choices
) -> tuple[list[CodeEntry], int]:
    """The codes that were added, and how many were there already and stay as they are.

    `a.b` stands below `a` where there is such a code. Raises `NotFound`, `NotAllowed` and
    `Unreadable`.
    """
    study = find_study(work, study_id, Permission.WRITE_RESEARCH, lock=True)
    entries = read_codebook(content, choices)
    known = {
        code.tag: code.id
        for code in work.session.exec(select(CodeEntry).where(CodeEntry.study_id == study.id))
    }
    added: list[CodeEntry] = []
    # What stands above comes first; otherwise the order of the file stays.
    for entry in sorted(entries, key=lambda entry: len(_PARTS.findall(entry.name))):
        tag = entry.name.removeprefix("#")
        if tag in known:
            continue
        above, _, name = tag.rpartition("." if "." in tag else "/")
        code = add_code(
            work,
            study.id,
            name=name if known.get(above) and name else tag,
            tag=tag,
            definition=entry.definition,
            parent_id=known.get(above),
        )
        known[tag] = code.id
        added.append(code)
    return added, len(entries) - len(added)
