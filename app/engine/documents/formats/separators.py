# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where a letter begins in a mailbox (mbox), as programs really write it; RFC 4155 is what they should.

| line | who writes it | begins a letter |
|---|---|---|
| `From a@b Thu Jan  1 00:00:00 1970` | most; Thunderbird for long with `-` as address | after an empty line; without one if a field of a letter follows |
| `From - Sat Apr 12 2025 15:59:28` | some exports | as above |
| `From `, `From -`, `From a@b`, `From a@b 5 Mar 2024` | Thunderbird of today and others | after an empty line, if a field of a letter follows |

Prose that begins so has neither a time with a year nor, in the line below, the name of such a field.
"""

from __future__ import annotations

import re
from typing import Final

BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_LONGEST: Final = 400
_END: Final = 60
"""Time and year stand within so many bytes at the end of the line."""
_TIME: Final = re.compile(rb"\b[0-9]{1,2}:[0-9]{2}\b")
_YEAR: Final = re.compile(rb"\b(?:19|20)[0-9]{2}\b[^\r\n]{0,30}$")
_BARE: Final = re.compile(rb"From[ \t]+(?:-|[^\s@]{1,160}@[^\s@]{1,160}(?:[ \t].*)?)?[ \t]*$")
_FIELD: Final = re.compile(
    rb"(?:from|to|cc|bcc|subject|date|received|sender|status|fcc|importance|priority|precedence|organization|autocrypt"
    rb"|newsgroups|lines|comments|keywords|path|expires|encrypted|encoding|language|face|xref"
    rb"|[a-z]{1,40}(?:-[a-z0-9_]{1,40}){1,8}):",
    re.IGNORECASE,
)
"""A field that letters have; one with a hyphen in its name is hardly anything else."""
_LINE: Final = re.compile(rb"(\A|\r\n?|\n)(From [^\r\n]{4,400})(?=(?:\r\n?|\n)([^\r\n]{0,160}))")


def begins_letter(line: bytes, following: bytes, *, is_after_empty: bool) -> bool:
    """Tell whether a line begins a letter, by the line below it and whether the one above is empty."""
    if not line.startswith(b"From "):
        return False
    bare = line.rstrip(b"\r\n")
    if len(bare) > _LONGEST:
        return False
    if _is_dated(bare):
        return is_after_empty or _FIELD.match(following) is not None
    return is_after_empty and _BARE.match(bare) is not None and _FIELD.match(following) is not None


def _is_dated(line: bytes) -> bool:
    end = line[-_END:]
    return bool(_TIME.search(end) and _YEAR.search(end))


def holds_letters(content: bytes) -> bool:
    """Tell whether letters begin somewhere in what does not begin as a mailbox: its first bytes are damaged.

    Only what cannot be anything else counts: a line with time and year, and a field of a letter below it.
    """
    return any(
        _is_dated(found.group(2)) and _FIELD.match(found.group(3))
        for found in _LINE.finditer(content)
    )


def is_mailbox(start: bytes) -> bool:
    """Tell a mailbox by its first lines: nothing but empty ones may stand before the first letter."""
    lines = start.removeprefix(BYTE_ORDER_MARK).splitlines()
    while lines and not lines[0].strip():
        lines.pop(0)
    first, following, *_ = (*lines[:2], b"", b"")
    return begins_letter(first, following, is_after_empty=True)
