# SPDX-License-Identifier: AGPL-3.0-or-later
"""Security keys: challenges to them, and whether an answer is one. Nothing else imports python-fido2.

The library checks origin, site, challenge and signature. That a challenge serves once, and that a key counts
upwards, it leaves to its callers (WebAuthn level 3 §7.1-7.2): a challenge is taken out of the database with its
first use, and the count is compared and stored in one statement.
"""

from __future__ import annotations

import ipaddress
import json
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from fido2.cose import ES256, RS256, EdDSA
from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialParameters,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    UserVerificationRequirement,
)

from crypto_core.trust.signatures import sha256
from crypto_core.wire.ids import Hash

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crypto_core.wire.ids import AccountId

CHALLENGE_BYTES: Final = 32
_NAME: Final = "U-HealthSec"
_ALGORITHMS: Final = (ES256.ALGORITHM, EdDSA.ALGORITHM, RS256.ALGORITHM)
"""What keys and operating systems make today: P-256, Ed25519, and RSA by some platforms."""
_MAX_CREDENTIAL_ID: Final = 1023  # WebAuthn level 3 section 6.5.1
_ALGORITHM_OF_KEY: Final = 3  # RFC 9052 section 7.1

# What the library raises at an answer that is not well-formed, besides ValueError for one that is not right.
_NOT_AN_ANSWER: Final = (
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    UnsupportedAlgorithm,
    ValueError,
    struct.error,
)
# The passphrase is what is known; a key's own PIN would only be asked for besides.
_VERIFICATION: Final = UserVerificationRequirement.DISCOURAGED


class SecurityKeyError(Exception):
    """The answer does not come from such a key, on this site, to this challenge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key that has shown itself. `content` is its id and public key as WebAuthn encodes them."""

    content: bytes = field(repr=False)
    counter: int
    credential_hash: Hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One of the known keys was shown, and says how often it was used."""

    content: bytes = field(repr=False)
    counter: int


def relying_party_of(public_url: str) -> str | None:
    """Return the name that security keys know a relay by, None if its address is not one they can know.

    That is the DNS name of its URL; on this computer alone `localhost` (WebAuthn level 3 §5.1.2).
    """
    host = urlsplit(public_url).hostname or ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host or None
    return "localhost" if address.is_loopback else None


class SecurityKeys:
    """Speaks WebAuthn for one relying party; its clients' origin is `https://` and that name."""

    def __init__(self, relying_party: str) -> None:
        self._server = Fido2Server(
            PublicKeyCredentialRpEntity(id=relying_party, name=_NAME),
            verify_origin=f"https://{relying_party}".__eq__,
        )
        self._server.allowed_algorithms = [
            PublicKeyCredentialParameters(type=PublicKeyCredentialType.PUBLIC_KEY, alg=each)
            for each in _ALGORITHMS
        ]

    def creation_options(
        self, account: AccountId, known: Sequence[bytes], challenge: bytes
    ) -> dict[str, Any]:
        """Return what a new key is asked with; those known to the account refuse."""
        user = PublicKeyCredentialUserEntity(id=account, name=_NAME, display_name=_NAME)
        options, _ = self._server.register_begin(
            user,
            credentials=[AttestedCredentialData(each) for each in known],
            user_verification=_VERIFICATION,
            challenge=challenge,
        )
        return _json(options.public_key)

    def request_options(self, known: Sequence[bytes], challenge: bytes) -> dict[str, Any]:
        """Return what the known keys are asked with."""
        options, _ = self._server.authenticate_begin(
            [AttestedCredentialData(each) for each in known],
            user_verification=_VERIFICATION,
            challenge=challenge,
        )
        return _json(options.public_key)

    def read_registration(self, text: str, challenge: bytes) -> NewKey:
        """Return the key that answers `creation_options`. Raises SecurityKeyError."""
        try:
            shown = self._server.register_complete(_state(challenge), json.loads(text))
            credential = shown.credential_data
        except _NOT_AN_ANSWER as error:
            raise SecurityKeyError("not the answer of a new security key") from error
        if (
            credential is None
            or len(credential.credential_id) > _MAX_CREDENTIAL_ID
            or credential.public_key.get(_ALGORITHM_OF_KEY) not in _ALGORITHMS
        ):
            raise SecurityKeyError("not a kind of security key that was asked for")
        content = bytes(credential)
        self._require_usable(content)
        return NewKey(
            content=content,
            counter=shown.counter,
            credential_hash=sha256(credential.credential_id),
        )

    def read_assertion(self, text: str, known: Sequence[bytes], challenge: bytes) -> Shown:
        """Return which known key answers `request_options`. Raises SecurityKeyError."""
        credentials = [AttestedCredentialData(each) for each in known]
        try:
            response = AuthenticationResponse.from_dict(json.loads(text))
            matched = self._server.authenticate_complete(_state(challenge), credentials, response)
        except _NOT_AN_ANSWER as error:
            raise SecurityKeyError("not the answer of a known security key") from error
        return Shown(content=bytes(matched), counter=response.response.authenticator_data.counter)

    def _require_usable(self, content: bytes) -> None:
        """Make sure that the stored form can be read again: what is stored decides about every sign-in."""
        try:
            readable = bytes(AttestedCredentialData(content)) == content
        except _NOT_AN_ANSWER as error:
            raise SecurityKeyError("not a key that can be stored") from error
        if not readable:
            raise SecurityKeyError("not a key that can be stored")


def _state(challenge: bytes) -> dict[str, Any]:
    """Return what the library wants back of its challenge."""
    return {"challenge": websafe_encode(challenge), "user_verification": _VERIFICATION}


def _json(options: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(dict(options)))
    return found
