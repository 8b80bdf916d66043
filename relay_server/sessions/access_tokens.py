# SPDX-License-Identifier: AGPL-3.0-or-later
"""Access tokens: PASETO v4.local, bound to the relay and to one request key. Nothing else imports pyseto.

The library checks expiry only when it is told to read JSON, and then by the machine's clock; so it is given
bytes, and everything is checked here. Issuer and key thumbprint are the implicit assertion: with another
key a token does not even decrypt.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import pyseto
from pyseto.exceptions import PysetoError
from pyseto.key_interface import KeyInterface

from crypto_core.wire.ids import AccountId, DeviceId
from crypto_core.wire.oauth import ACCESS_TOKEN_SECONDS
from relay_server.authentication.proof import from_base64url

if TYPE_CHECKING:
    from collections.abc import Callable

    from relay_server.clock import Clock

MAX_TOKEN_CHARACTERS: Final = 1024
_LABEL: Final = b"uhs/1/relay/access-token\x00"
_HEADER: Final = "v4.local."
_MAX_FOOTER_BYTES: Final = 128
_MEMBERS: Final = {"account", "auth_time", "device", "exp", "scope", "session"}


class TokenError(Exception):
    """Not a token of this relay for this key at this time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessKey:
    """A key of the ring, with the name that stands in the footers of its tokens."""

    kid: str
    key: KeyInterface = field(repr=False)

    @classmethod
    def of(cls, raw: bytes) -> AccessKey:
        """Return the key of 32 random bytes."""
        key = pyseto.Key.new(4, "local", raw)
        return cls(kid=key.to_paserk_id(), key=key)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessClaims:
    """What a token says: whose it is, what for, the session that it belongs to, and when that was begun."""

    account: AccountId
    device: DeviceId | None
    """None in recovery, where the key that asks is no listed device's."""
    scope: str
    session: bytes
    authenticated_at: int
    """When both factors were shown, in seconds since 1970 (RFC 9470 `auth_time`)."""


class AccessTokens:
    """Makes and reads tokens of one issuer."""

    def __init__(self, *, issuer: str, clock: Clock) -> None:
        self._binding = _LABEL + issuer.encode() + b"\0"
        self._clock = clock

    def issue(self, claims: AccessClaims, *, key: AccessKey, thumbprint: str, life: int) -> str:
        """Return a token that holds for `life` seconds, `ACCESS_TOKEN_SECONDS` at most."""
        expires_at = self._clock() // 1000 + min(life, ACCESS_TOKEN_SECONDS)
        payload = {
            "account": claims.account.hex(),
            "auth_time": claims.authenticated_at,
            "device": None if claims.device is None else claims.device.hex(),
            "exp": _text_of(expires_at),
            "scope": claims.scope,
            "session": claims.session.hex(),
        }
        token = pyseto.encode(
            key.key,
            payload=json.dumps(payload, separators=(",", ":")).encode(),
            footer=_footer(key.kid),
            implicit_assertion=self._binding + thumbprint.encode(),
        )
        return token.decode("ascii")

    def read(
        self, token: str, *, find_key: Callable[[str], AccessKey | None], thumbprint: str
    ) -> AccessClaims:
        """Return what a token says. Raises TokenError, UnknownKeyError when its key is not in the ring."""
        kid = key_of(token)
        key = find_key(kid)
        if key is None:
            raise UnknownKeyError(kid)
        try:
            opened = pyseto.decode(
                key.key, token, implicit_assertion=self._binding + thumbprint.encode()
            )
            return self._claims(opened.payload)
        except (PysetoError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise TokenError("not a valid access token") from error

    def _claims(self, payload: object) -> AccessClaims:
        found = json.loads(payload) if type(payload) is bytes else None
        if type(found) is not dict or found.keys() != _MEMBERS:
            raise ValueError("not the expected claims")
        if self._clock() // 1000 >= _seconds_of(found["exp"]):
            raise ValueError("expired")
        device, scope, authenticated_at = found["device"], found["scope"], found["auth_time"]
        if type(scope) is not str or type(authenticated_at) is not int:
            raise ValueError("not the expected claims")
        return AccessClaims(
            account=AccountId(bytes.fromhex(found["account"])),
            device=None if device is None else DeviceId(bytes.fromhex(device)),
            scope=scope,
            session=bytes.fromhex(found["session"]),
            authenticated_at=authenticated_at,
        )


class UnknownKeyError(TokenError):
    """The token names a key that is not in the ring, perhaps not yet."""

    def __init__(self, kid: str) -> None:
        super().__init__("the key of the token is not known")
        self.kid = kid


def key_of(token: str) -> str:
    """Return the name of the key in a token's footer, which is not authentic yet. Raises TokenError."""
    if len(token) > MAX_TOKEN_CHARACTERS or not token.startswith(_HEADER):
        raise TokenError("not an access token")
    try:
        # The library reads over characters that are no base64url, and would take many spellings for one.
        _, footer = (from_base64url(each) for each in token.removeprefix(_HEADER).split("."))
        if len(footer) > _MAX_FOOTER_BYTES:
            raise TokenError("not the footer of an access token")
        found = json.loads(footer)
        if type(found) is not dict or type(found.get("kid")) is not str:
            raise TokenError("not the footer of an access token")
        if _footer(found["kid"]) != footer:
            raise TokenError("not the one spelling of a footer")
    except (ValueError, TypeError, RecursionError) as error:
        raise TokenError("not an access token") from error
    kid: str = found["kid"]
    return kid


def _footer(kid: str) -> bytes:
    return json.dumps({"kid": kid}, separators=(",", ":")).encode()


def _text_of(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def _seconds_of(moment: object) -> int:
    if type(moment) is not str:
        raise ValueError("not a time")
    return int(datetime.fromisoformat(moment).timestamp())
