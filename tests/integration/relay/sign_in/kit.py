# SPDX-License-Identifier: AGPL-3.0-or-later
"""An owner who has kept the printed kit, and a new computer that has nothing else."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.engine.network.dpop import base64url
from crypto_core.keys.signing import SigningPair, recovery_secrets
from crypto_core.opaque import client_protocol
from crypto_core.trust.audit import CHAIN_START, ChainHead
from crypto_core.trust.signatures import sha256
from crypto_core.wire.audit import DeviceListPublished, Verb
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.devices import AccountCertificate, DeviceList
from crypto_core.wire.ids import DeviceId, UnixMillis, UtcOffsetMinutes
from crypto_core.wire.labels import CERTIFICATE, DEVICE_LIST, KIT_PROOF, RECOVERY_CODE
from crypto_core.wire.limits import DEVICE_LIST_LIFE_SECONDS
from crypto_core.wire.oauth import ACCESS_TOKEN_SECONDS, CLIENT_ID, PATH_CHALLENGE, SCOPE_RECOVERY
from crypto_core.wire.relay_api import RecoverRequest
from tests.contract.relay_callers import RelayCaller
from tests.integration.relay.sign_in.stage import PUBLIC_URL, Bench
from tests.integration.signed_in_device import SignedInDevice

if TYPE_CHECKING:
    import httpx

    from crypto_core.wire.devices import DeviceEntry
    from crypto_core.wire.signed import Signed

VERIFIER = "a" * 43
FIRST_STEP = {
    "response_type": "code",
    "client_id": CLIENT_ID,
    "scope": SCOPE_RECOVERY,
    "code_challenge": base64url(hashlib.sha256(VERIFIER.encode()).digest()),
    "code_challenge_method": "S256",
}


@dataclass(slots=True, kw_only=True)
class Owner:
    """An account with its root at hand; `device` is the computer that it has now."""

    bench: Bench
    root: SigningPair
    device: SignedInDevice

    @classmethod
    async def registered(cls, bench: Bench) -> Owner:
        """Return an owner whose computer has signed in."""
        code = os.urandom(32)
        kit = iter([code])
        caller = RelayCaller.invent(
            now=bench.clock.now, random_bytes=lambda size: next(kit, b"") or os.urandom(size)
        )
        device = SignedInDevice(
            http=bench.http(), public_url=PUBLIC_URL, clock=bench.clock, caller=caller
        )
        response = await device.register(await bench.invite())
        assert response.status_code == 200, response.text
        await device.sign_in()
        return cls(bench=bench, root=recovery_secrets(code).root, device=device)

    def new_computer(self, root: SigningPair | None = None) -> SignedInDevice:
        """Return a computer with keys of its own, certified by the kit and listed nowhere yet."""
        before = self.device.caller
        identity = SigningPair.from_seed(os.urandom(64))
        root = root or self.root
        certificate = AccountCertificate(
            version=1,
            account=before.account,
            root=root.public,
            identity=identity.public,
            sequence=decode(AccountCertificate, before.certificate.body).sequence + 1,
            issued_at=self.bench.clock.now(),
        )
        caller = replace(
            before,
            device=DeviceId(os.urandom(16)),
            identity=identity,
            signing=SigningPair.from_seed(os.urandom(64)),
            request_key=Ed25519PrivateKey.generate(),
            certificate=root.sign_object(CERTIFICATE, certificate),
            lists=list(before.lists),
            chain=ChainHead(next_sequence=0, previous=CHAIN_START),
        )
        return replace(
            self.device,
            caller=caller,
            totp_secret=os.urandom(20),
            recovery_codes=[os.urandom(10) for _ in range(10)],
            access_token=None,
            refresh_token=None,
        )


def list_of(caller: RelayCaller, *entries: DeviceEntry) -> Signed:
    """Return the list after the newest one that a computer knows, naming just these."""
    before = caller.lists[-1]
    return caller.identity.sign_object(
        DEVICE_LIST,
        DeviceList(
            version=1,
            account=caller.account,
            sequence=decode(DeviceList, before.body).sequence + 1,
            previous=sha256(before.body),
            issued_at=caller.now(),
            expires_at=UnixMillis(caller.now() + DEVICE_LIST_LIFE_SECONDS * 1000),
            devices=entries,
        ),
    )


def recovery_of(device: SignedInDevice, listed: Signed | None = None) -> RecoverRequest:
    """Return the request by which a new computer becomes the account's only one."""
    caller = device.caller
    listed = listed or list_of(caller, caller.entry)
    published = DeviceListPublished(
        account=caller.account,
        sequence=decode(DeviceList, listed.body).sequence,
        list_hash=sha256(listed.body),
        at=caller.now(),
        utc_offset=UtcOffsetMinutes(0),
    )
    return RecoverRequest(
        certificate=caller.certificate,
        device_list=listed,
        statement=caller.state(Verb.DEVICE_LIST_PUBLISHED, published),
        totp_secret=device.totp_secret,
        recovery_hashes=tuple(
            sha256(RECOVERY_CODE, caller.account + code) for code in device.recovery_codes
        ),
    )


async def passphrase_shown(device: SignedInDevice) -> str:
    """Pass the first two steps of a recovery; return the token of the third."""
    found = (await device.prove_passphrase(VERIFIER, scope=SCOPE_RECOVERY)).json()
    assert found["next"] == ["recovery_kit"], found
    token: str = found["auth_session"]
    return token


def proof(root: SigningPair, text: str, device: SignedInDevice) -> str:
    """Return what shows the kit, for one step of one key's sign-in."""
    x = base64url(device.caller.caller.request_key)
    thumbprint = hashlib.sha256(f'{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}'.encode()).digest()
    signature = root.sign(KIT_PROOF, sha256(text.encode()) + thumbprint)
    return base64url(encode(signature))


async def begin_with_kit(
    device: SignedInDevice, root: SigningPair, *, signed_for: SignedInDevice | None = None
) -> httpx.Response:
    """Take the first step of a recovery with a proof of the kit; `signed_for` is the computer that it is for."""
    started = client_protocol.start_login(device.password, os.urandom)
    ke1 = base64url(started.ke1.to_bytes())
    return await device.post_form(
        PATH_CHALLENGE,
        **FIRST_STEP,
        account=device.caller.account.hex(),
        opaque_ke1=ke1,
        recovery_root=base64url(encode(root.public)),
        recovery_kit=proof(root, ke1, signed_for or device),
    )


async def kit_shown(device: SignedInDevice, root: SigningPair) -> httpx.Response:
    """Take all three steps; return the answer to the third."""
    auth_session = await passphrase_shown(device)
    shown = proof(root, auth_session, device)
    return await device.post_form(PATH_CHALLENGE, auth_session=auth_session, recovery_kit=shown)


async def let_in(device: SignedInDevice, root: SigningPair) -> str:
    """Sign in for recovery, or fail; return the access token."""
    response = await kit_shown(device, root)
    assert response.is_success, response.text
    response = await device.redeem(response.json()["authorization_code"], VERIFIER)
    assert response.is_success, response.text
    found = response.json()
    assert found["scope"] == "recovery"
    assert 0 < found["expires_in"] <= ACCESS_TOKEN_SECONDS
    assert "refresh_token" not in found
    token: str = found["access_token"]
    return token
