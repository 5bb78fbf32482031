"""Whether a document runs no script and stays as it is, told from its text before any parser.

Only such a document is a function of what it was made from. Each test goes by letters alone, and
what stands in a comment or in a sentence counts as if it were a tag: an error is always on the
side of "it may". A script that runs can take itself out of the tree, so the tree is no witness.
"""

import re

# Frames have documents of their own, media have a time of their own, and the rest runs or moves.
_ELEMENTS = (
    "animate", "applet", "audio", "controlledframe", "discard", "embed", "fencedframe", "frame",
    "iframe", "marquee", "object", "portal", "set", "video", "webview",
)  # fmt: skip
_RUNS_OR_MOVES = re.compile(
    rf"<(?:{'|'.join(_ELEMENTS)})"
    # A handler in an attribute. Before its name stands a space, a slash or the end of a value.
    r"|[\s\"'/]on[a-z]{2,}\s*="
    # In a link it runs for a click only, and nobody clicks; in all else it is refused above.
    r"|javascript:"
    # Hints that have Chromium make pages of its own.
    r"|prerender|speculationrules",
    re.IGNORECASE,
)
_SCRIPT = re.compile(r"<script", re.IGNORECASE)
_PLAIN_SCRIPT = re.compile(
    r"<script(?P<attributes>(?:\s+[a-z-]+=\"[^\"<>&]*\")+)\s*>", re.IGNORECASE
)
_TYPE = re.compile(r"\stype=\"([^\"]*)\"", re.IGNORECASE)
_BLOCKS = frozenset({"application/ld+json", "application/json"})
"""What a script element may hold that no browser runs."""
_EQUIVALENT = re.compile(r"http-equiv", re.IGNORECASE)
_PLAIN_EQUIVALENT = re.compile(
    r"http-equiv\s*=\s*(?:content-(?:type|language|security-policy)|x-ua-compatible"
    r"|\"(?:content-(?:type|language|security-policy)|x-ua-compatible)\""
    r"|'(?:content-(?:type|language|security-policy)|x-ua-compatible)')[\s/>]",
    re.IGNORECASE,
)
# An escape could spell any of these names.
_STYLE_MOVES = re.compile(
    r"@(?:-[a-z]+-)?keyframes|@starting-style|@view-transition|@[-\w]*\\", re.IGNORECASE
)


def is_scriptless(text: str) -> bool:
    """Whether this HTML document runs nothing and shows no document but its own."""
    return (
        _RUNS_OR_MOVES.search(text) is None
        and all(_is_block(text, found.start()) for found in _SCRIPT.finditer(text))
        and len(_EQUIVALENT.findall(text)) == len(_PLAIN_EQUIVALENT.findall(text))
    )


def stays(text: str) -> bool:
    """Whether no style rule in this document or style sheet makes anything move."""
    return _STYLE_MOVES.search(text) is None


def _is_block(text: str, start: int) -> bool:
    """Whether the script element that may begin here is a block of another kind, never run."""
    tag = _PLAIN_SCRIPT.match(text, start)
    if tag is None:
        return False
    # Of several attributes with one name the first counts.
    kind = _TYPE.search(tag["attributes"])
    return kind is not None and kind[1].lower() in _BLOCKS
