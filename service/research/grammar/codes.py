"""The letters of the codes, the ready Finnish aliases, and how a code is told from a word."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from service.research.grammar.lines import Doubts
from service.research.grammar.values import Code, WarningCode

LETTERS: Mapping[str, Code] = MappingProxyType(
    {
        "X": Code.PROBLEM,
        "D": Code.SAME_PROBLEM,
        "V": Code.HIGHLIGHT,
        "C": Code.COMMENT,
        "+": Code.POSITIVE,
        "-": Code.NEGATIVE,
        "??": Code.CONFUSION,
        "!!": Code.SURPRISE,
        "B": Code.BUG,
        "H": Code.HELP,
        "A": Code.ASSISTED,
        "G": Code.GIVES_UP,
        "I": Code.IDEA,
        "M": Code.MISC,
        "~": Code.INTERPRETATION,
    }
)

# Only letters that are free are used, so the international ones keep working beside them and a
# file reads the same in both. Codes whose own letter already fits the Finnish word need none:
# B bugi, H hakee apua, A autettu, I idea, M muu. `O` and `O:` (observer) differ by the colon.
# `P` is left free: `P selaa` is far likelier a forgotten colon than a code.
FINNISH_ALIASES: Mapping[str, Code] = MappingProxyType(
    {
        "O": Code.PROBLEM,  # ongelma
        "S": Code.SAME_PROBLEM,  # sama ongelma
        "N": Code.HIGHLIGHT,  # nosto
        "K": Code.COMMENT,  # kommentti
        "E": Code.CONFUSION,  # epäselvä
        "Y": Code.SURPRISE,  # yllättyy
        "L": Code.GIVES_UP,  # luovuttaa
        "T": Code.INTERPRETATION,  # tulkinta
    }
)

_WORD = re.compile(r"\S+")
_NEXT_WORD = re.compile(r"\s+([^\W\d_]+(?:['’][^\W\d_]+)?)")
_ENGLISH_LOWER = re.compile(r"[a-z]+(?:['’][a-z]+)?")
_GLUES = ("??", "!!", "~")

# Words that make the letter before them an English word beyond doubt. Verbs that could as well
# begin an idea ("I add a filter") or a hint ("A told her the way") are not here on purpose.
_AFTER_ENGLISH_I = (
    "actually agree already also always am appreciate assume assumed believe believed came can "
    "can't cannot clicked could couldn't did didn't do don't expect expected feel felt figured "
    "forgot found gave get got guess had hadn't hate have haven't hear heard hope just kept knew "
    "know like liked looked lost love may mean meant might missed must need needed never noticed "
    "often only prefer probably really remember remembered said saw say see shall should "
    "shouldn't still suppose tend think thought tried understand understood used usually want "
    "wanted was wasn't went will wish won't wonder wondered would wouldn't"
)
_AFTER_ENGLISH_A = (
    "bad better big bit bug button certain clear couple customer dialog different few field form "
    "good great heading image label large link list little long lot menu message minute moment "
    "more new nice number page participant person pity place popup problem screen search second "
    "short similar simple single small tab table tester user very visitor warning while window "
    "woman man word"
)
_ENGLISH = {
    "I": frozenset(_AFTER_ENGLISH_I.split()),
    "A": frozenset(_AFTER_ENGLISH_A.split()),
}


def alias_problem(alias: str) -> str | None:
    """Why `alias` cannot stand for a code, or None when it can."""
    if not alias or len(alias.split()) != 1 or alias != alias.strip():
        return "An alias is one word without spaces."
    if alias[0].isdigit() or alias[0] in "@#=^!" or ":" in alias or "\x00" in alias:
        return "An alias starts with no digit, @, #, =, ^ or !, and holds no colon."
    return None


def code_table(aliases: Mapping[str, Code] | None) -> Mapping[str, Code]:
    """The letters in force; a study's alias wins over the letter it replaces."""
    if not aliases:
        return LETTERS
    usable = {alias: code for alias, code in aliases.items() if alias_problem(alias) is None}
    return {**LETTERS, **usable}


def read_code(
    text: str, position: int, table: Mapping[str, Code], doubts: Doubts
) -> tuple[Code, int] | None:
    """The code at `position` and where it ends, or None when a text begins there."""
    word = _WORD.match(text, position)
    if word is None:
        return None
    token = word.group()
    if token in table:
        if token in _ENGLISH and _is_english_word(text, token, word.end(), doubts):
            return None
        return table[token], word.end()
    glued = _glued_symbol(token)
    if glued is not None and glued in table:
        detail = f"Read as the code {glued} and the text after it; put a space between them."
        doubts.add(position, WarningCode.GLUED_CODE, detail)
        return table[glued], position + len(glued)
    letter, mark, rank = token.partition("!")
    if mark and rank[:1].isdigit() and not table.keys().isdisjoint({letter, letter.upper()}):
        detail = "Read as text: a code is a capital letter or a sign, a space, and a severity."
        doubts.add(position, WarningCode.GLUED_CODE, detail)
    if len(token) == 1 and token.isupper():
        detail = f"{token} is no code here, so this is text. Is a colon or an alias missing?"
        doubts.add(position, WarningCode.UNKNOWN_CODE, detail)
    return None


def warn_of_misplaced_code(
    text: str, position: int, table: Mapping[str, Code], doubts: Doubts
) -> None:
    """A code letter behind the severity or the actor is text, and probably was meant as a code."""
    word = _WORD.match(text, position)
    if word is not None and word.group() in table and word.group() not in _ENGLISH:
        detail = f"{word.group()} is text here: a code stands before the severity and the actor."
        doubts.add(position, WarningCode.MISPLACED_CODE, detail)


def _is_english_word(text: str, letter: str, end: int, doubts: Doubts) -> bool:
    following = _NEXT_WORD.match(text, end)
    if following is None or not _ENGLISH_LOWER.fullmatch(following.group(1)):
        return False
    if following.group(1).replace("’", "'") in _ENGLISH[letter]:
        return True
    detail = f"Read as the code {letter}; if it is the English word, quote it or add P: before it."
    doubts.add(end - len(letter), WarningCode.CODE_OR_WORD, detail)
    return False


def _glued_symbol(token: str) -> str | None:
    for symbol in _GLUES:
        if token.startswith(symbol):
            return symbol
    # `-5 astetta`, `+358 …`, `->` and `--` are text; `+hyvä` is a code without its space.
    if token[0] in "+-" and token[1:2].isalpha():
        return token[0]
    return None
