# SPDX-License-Identifier: AGPL-3.0-or-later
"""The enrolment string: where a relay is, and the pins by which a client recognises it and its log."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import Annotated, Final

from crypto_core.errors import WireError
from crypto_core.wire.codec import Size, decode, encode
from crypto_core.wire.devices import Version1
from crypto_core.wire.ids import Hash

PREFIX: Final = "uhs:relay/"
_CHECK_BYTES: Final = 4
_RELAY_URL: Final = re.compile(r"https://[!-~]+")
_BEYOND_HOST_AND_PORT: Final = re.compile(r"[/?#@\\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """Address (https URL without path), SHA-256 of the certificate's public key info, log verifier keys."""

    version: Version1
    url: Annotated[str, Size(1, 255)]
    spki_sha256: Hash
    log_keys: Annotated[tuple[Annotated[str, Size(1, 4096)], ...], Size(2, 2)]


def format_enrolment(enrolment: Enrolment) -> str:
    """Return the text form: prefix, then base64url of the encoding and four check bytes (SHA-256)."""
    encoded = encode(enrolment)
    check = hashlib.sha256(encoded).digest()[:_CHECK_BYTES]
    return PREFIX + base64.urlsafe_b64encode(encoded + check).decode("ascii").rstrip("=")


def parse_enrolment(text: str) -> Enrolment:
    """Read what `format_enrolment` wrote; blanks and line breaks from copying are ignored. Raises WireError."""
    compact = "".join(text.split())
    if not compact.startswith(PREFIX):
        raise WireError("not an enrolment string")
    spelled = compact.removeprefix(PREFIX)
    try:
        raw = base64.b64decode(spelled + "=" * (-len(spelled) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise WireError("not an enrolment string") from error
    encoded, check = raw[:-_CHECK_BYTES], raw[-_CHECK_BYTES:]
    if hashlib.sha256(encoded).digest()[:_CHECK_BYTES] != check:
        raise WireError("the enrolment string is incomplete or was changed")
    enrolment = decode(Enrolment, encoded)
    if format_enrolment(enrolment) != compact:
        raise WireError("not an enrolment string")  # base64 has several spellings, this has one
    _require_relay_url(enrolment.url)
    return enrolment


def _require_relay_url(url: str) -> None:
    """Nothing but a host and a port: a name, a path or a blank in it could lead requests elsewhere."""
    if not _RELAY_URL.fullmatch(url) or _BEYOND_HOST_AND_PORT.search(url.removeprefix("https://")):
        raise WireError("a relay is only spoken to over https, under a host and a port")
