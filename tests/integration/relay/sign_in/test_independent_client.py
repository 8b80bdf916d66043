# SPDX-License-Identifier: AGPL-3.0-or-later
"""An OAuth client that is not ours signs in, renews and signs out, over TLS: Authlib on requests.

A few lines add what Authlib does not know: the challenge endpoint, and DPoP, the latter by the JOSE library
joserfc instead of our own proofs. Only OPAQUE itself is ours.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import ssl
from operator import methodcaller
from typing import TYPE_CHECKING, Any, cast

import httpx
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata

from app.engine.main import SystemClock
from app.engine.network.dpop import base64url
from crypto_core.opaque import client_protocol
from crypto_core.wire.codec import decode
from crypto_core.wire.relay_api import Sessions
from crypto_core.wire.sign_in import SecurityKeyOptions
from tests.integration.relay.sign_in.proving_session import ProvingSession, key_of
from tests.integration.relay_process import RelayProcess, running_relay
from tests.integration.signed_in_device import Begun, SignedInDevice

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_another_client_signs_in_renews_and_signs_out(tmp_path: Path) -> None:
    with running_relay(tmp_path / "data") as relay:
        certificate = relay.data / "tls-certificate.pem"
        device = asyncio.run(registered(relay, certificate))
        with ProvingSession(
            key_of(device.caller),
            client_id="uhealthsec-desktop",
            token_endpoint_auth_method="none",
            revocation_endpoint_auth_method="none",
            code_challenge_method="S256",
            scope="mail",
        ) as client:
            # Else certificates that the environment names would take this one's place.
            client.trust_env = False
            client.verify = str(certificate)
            sign_in_and_out(client, relay.url, device)


def sign_in_and_out(client: ProvingSession, url: str, device: SignedInDevice) -> None:
    address = f"{url}/.well-known/oauth-authorization-server"
    metadata = AuthorizationServerMetadata(
        client.request("GET", address, withhold_token=True).json()
    )
    # One check is left out: there is no authorization endpoint, because the draft replaces it.
    metadata.validate_issuer()
    metadata.validate_token_endpoint()
    metadata.validate_response_types_supported()
    metadata.validate_grant_types_supported()
    metadata.validate_code_challenge_methods_supported()
    metadata.validate_revocation_endpoint()
    assert metadata["issuer"] == url
    verifier = base64url(hashlib.sha256(b"verifier").digest())
    create_challenge = cast("Callable[[str], str]", create_s256_code_challenge)
    code = challenged(client, metadata, device, create_challenge(verifier))
    token = client.fetch_token(
        metadata["token_endpoint"],
        grant_type="authorization_code",
        code=code,
        code_verifier=verifier,
        next_epoch=base64url(bytes(range(16))),
    )
    assert (token["token_type"], token["scope"], token["expires_in"]) == ("DPoP", "mail", 600)
    # Authlib knows bearer tokens only; above the scheme is corrected.
    client.token = {**token, "token_type": "bearer"}
    assert len(decode(Sessions, client.get(f"{url}/v1/sessions").content).rows) == 1
    # What changes factors is open to a sign-in as fresh as this one.
    asked = client.post(f"{url}/v1/factors/security-key/options", data=b"")
    options = json.loads(decode(SecurityKeyOptions, asked.content).options)
    assert options["rp"]["id"] == "localhost"
    renewed = client.refresh_token(metadata["token_endpoint"], refresh_token=token["refresh_token"])
    assert renewed["refresh_token"] != token["refresh_token"]
    client.token = {**renewed, "token_type": "bearer"}
    assert client.get(f"{url}/v1/sessions").status_code == 200
    # By name, since the library's stubs leave this method without types.
    revoke = methodcaller(
        "revoke_token", metadata["revocation_endpoint"], token=renewed["refresh_token"]
    )
    response = revoke(client)
    assert response.status_code == 200
    assert client.get(f"{url}/v1/sessions").status_code == 401


def challenged(
    client: ProvingSession,
    metadata: AuthorizationServerMetadata,
    device: SignedInDevice,
    code_challenge: str,
) -> str:
    """Return the authorization code: the few lines that the draft adds to OAuth."""
    begun = Begun(device, client_protocol.start_login(device.password, device.caller.random_bytes))

    def ask(**fields: str) -> dict[str, Any]:
        address = str(metadata["authorization_challenge_endpoint"])
        response = client.request("POST", address, data=fields, withhold_token=True)
        members: dict[str, Any] = response.json()
        return members

    found = ask(
        response_type="code",
        client_id="uhealthsec-desktop",
        scope="mail",
        code_challenge=code_challenge,
        code_challenge_method="S256",
        account=device.caller.account.hex(),
        opaque_ke1=base64url(begun.started.ke1.to_bytes()),
    )
    found = ask(auth_session=found["auth_session"], opaque_ke3=base64url(begun.finish(found)))
    found = ask(auth_session=found["auth_session"], totp=device.one_time_code())
    assert found["iss"] == metadata["issuer"]
    code: str = found["authorization_code"]
    return code


async def registered(relay: RelayProcess, certificate: Path) -> SignedInDevice:
    """Return a registered device that has not signed in."""
    async with httpx.AsyncClient(verify=ssl.create_default_context(cafile=certificate)) as http:
        device = SignedInDevice.invent(http, relay.url, SystemClock())
        response = await device.register(relay.invite())
        assert response.status_code == 200, response.text
    return device
