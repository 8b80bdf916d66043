# SPDX-License-Identifier: AGPL-3.0-or-later
"""Bytes of unknown characters as text that can be shown: decoded, cleaned, bounded."""

from __future__ import annotations

import codecs
import html
import re
from collections import Counter
from typing import Final

from app.engine.documents.formats.limits import MAX_LINE_BYTES

# Control characters draw nothing, and those of bidirectional text make a line read as what it is not.
_UNSHOWN: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)
_SURROGATES: Final = re.compile("[\ud800-\udfff\ufffe\uffff]")
_SPACES: Final = re.compile(r"[ \t\n\r]+")
# `html.unescape` turns a number of any length into an int, which Python refuses from 4 300 digits on.
_LONG_NUMBER: Final = re.compile(r"&#(?:[0-9]{8,}|[xX][0-9a-fA-F]{7,});?")

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# In this order where two make equally good French: most of what does not say it comes from Windows.
_GUESSED: Final = ("cp1252", "cp850", "mac_roman")
_CHARSETS: Final = (
    *("utf-", "utf_", "cp", "iso8859", "mac", "koi8", "iso2022"),
    *("gb", "big5", "shift", "euc", "tis", "hz", "johab", "ptcp"),
)
_LIKELY: Final = {
    **dict.fromkeys("éèà", 8),
    **dict.fromkeys("êçâîôûùëïœ°µ²³É", 4),
    **dict.fromkeys("ÀÈÇÊÔÎ«»’–…€±½\u00a0", 1),
}
_UNLIKELY_PENALTY: Final = -6


def clean(text: str) -> str:
    """Return text with line feeds only, without what is not shown and without what is no character."""
    text = (
        text.replace("\r\n", "\n").replace("\r", "\n").replace("\x85", "\n").replace("\x0c", "\n")
    )
    return _SURROGATES.sub("\ufffd", _UNSHOWN.sub("", text))


def clip(text: str, most_bytes: int) -> str:
    """Return as much of a text as fits that many bytes of UTF-8, in whole characters."""
    if len(text) * 4 <= most_bytes:
        return text
    raw = text[:most_bytes].encode()
    if len(raw) <= most_bytes:
        return text[:most_bytes]
    return raw[:most_bytes].decode("utf-8", "ignore")


def one_line(text: str, most_bytes: int = MAX_LINE_BYTES) -> str:
    """Return a text on one line, without spaces around it."""
    # What is clipped away at the end need not be cleaned; spaces may fall away, hence the double.
    text = text[: 4 * most_bytes]
    return clip(_SPACES.sub(" ", clean(text)).strip(), most_bytes)


def unescape(text: str) -> str:
    """Return text with the entities of HTML replaced. Raises nothing, whatever it holds."""
    return html.unescape(_LONG_NUMBER.sub("\ufffd", text))


def decode(content: bytes) -> tuple[str, bool]:
    """Return bytes as text, and whether in which characters it is written had to be guessed."""
    for mark, name in _BOMS:
        if content.startswith(mark):
            return content[len(mark) :].decode(name, "replace"), False
    wide = _wide(content)
    if wide is not None:
        return content.decode(wide, "replace"), True
    try:
        return content.decode("utf-8"), False
    except UnicodeDecodeError:
        return content.decode(_guess(content), "replace"), True


def decode_as(content: bytes, charset: str) -> tuple[str, bool]:
    """Return bytes as text in the characters that they are said to be in; guess if that is wrong or unknown."""
    try:
        name = codecs.lookup(charset.strip()[:40] or "us-ascii").name
        if name == "ascii":
            return decode(content)
        # Windows writes its own characters and calls them ISO 8859-1; some of its bytes are no characters.
        if name in {"iso8859-1", "cp1252"}:
            return content.decode("cp1252", "replace"), False
        # `idna`, `rot13`, `zlib` and the like are codecs of Python, but no characters of a letter.
        if not name.startswith(_CHARSETS):
            return decode(content)
        return content.decode(name), False
    except (LookupError, ValueError, ImportError, OSError):
        # A codec is a file of Python's, which the process that reads documents may no longer open.
        return decode(content)


def _wide(content: bytes) -> str | None:
    """Tell UTF-16 without its mark by the zeros that Latin letters have in it."""
    start = content[:4096]
    if len(start) < 8 or start.count(0) * 3 < len(start):
        return None
    odd, even = start[1::2].count(0), start[::2].count(0)
    if odd > 4 * even:
        return "utf-16-le"
    return "utf-16-be" if even > 4 * odd else None


def _guess(content: bytes) -> str:
    """Return the encoding in which the bytes above ASCII make the most usual letters of French."""
    high = {byte: count for byte, count in Counter(content).items() if byte >= 0x80}

    def score(name: str) -> int:
        return sum(
            count * _LIKELY.get(bytes([byte]).decode(name, "replace"), _UNLIKELY_PENALTY)
            for byte, count in high.items()
        )

    return max(_GUESSED, key=score)
