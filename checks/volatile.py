"""What on a page changes without anybody having changed the page, and how it is taken out.

Build tools hash class names, frameworks number ids, servers stamp times and tokens. Each function
here takes one such text and returns what is left of it for a fingerprint. Where a text could be
either hand-written or generated it is taken for generated: leaving a word out makes two elements a
little more alike, keeping a random one would make every build a new barrier.
"""

import re
import unicodedata
from urllib.parse import parse_qsl, unquote, urlsplit

_MASK = "#"
_LABEL_LENGTH = 80

_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_HEX = r"(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{8,}"
_MONTH = (
    r"(?:[^\W\d]+kuuta|jan(?:uary|uari)?|feb(?:ruary|ruari)?|mar(?:ch|s)?|apr(?:il)?|may|maj|june?|"
    r"juni|july?|juli|aug(?:usti?)?|sep(?:t(?:ember)?)?|o[ck]t(?:ober)?|nov(?:ember)?|"
    r"dec(?:ember)?)\b"
)
_VOLATILE_TEXT = re.compile(
    rf"\b(?:{_UUID}|{_HEX})\b"
    # Times, dates, prices and versions: 12:03, 22.11.2026, 2026-11-22, 9,90
    r"|\d+(?:[.:,/-]\d+)+(?:t\d+(?::\d+)*(?:\.\d+)?)?z?"
    rf"|\b\d{{1,2}}\.?\s+{_MONTH}|\b{_MONTH}\.?\s+\d{{1,2}}\b"
    r"|\d{4,}"
    # Counters: (3), [12]
    r"|(?<=[(\[])\s*\d+\s*(?=[)\]])"
    # 5 min sitten, 2 hours ago, för 3 dagar sedan
    r"|\d+(?=\s+[^\W\d]+\.?\s+(?:sitten|ago|sedan)\b)"
)


def masked_text(text: str | None) -> str:
    """`text` for comparison: one case, single spaces, no counters, times, tokens; 80 characters."""
    if not text:
        return ""
    plain = " ".join(unicodedata.normalize("NFC", text).casefold().split())
    if not any(character.isalpha() for character in plain):
        return re.sub(r"\d+", _MASK, re.sub(r"(?<=\d)[\s.,:/-](?=\d)", "", plain))
    return _VOLATILE_TEXT.sub(_MASK, plain)[:_LABEL_LENGTH]


# Real words and short forms that mix letters and digits as random tokens do.
_MIXED_WORDS = frozenset({"a11y", "i18n", "l10n", "b2b", "b2c", "e2e", "h1n1", "p2p", "k12"})
_GENERATED_PREFIX = re.compile(
    r"^(?:css-|sc-|jsx-|jss\d|svelte-|astro-|emotion-|ember\d|radix-|headlessui-|react-aria|"
    r"react-select-\d|mantine-[a-z0-9]*\d|downshift-|cdk-|ng-tns-|ng-c\d|_ng|__bv|yui_|ext-gen|"
    r"gwt-uid|uid[-_]?\d|data-v-)"
    # React's useId: :r1:, «r1», _r_1_
    r"|[«:]r[0-9a-z]{1,4}[»:]|_r_?\d[0-9a-z]{0,3}_|_r_[0-9a-z]{1,3}_",
    re.IGNORECASE,
)
_WORD_SEPARATOR = re.compile(r"[^A-Za-z0-9À-ɏ]+")
_CAMEL_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def looks_generated(token: str) -> bool:
    """Whether a machine made this class name, id or attribute value up."""
    if _GENERATED_PREFIX.search(token) or re.search(_UUID, token, re.IGNORECASE):
        return True
    if sum(character.isalpha() for character in token) < 2:
        return True
    return any(_looks_random(part) for part in _WORD_SEPARATOR.split(token) if part)


def _looks_random(part: str) -> bool:
    lowered = part.lower()
    if lowered in _MIXED_WORDS:
        return False
    if re.search(r"[a-z]\d+[a-z]", lowered) or re.match(r"\d+[a-z]", lowered):
        return True
    if re.fullmatch(r"[0-9a-f]{8,}", lowered) and re.search(r"\d", lowered):
        return True
    letters = re.sub(r"\d+$", "", part)
    # Few words have five consonants in a row, and numbered words hardly four.
    longest = 5 if letters == part else 4
    if re.search(rf"[bcdfghjklmnpqrstvwxz]{{{longest},}}", letters.lower()):
        return True
    camel = _CAMEL_PARTS.findall(letters)
    # `navItem` is two words; `bdVaJa` and `kXyZaB` are none.
    return len(camel) > 1 and len(letters) / len(camel) < 2.6


def stable_token(value: str | None) -> str:
    """A hand-written id or attribute value with its numbers masked; empty when generated."""
    if not value or looks_generated(value.strip()):
        return ""
    return re.sub(r"\d+", _MASK, value.strip())


