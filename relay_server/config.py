# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an operator decides about a relay."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from crypto_core.errors import WireError
from crypto_core.trust.timestamps import ImprintHash, read_authorities
from crypto_core.wire.audit import LIFE_MONTHS
from relay_server.errors import MisuseError, StartError
from relay_server.limits import RateLimits

DEFAULT_LISTEN: Final = "127.0.0.1:8443"
_GIB: Final = 1024**3
_ADDRESS: Final = re.compile(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+):([0-9]{1,5})", re.ASCII)
_NAME: Final = re.compile(
    r"(?=.{1,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z]([a-z0-9-]{0,61}[a-z0-9])?",
    re.ASCII,
)
_AUTHORITY_URL: Final = re.compile(r"https?://[^/?#@\s]+(/[^#@\s]*)?", re.ASCII)
TIMESTAMP_HOURS: Final = 24
_MOST_TIMESTAMP_HOURS: Final = 24 * 31
_ALL_INTERFACES: Final = {"0.0.0.0", "::"}  # noqa: S104 - names them, does not bind them


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenAddress:
    """A host and a TCP port; port 0 means any free one."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> ListenAddress:
        """Read HOST:PORT or [IPv6]:PORT. Raises MisuseError."""
        match = _ADDRESS.fullmatch(text)
        if match is None or int(match[2]) > 65535:
            raise MisuseError(f"not an address of the form HOST:PORT: {text}")
        return cls(host=match[1].strip("[]"), port=int(match[2]))

    def url(self) -> str:
        """Return the https address of this host and port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"https://{host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityConfig:
    """The outside authority that timestamps the log (RFC 3161), and whom to believe that it is one."""

    url: str
    certificates: tuple[bytes, ...]
    """Each is trusted, those of earlier authorities included; in DER."""
    hours: int = TIMESTAMP_HOURS
    """How long at least between two timestamps."""
    hash: ImprintHash | None = None
    """By what hash; another one than so far renews all records at once. None leaves it as it is, SHA-512 at first."""

    def __post_init__(self) -> None:
        if not _AUTHORITY_URL.fullmatch(self.url):
            raise MisuseError("--timestamp-authority has the form http[s]://HOST[:PORT][/PATH]")
        if not 1 <= self.hours <= _MOST_TIMESTAMP_HOURS:
            raise MisuseError(f"--timestamp-hours is between 1 and {_MOST_TIMESTAMP_HOURS}")

    @property
    def host(self) -> str:
        """What the operator is told about it."""
        return str(urlsplit(self.url).hostname)

    @classmethod
    def read(
        cls,
        url: str | None,
        certificates: Path | None,
        hours: int,
        hashed_by: ImprintHash | None = None,
    ) -> AuthorityConfig | None:
        """Read what the command line says; None if it names no authority. Raises MisuseError, StartError."""
        if url is None and certificates is None:
            return None
        if url is None or certificates is None:
            raise MisuseError("--timestamp-authority and --timestamp-certificates go together")
        try:
            trusted = read_authorities(certificates.read_bytes())
        except (OSError, WireError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            raise StartError(f"cannot use {certificates}: {reason}") from error
        return cls(url=url, certificates=trusted, hours=hours, hash=hashed_by)


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayConfig:
    """One relay."""

    data: Path
    listen: ListenAddress
    public_url: str | None = None
    """Where clients reach the relay, if not at the address it listens on."""
    relying_party: str | None = None
    """The name that security keys know the relay by, if not the host of its address (WebAuthn level 3 §5.1.2)."""
    database_url: str | None = field(default=None, repr=False)
    """The administrator's connection URL; None means the embedded PostgreSQL."""
    rates: RateLimits = field(default_factory=RateLimits)
    blob_quota_bytes: int = 10 * _GIB
    """How much an account may have waiting at a time."""
    log_life_months: int | None = None
    """How long the technical log keeps its entries from now on; None leaves it as it is, which is 12 at first."""
    timestamps: AuthorityConfig | None = None
    """None: nobody outside says when the log was as it was."""

    def __post_init__(self) -> None:
        if self.public_url is None and self.listen.host in _ALL_INTERFACES:
            raise MisuseError("say with --public-url where clients reach the relay")
        if self.public_url is not None and not re.fullmatch(r"https://[^/?#@\s]+", self.public_url):
            raise MisuseError("--public-url has the form https://HOST[:PORT]")
        if self.relying_party is not None and not _NAME.fullmatch(self.relying_party):
            raise MisuseError("--relying-party is a DNS name in lower case")
        months = self.log_life_months
        if months is not None and not LIFE_MONTHS.least <= months <= LIFE_MONTHS.most:
            raise MisuseError(
                f"--log-life-months is between {LIFE_MONTHS.least} and {LIFE_MONTHS.most}"
            )
