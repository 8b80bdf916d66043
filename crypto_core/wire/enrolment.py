# SPDX-License-Identifier: AGPL-3.0-or-later
"""The enrolment string: where a relay is, and the pins by which a client recognises it and its log."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Final

from crypto_core.errors import WireError
from crypto_core.wire.checked_text import format_checked, parse_checked
from crypto_core.wire.codec import Size, decode, encode
from crypto_core.wire.devices import Version1
from crypto_core.wire.ids import Hash

PREFIX: Final = "uhs:relay/"
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
    return format_checked(PREFIX, encode(enrolment))


def parse_enrolment(text: str) -> Enrolment:
    """Read what `format_enrolment` wrote; blanks and line breaks from copying are ignored. Raises WireError."""
    enrolment = decode(Enrolment, parse_checked(PREFIX, text, name="an enrolment string"))
    require_relay_url(enrolment.url)
    return enrolment


def require_relay_url(url: str) -> None:
    """Raise WireError unless `url` is https with nothing but a host and a port.

    A name, a path or a blank in it could lead requests elsewhere.
    """
    if not _RELAY_URL.fullmatch(url) or _BEYOND_HOST_AND_PORT.search(url.removeprefix("https://")):
        raise WireError("a relay is only spoken to over https, under a host and a port")
