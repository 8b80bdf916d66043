# SPDX-License-Identifier: AGPL-3.0-or-later
"""Security keys in the hands of a device: the real client library between a relay's JSON and a virtual key."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from fido2.webauthn import (
    PublicKeyCredentialCreationOptions,
    PublicKeyCredentialRequestOptions,
)

from crypto_core.wire.codec import decode
from crypto_core.wire.oauth import PATH_CHALLENGE
from crypto_core.wire.relay_api import PATH_SECURITY_KEY, PATH_SECURITY_KEY_OPTIONS
from crypto_core.wire.sign_in import AddSecurityKeyRequest, FactorRow, SecurityKeyOptions

if TYPE_CHECKING:
    import httpx

    from tests.fakes.virtual_security_key import VirtualSecurityKey
    from tests.integration.signed_in_device import SignedInDevice

SITE: Final = "relay.example"
VERIFIER: Final = "a" * 43


async def asked(device: SignedInDevice) -> dict[str, Any]:
    """Return what the relay asks a new key of the device with."""
    response = await device.send("POST", PATH_SECURITY_KEY_OPTIONS)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = json.loads(decode(SecurityKeyOptions, response.content).options)
    return found


def made(key: VirtualSecurityKey, options: dict[str, Any], *, origin: str | None = None) -> str:
    """Return the answer of a new key."""
    client = key.client(SITE, origin=origin)
    answer = client.make_credential(PublicKeyCredentialCreationOptions.from_dict(options))
    return json.dumps(dict(answer))


async def hand_in(device: SignedInDevice, response: str, name: bytes = b"") -> httpx.Response:
    """Send the answer of a new key."""
    request = AddSecurityKeyRequest(response=response, sealed_name=name)
    return await device.send("POST", PATH_SECURITY_KEY, request)


async def add_key(device: SignedInDevice, key: VirtualSecurityKey, name: bytes = b"") -> FactorRow:
    """Register a key."""
    response = await hand_in(device, made(key, await asked(device)), name)
    assert response.status_code == 200, response.text
    return decode(FactorRow, response.content)


def signed(key: VirtualSecurityKey, options: dict[str, Any], *, origin: str | None = None) -> str:
    """Return a key's answer to a challenge."""
    client = key.client(SITE, origin=origin)
    found = client.get_assertion(PublicKeyCredentialRequestOptions.from_dict(options))
    return json.dumps(dict(found.get_response(0)))


async def challenged(device: SignedInDevice) -> tuple[str, dict[str, Any]]:
    """Pass the first two steps; return the token of the third, and what a key is asked with."""
    found = (await device.prove_passphrase(VERIFIER)).json()
    return found["auth_session"], found["webauthn"]


async def show_key(device: SignedInDevice, key: VirtualSecurityKey) -> httpx.Response:
    """Take all three steps with a key; return the answer to the third."""
    auth_session, options = await challenged(device)
    return await device.post_form(
        PATH_CHALLENGE, auth_session=auth_session, webauthn=signed(key, options)
    )
