# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whether a picture's bytes are all there, told by how its format is put together; nothing is unpacked.

What looks whole here may still fail when it is drawn; what is told to be damaged is.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_MAX_PIECES: Final = 1_000_000
"""Of one picture; beyond, nothing is said."""
_BARE_MARKERS: Final = frozenset((0x01, *range(0xD0, 0xD9)))
"""Of a JPEG, without a length."""


def is_damaged(content: bytes, format_name: str) -> bool:
    """Tell whether something is missing at a picture's end, or a PNG's own sums are wrong."""
    check = _CHECKS.get(format_name)
    return check is not None and check(content)


def _jpeg(content: bytes) -> bool:
    """A JPEG ends with a mark that its pixels cannot contain (ITU-T T.81 B.1.1.2)."""
    at = 2
    for _ in range(_MAX_PIECES):
        if content[at : at + 1] != b"\xff":
            return at + 4 > len(content)
        marker = content[at + 1] if at + 1 < len(content) else 0
        if marker == 0xDA:
            return content.find(b"\xff\xd9", at) < 0
        if marker == 0xFF:
            at += 1
        elif marker in _BARE_MARKERS:
            at += 2
        else:
            at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        if at >= len(content):
            return True
    return False


def _png(content: bytes) -> bool:
    """A PNG is a row of chunks with a sum each, the last of which is empty (PNG 5.3)."""
    at = 8
    for _ in range(_MAX_PIECES):
        length = int.from_bytes(content[at : at + 4], "big")
        end = at + 12 + length
        if end > len(content):
            return True
        kind = content[at + 4 : at + 8]
        # Of chunks that a reader may skip, the sums do not matter to the picture.
        is_needed = kind[:1].isupper()
        found = zlib.crc32(memoryview(content)[at + 4 : end - 4]) if is_needed else None
        if is_needed and found != int.from_bytes(content[end - 4 : end], "big"):
            return True
        if kind == b"IEND":
            return False
        at = end
    return False


def _gif(content: bytes) -> bool:
    """A GIF's first picture ends with an empty block; its other pictures are not shown."""
    at = 13 + _colours(content[10:11])
    for _ in range(_MAX_PIECES):
        mark = content[at : at + 1]
        if mark == b"!":
            at = _after_blocks(content, at + 2)
        elif mark == b",":
            at += 10 + _colours(content[at + 9 : at + 10])
            return _after_blocks(content, at + 1) > len(content)
        else:
            return True
    return False


def _colours(flags: bytes) -> int:
    return 3 << ((flags[0] & 7) + 1) if flags and flags[0] & 0x80 else 0


def _after_blocks(content: bytes, at: int) -> int:
    """Return where a row of blocks ends; behind the end if its last block is not there."""
    while at < len(content):
        length = content[at]
        at += 1 + length
        if not length:
            return at
    return len(content) + 1


def _webp(content: bytes) -> bool:
    return int.from_bytes(content[4:8], "little") + 8 > len(content)


def _bmp(content: bytes) -> bool:
    """A BMP whose pixels are not packed says how many there are."""
    head = int.from_bytes(content[14:18], "little")
    packing = int.from_bytes(content[30:34], "little")
    if head < 40 or packing not in {0, 3}:
        return False
    width = int.from_bytes(content[18:22], "little", signed=True)
    height = abs(int.from_bytes(content[22:26], "little", signed=True))
    bits = int.from_bytes(content[28:30], "little")
    row = (width * bits + 31) // 32 * 4
    return int.from_bytes(content[10:14], "little") + row * height > len(content)


_CHECKS: Final[dict[str, Callable[[bytes], bool]]] = {
    "JPEG": _jpeg,
    "MPO": _jpeg,
    "PNG": _png,
    "GIF": _gif,
    "WEBP": _webp,
    "BMP": _bmp,
}
