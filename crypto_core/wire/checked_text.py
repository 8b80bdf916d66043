# SPDX-License-Identifier: AGPL-3.0-or-later
"""The text form of an object that people carry between computers: prefix, base64url, four check bytes."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Final

from crypto_core.errors import WireError

_CHECK_BYTES: Final = 4


def format_checked(prefix: str, encoded: bytes) -> str:
    """Return prefix, then base64url without padding of `encoded` and the beginning of its SHA-256."""
    return prefix + base64.urlsafe_b64encode(encoded + _check(encoded)).decode("ascii").rstrip("=")


def parse_checked(prefix: str, text: str, *, name: str) -> bytes:
    """Read what `format_checked` wrote; blanks and line breaks from copying are ignored.

    Raises WireError, in which the text is called `name`.
    """
    compact = "".join(text.split())
    if not compact.startswith(prefix):
        raise WireError(f"not {name}")
    spelled = compact.removeprefix(prefix)
    try:
        raw = base64.b64decode(spelled + "=" * (-len(spelled) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        # Not chained: the text may be a secret, and the library's error may quote it.
        raise WireError(f"not {name}") from None
    encoded, check = raw[:-_CHECK_BYTES], raw[-_CHECK_BYTES:]
    if _check(encoded) != check:
        raise WireError(f"{name} is incomplete or was changed")
    if format_checked(prefix, encoded) != compact:
        raise WireError(f"not {name}")  # base64 has several spellings, this has one
    return encoded


def _check(encoded: bytes) -> bytes:
    return hashlib.sha256(encoded).digest()[:_CHECK_BYTES]