# CSS modules: Button_root__3xY2z, Button-module__root--3xY2z, Button__root___3xY2z, _root_1x2y3_12
_CSS_MODULE = (
    re.compile(r"^(?P<name>[A-Za-z][A-Za-z0-9-]*_[A-Za-z0-9-]+)__[A-Za-z0-9_+-]{5,}$"),
    re.compile(r"^(?P<name>[A-Za-z][\w-]*?)_{3}[A-Za-z0-9_+-]{5,}$"),
    re.compile(r"^(?P<name>[A-Za-z][\w-]*-module__[A-Za-z0-9-]+?)(?:--|__)[A-Za-z0-9_+-]{5,}$"),
    # header__3xY2z; `card__title` of BEM has neither capitals nor digits
    re.compile(r"^(?P<name>[A-Za-z][\w-]*?)__(?=[\w-]*[A-Z0-9])[A-Za-z0-9_-]{5,6}$"),
    re.compile(r"^_(?P<name>[A-Za-z][\w-]*?)_[a-z0-9]{5,}_\d+$"),
    re.compile(r"^(?P<name>makeStyles-[A-Za-z]+)-\d+$"),
)
_STATE_CLASS = re.compile(
    r"^(?:is|has|js|was)-|^(?:ng|cdk)-(?:pristine|dirty|touched|untouched|valid|invalid|focused)$"
    r"|(?:^|[-_])(?:active|current|selected|open|opened|closed|show|shown|hide|hidden|visible|"
    r"collapsed?|expanded|disabled|enabled|focus|focused|hover|visited|checked|first|last|odd|even|"
    r"loading|loaded|lazyload(?:ed|ing)?|animated|sticky|scrolled)$",
    re.IGNORECASE,
)
_PLAIN_CLASS = re.compile(r"^[A-Za-zÀ-ɏ][\wÀ-ɏ-]*$")


def stable_classes(value: str | None) -> list[str]:
    """The hand-written class names, sorted: no hashes, no states, no Tailwind variants."""
    tokens = (value or "").split()
    # styled-components writes `sc-<hash> <hash>`: beside the first, a short bare word is a hash.
    styled = any(re.search(r"(?:^|-)sc-", token) for token in tokens)
    kept = set()
    for token in tokens:
        if styled and re.fullmatch(r"[A-Za-z]{5,7}", token):
            continue
        named = _without_module_hash(token)
        if not _PLAIN_CLASS.match(named) or _STATE_CLASS.search(named):
            continue
        if stable := stable_token(named):
            kept.add(stable)
    return sorted(kept)


def _without_module_hash(token: str) -> str:
    for pattern in _CSS_MODULE:
        if match := pattern.match(token):
            return match["name"]
    return token


_VOLATILE_PARAMETER = re.compile(
    r"^(?:_|t|ts|v|ver|version|cb|cache|cachebuster|rnd|rand|random|time|timestamp|date|expires?|"
    r"sid|s?ess(?:ion)?(?:_?id)?|phpsessid|jsessionid|aspsessionid\w*|cftoken|cfid|nonce|state|"
    r"sig(?:nature)?|hash|token|\w*csrf\w*|\w*xsrf\w*|\w*token|__\w+|utm_\w+|gclid|fbclid|"
    r"returnurl|return_to|redirect\w*|next|x-amz-\w+)$",
    re.IGNORECASE,
)
_ASSET_HASH = re.compile(r"(?<=[._-])(?P<hash>[A-Za-z0-9]{6,})(?=\.\w+$)")
_PATH_SESSION = re.compile(
    rf";[^/]*|(?<=/)\(s\([a-z0-9]+\)\)/|(?<=/)(?:{_UUID}|[0-9a-f]{{16,}})(?=/|$)", re.IGNORECASE
)


def stable_url(value: str | None) -> str:
    """Path, lasting query parameters and fragment of an address: no host, port, session or hash.

    The host is left out even of foreign addresses, because preview hosts come and go.
    """
    if not value:
        return ""
    try:
        parts = urlsplit(value.strip())
    except ValueError:
        return ""
    if parts.scheme in ("blob", "javascript"):
        return parts.scheme
    if parts.scheme and parts.scheme not in ("http", "https"):
        return value.strip()
    path = _PATH_SESSION.sub("", unquote(parts.path))
    path = _ASSET_HASH.sub(
        lambda match: _MASK if _looks_random(match["hash"]) else match["hash"], path
    )
    query = sorted(
        f"{name}={text}"
        for name, text in parse_qsl(parts.query, keep_blank_values=True)
        if not _VOLATILE_PARAMETER.match(name) and not (len(text) >= 16 and looks_generated(text))
    )
    fragment = "" if looks_generated(parts.fragment) else parts.fragment
    return "|".join((path, "&".join(query), fragment))
