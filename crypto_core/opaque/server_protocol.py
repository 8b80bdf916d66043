# SPDX-License-Identifier: AGPL-3.0-or-later
"""The relay's functions of RFC 9807; `server` adds accounts, fake credentials and storage forms."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crypto_core.opaque.group import multiply
from crypto_core.opaque.key_schedule import (
    SEED_BYTES,
    Proofs,
    derive_dh_key_pair,
    expand,
    mask,
    prove,
)
from crypto_core.opaque.messages import KE2, NONCE_BYTES, CredentialResponse, RegistrationResponse
from crypto_core.opaque.oprf import derive_key_pair, evaluate

if TYPE_CHECKING:
    from crypto_core.opaque.group import Element, RandomBytes
    from crypto_core.opaque.key_schedule import Binding
    from crypto_core.opaque.messages import KE1, RegistrationRecord, RegistrationRequest
    from crypto_core.opaque.oprf import KeyPair


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """KE2, and what the relay expects of the client."""

    ke2: KE2
    proofs: Proofs = field(repr=False)


def respond_to_registration(
    request: RegistrationRequest,
    *,
    oprf_seed: bytes,
    server_public_key: Element,
    credential_identifier: bytes,
) -> RegistrationResponse:
    """CreateRegistrationResponse (§5.2.2)."""
    return RegistrationResponse(
        evaluated=_evaluate(oprf_seed, credential_identifier, request.blinded),
        server_public_key=server_public_key,
    )


def respond_to_login(
    ke1: KE1,
    *,
    record: RegistrationRecord,
    oprf_seed: bytes,
    server: KeyPair,
    credential_identifier: bytes,
    binding: Binding,
    random_bytes: RandomBytes,
) -> Answered:
    """GenerateKE2 (§6.2.2). Draws masking nonce, nonce and ephemeral key, in this order."""
    masking_nonce = random_bytes(NONCE_BYTES)
    credential = CredentialResponse(
        evaluated=_evaluate(oprf_seed, credential_identifier, ke1.blinded),
        masking_nonce=masking_nonce,
        masked=mask(record.masking_key, masking_nonce, server.public + record.envelope.to_bytes()),
    )
    server_nonce = random_bytes(NONCE_BYTES)
    keyshare = derive_dh_key_pair(random_bytes(SEED_BYTES))
    proofs = prove(
        (
            multiply(keyshare.private, ke1.client_keyshare),
            multiply(server.private, ke1.client_keyshare),
            multiply(keyshare.private, record.client_public_key),
        ),
        context=binding.context,
        identities=binding.identities(
            client_public_key=record.client_public_key, server_public_key=server.public
        ),
        ke1=ke1,
        credential=credential,
        server_nonce=server_nonce,
        server_keyshare=keyshare.public,
    )
    return Answered(
        ke2=KE2(
            credential=credential,
            server_nonce=server_nonce,
            server_keyshare=keyshare.public,
            server_mac=proofs.server_mac,
        ),
        proofs=proofs,
    )


def _evaluate(oprf_seed: bytes, credential_identifier: bytes, blinded: Element) -> Element:
    """Evaluate under the key of this credential, which the seed derives."""
    seed = expand(oprf_seed, credential_identifier + b"OprfKey", SEED_BYTES)
    return evaluate(derive_key_pair(seed, b"OPAQUE-DeriveKeyPair").private, blinded)
