# SPDX-License-Identifier: AGPL-3.0-or-later
"""The client's functions of RFC 9807 with any key stretching function; `client` chooses ours."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from crypto_core.errors import SignInError
from crypto_core.opaque import oprf
from crypto_core.opaque.group import ELEMENT_BYTES, multiply, parse_element
from crypto_core.opaque.key_schedule import (
    SEED_BYTES,
    Binding,
    authenticate,
    derive_dh_key_pair,
    expand,
    extract,
    mask,
    prove,
)
from crypto_core.opaque.messages import (
    KE1,
    KE3,
    NONCE_BYTES,
    Envelope,
    RegistrationRecord,
    RegistrationRequest,
)

if TYPE_CHECKING:
    from crypto_core.opaque.group import Element, RandomBytes
    from crypto_core.opaque.key_schedule import Identities
    from crypto_core.opaque.messages import KE2, CredentialResponse, RegistrationResponse

Stretch: TypeAlias = Callable[[bytes], bytes]
"""The key stretching function (RFC 9807 §2.3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedRegistration:
    """The client between its request and the response."""

    request: RegistrationRequest
    blinding: oprf.Blinding = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedLogin:
    """The client between KE1 and KE2."""

    ke1: KE1
    blinding: oprf.Blinding = field(repr=False)
    keyshare: oprf.KeyPair = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """The record for the relay, and a key that only the client can compute again."""

    record: RegistrationRecord
    export_key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedIn:
    """The proof for the relay, the key common with it, and the client's own key."""

    ke3: KE3
    session_key: bytes = field(repr=False)
    export_key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _EnvelopeKeys:
    """What the randomized password and an envelope's nonce derive (§4.1)."""

    auth_key: bytes = field(repr=False)
    export_key: bytes = field(repr=False)
    client: oprf.KeyPair = field(repr=False)

    @classmethod
    def derive(cls, randomized_password: bytes, nonce: bytes) -> _EnvelopeKeys:
        return cls(
            auth_key=expand(randomized_password, nonce + b"AuthKey"),
            export_key=expand(randomized_password, nonce + b"ExportKey"),
            client=derive_dh_key_pair(
                expand(randomized_password, nonce + b"PrivateKey", SEED_BYTES)
            ),
        )

    def tag(self, nonce: bytes, server_public_key: bytes, identities: Identities) -> bytes:
        return authenticate(
            self.auth_key,
            nonce
            + server_public_key
            + oprf.with_length(identities.server)
            + oprf.with_length(identities.client),
        )


def start_registration(password: bytes, random_bytes: RandomBytes) -> StartedRegistration:
    """CreateRegistrationRequest (§5.2.1)."""
    blinding = oprf.blind(password, random_bytes)
    return StartedRegistration(
        request=RegistrationRequest(blinded=blinding.element), blinding=blinding
    )


def finish_registration(
    started: StartedRegistration,
    response: RegistrationResponse,
    *,
    binding: Binding,
    stretch: Stretch,
    random_bytes: RandomBytes,
) -> Registered:
    """FinalizeRegistrationRequest (§5.2.3) with Store (§4.1.2). Raises what `stretch` raises."""
    randomized_password = _randomized_password(started.blinding, response.evaluated, stretch)
    nonce = random_bytes(NONCE_BYTES)
    keys = _EnvelopeKeys.derive(randomized_password, nonce)
    identities = binding.identities(
        client_public_key=keys.client.public, server_public_key=response.server_public_key
    )
    return Registered(
        record=RegistrationRecord(
            client_public_key=keys.client.public,
            masking_key=masking_key_of(randomized_password),
            envelope=Envelope(
                nonce=nonce, auth_tag=keys.tag(nonce, response.server_public_key, identities)
            ),
        ),
        export_key=keys.export_key,
    )


def start_login(password: bytes, random_bytes: RandomBytes) -> StartedLogin:
    """GenerateKE1 (§6.2.1). Draws blind, nonce and ephemeral key, in this order."""
    blinding = oprf.blind(password, random_bytes)
    nonce = random_bytes(NONCE_BYTES)
    keyshare = derive_dh_key_pair(random_bytes(SEED_BYTES))
    ke1 = KE1(blinded=blinding.element, client_nonce=nonce, client_keyshare=keyshare.public)
    return StartedLogin(ke1=ke1, blinding=blinding, keyshare=keyshare)


def finish_login(
    started: StartedLogin, ke2: KE2, *, binding: Binding, stretch: Stretch
) -> LoggedIn:
    """GenerateKE3 (§6.2.3). Raises SignInError, the same whatever is wrong, and what `stretch` raises."""
    randomized_password = _randomized_password(started.blinding, ke2.credential.evaluated, stretch)
    keys, server_public_key, identities = _recover(randomized_password, ke2.credential, binding)
    proofs = prove(
        (
            multiply(started.keyshare.private, ke2.server_keyshare),
            multiply(started.keyshare.private, server_public_key),
            multiply(keys.client.private, ke2.server_keyshare),
        ),
        context=binding.context,
        identities=identities,
        ke1=started.ke1,
        credential=ke2.credential,
        server_nonce=ke2.server_nonce,
        server_keyshare=ke2.server_keyshare,
    )
    if not hmac.compare_digest(ke2.server_mac, proofs.server_mac):
        raise SignInError
    return LoggedIn(
        ke3=KE3(client_mac=proofs.client_mac),
        session_key=proofs.session_key,
        export_key=keys.export_key,
    )


def masking_key_of(randomized_password: bytes) -> bytes:
    """Return the key under which the relay sends the envelope (§4.1.2)."""
    return expand(randomized_password, b"MaskingKey")


def _randomized_password(blinding: oprf.Blinding, evaluated: Element, stretch: Stretch) -> bytes:
    output = oprf.finalize(blinding, evaluated)
    return extract(output + stretch(output))


def _recover(
    randomized_password: bytes, credential: CredentialResponse, binding: Binding
) -> tuple[_EnvelopeKeys, Element, Identities]:
    """RecoverCredentials (§6.3.2.3) with Recover (§4.1.3). Raises SignInError."""
    response = mask(
        masking_key_of(randomized_password), credential.masking_nonce, credential.masked
    )
    server_public_key = response[:ELEMENT_BYTES]
    envelope = Envelope.parse(response[ELEMENT_BYTES:])
    keys = _EnvelopeKeys.derive(randomized_password, envelope.nonce)
    identities = binding.identities(
        client_public_key=keys.client.public, server_public_key=server_public_key
    )
    expected = keys.tag(envelope.nonce, server_public_key, identities)
    if not hmac.compare_digest(envelope.auth_tag, expected):
        raise SignInError
    # Under the tag stands what this client registered, so from here on it is a key and no noise.
    return keys, parse_element(server_public_key), identities
