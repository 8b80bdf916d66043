# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every relay promises about factors, a changed passphrase and copied devices: in memory and the real one."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import TYPE_CHECKING

import pyotp
import pytest

from app.engine.ports.relay import EpochStep, SignInNeededError, SignInRefusedError
from app.engine.security_keys.plugged_in import PluggedInKeys, by_devices
from crypto_core.errors import SignInError
from crypto_core.trust.signatures import sha256
from crypto_core.wire.ids import FactorId
from crypto_core.wire.labels import RECOVERY_CODE
from crypto_core.wire.oauth import EPOCH_BYTES, REASON_COPIED, OAuthError, Step
from crypto_core.wire.relay_api import ProblemCode
from crypto_core.wire.sign_in import (
    RECOVERY_CODES,
    TOTP_SECRET_BYTES,
    AddSecurityKeyRequest,
    AddTotpRequest,
    FactorKind,
    RenewRecoveryCodesRequest,
)
from tests.contract.enrolled import VERIFIER
from tests.contract.practitioner import Practitioner, refusal, registered
from tests.contract.test_sign_in_port import refused
from tests.fakes.virtual_security_key import VirtualSecurityKey

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.engine.ports.security_keys import OnTouch
    from crypto_core.wire.sign_in import FactorRow

pytestmark = pytest.mark.anyio


def keys_of(key: VirtualSecurityKey) -> PluggedInKeys:
    return PluggedInKeys(by_devices(lambda: [key]))


def untold() -> None:
    """Nobody has to be told to touch a key of software."""


ON_TOUCH: OnTouch = untold


async def add_key(anne: Practitioner, key: VirtualSecurityKey) -> FactorRow:
    options = (await anne.relay.security_key_options()).options
    site = json.loads(options)["rp"]["id"]
    said = await keys_of(key).register(options, site=site, pin="", on_touch=ON_TOUCH)
    return await anne.relay.add_security_key(
        AddSecurityKeyRequest(response=said, sealed_name=b"sealed")
    )


async def key_session(anne: Practitioner, key: VirtualSecurityKey) -> tuple[str, str]:
    """Take two steps, and have the key answer the challenge of the third."""
    needed = await anne.enrolled.needed(anne.relay)
    assert Step.WEBAUTHN in needed.steps
    options = needed.security_key_options
    site = json.loads(options)["rpId"]
    said = await keys_of(key).sign_in(options, site=site, pin="", on_touch=ON_TOUCH)
    return needed.auth_session, said


def code_of(secret: bytes, anne: Practitioner) -> str:
    return pyotp.TOTP(base64.b32encode(secret).decode()).at(anne.under_test.now() // 1000)


# --- telephones ----------------------------------------------------------------------------------


async def test_an_account_begins_with_one_telephone(people: Iterator[Practitioner]) -> None:
    (anne,) = await registered(people, 1)
    found = await anne.relay.factors()
    assert [row.kind for row in found.rows] == [FactorKind.TOTP]
    assert found.rows[0].last_used_at is not None
    assert found.recovery_codes_left == RECOVERY_CODES


async def test_another_telephone_needs_its_own_code(people: Iterator[Practitioner]) -> None:
    (anne,) = await registered(people, 1)
    secret = anne.under_test.random_bytes(TOTP_SECRET_BYTES)
    request = AddTotpRequest(secret=secret, code="000000", sealed_name=b"sealed")
    async with refusal(ProblemCode.SIGNATURE_INVALID):
        await anne.relay.add_totp(request)
    code = code_of(secret, anne)
    row = await anne.relay.add_totp(AddTotpRequest(secret=secret, code=code, sealed_name=b"sealed"))
    assert (row.kind, row.sealed_name) == (FactorKind.TOTP, b"sealed")
    assert (await anne.relay.factors()).rows[1] == row
    # The code that was shown to add it does not sign in as well.
    await refused(anne.enrolled.authorize(anne.relay, Step.TOTP, code), OAuthError.INVALID_SESSION)


# --- security keys -------------------------------------------------------------------------------


async def test_a_security_key_is_a_second_factor(people: Iterator[Practitioner]) -> None:
    (anne,) = await registered(people, 1)
    key = VirtualSecurityKey()
    row = await add_key(anne, key)
    assert (row.kind, row.sealed_name, row.last_used_at) == (FactorKind.FIDO2, b"sealed", None)
    waiting, said = await key_session(anne, key)
    code = await anne.relay.prove_second_factor(waiting, Step.WEBAUTHN, said)
    await anne.begin(await anne.enrolled.redeem(anne.relay, code.code))
    found = await anne.relay.factors()
    assert found.rows[1].last_used_at is not None


async def test_what_a_key_said_serves_once_and_for_its_session(
    people: Iterator[Practitioner],
) -> None:
    (anne,) = await registered(people, 1)
    key = VirtualSecurityKey()
    await add_key(anne, key)
    waiting, said = await key_session(anne, key)
    other, _ = await key_session(anne, key)
    await refused(
        anne.relay.prove_second_factor(other, Step.WEBAUTHN, said), OAuthError.INVALID_SESSION
    )
    await anne.relay.prove_second_factor(waiting, Step.WEBAUTHN, said)
    await refused(
        anne.relay.prove_second_factor(waiting, Step.WEBAUTHN, said), OAuthError.INVALID_SESSION
    )


async def test_a_copied_key_is_refused(people: Iterator[Practitioner]) -> None:
    (anne,) = await registered(people, 1)
    key = VirtualSecurityKey()
    await add_key(anne, key)
    copy = key.copy()
    waiting, said = await key_session(anne, key)
    await anne.relay.prove_second_factor(waiting, Step.WEBAUTHN, said)
    waiting, said = await key_session(anne, copy)
    await refused(
        anne.relay.prove_second_factor(waiting, Step.WEBAUTHN, said), OAuthError.INVALID_SESSION
    )


async def test_a_key_is_added_once_and_its_answer_too(people: Iterator[Practitioner]) -> None:
    (anne,) = await registered(people, 1)
    options = (await anne.relay.security_key_options()).options
    said = await keys_of(VirtualSecurityKey()).register(
        options, site=json.loads(options)["rp"]["id"], pin="", on_touch=ON_TOUCH
    )
    request = AddSecurityKeyRequest(response=said, sealed_name=b"")
    await anne.relay.add_security_key(request)
    async with refusal(ProblemCode.EXPIRED):
        await anne.relay.add_security_key(request)
    # Asking again voids what was asked before.
    options = (await anne.relay.security_key_options()).options
    await anne.relay.security_key_options()
    said = await keys_of(VirtualSecurityKey()).register(
        options, site=json.loads(options)["rp"]["id"], pin="", on_touch=ON_TOUCH
    )
    async with refusal(ProblemCode.SIGNATURE_INVALID):
        await anne.relay.add_security_key(AddSecurityKeyRequest(response=said, sealed_name=b""))


# --- taking away ---------------------------------------------------------------------------------


async def test_all_factors_but_the_last_can_be_removed(people: Iterator[Practitioner]) -> None:
    (anne,) = await registered(people, 1)
    key = VirtualSecurityKey()
    added = await add_key(anne, key)
    telephone = (await anne.relay.factors()).rows[0]
    other = await anne.refresh_token()
    waiting, said = await key_session(anne, key)
    code = await anne.relay.prove_second_factor(waiting, Step.WEBAUTHN, said)
    await anne.begin(await anne.enrolled.redeem(anne.relay, code.code))
    await anne.relay.remove_factor(telephone.factor)
    # What was begun with it ends with it; what was begun with the key goes on.
    await refused(anne.relay.refresh(other), OAuthError.INVALID_GRANT)
    async with refusal(ProblemCode.NOT_FOUND):
        await anne.relay.remove_factor(telephone.factor)
    async with refusal(ProblemCode.CONFLICT):
        await anne.relay.remove_factor(added.factor)
    assert [row.factor for row in (await anne.relay.factors()).rows] == [added.factor]
    needed = await anne.enrolled.needed(anne.relay)
    assert needed.steps == {Step.WEBAUTHN, Step.RECOVERY_CODE}


async def test_removing_the_factor_that_one_has_shown_ends_ones_own_session(
    people: Iterator[Practitioner],
) -> None:
    (anne,) = await registered(people, 1)
    await add_key(anne, VirtualSecurityKey())
    await anne.relay.remove_factor((await anne.relay.factors()).rows[0].factor)
    with pytest.raises(SignInNeededError):
        await anne.relay.factors()


async def test_nobody_removes_the_factor_of_another(people: Iterator[Practitioner]) -> None:
    anne, bruno = await registered(people, 2)
    await add_key(anne, VirtualSecurityKey())
    for row in (await anne.relay.factors()).rows:
        async with refusal(ProblemCode.NOT_FOUND):
            await bruno.relay.remove_factor(row.factor)
    async with refusal(ProblemCode.NOT_FOUND):
        await bruno.relay.remove_factor(FactorId(bytes(16)))
    assert len((await anne.relay.factors()).rows) == 2


async def test_new_recovery_codes_void_the_old_ones(people: Iterator[Practitioner]) -> None:
    (anne,) = await registered(people, 1)
    codes = [anne.under_test.random_bytes(10) for _ in range(RECOVERY_CODES)]
    hashes = tuple(sha256(RECOVERY_CODE + anne.caller.account + code) for code in codes)
    for _ in range(2):
        # A repetition after a lost answer changes nothing.
        await anne.relay.renew_recovery_codes(RenewRecoveryCodesRequest(recovery_hashes=hashes))
    await refused(
        anne.enrolled.authorize(anne.relay, Step.RECOVERY_CODE, anne.enrolled.recovery_codes[0]),
        OAuthError.INVALID_SESSION,
    )
    new = base64.b32encode(codes[0]).decode()
    given = await anne.enrolled.authorize(anne.relay, Step.RECOVERY_CODE, new)
    assert given.recovery_codes_left == RECOVERY_CODES - 1


# --- another passphrase --------------------------------------------------------------------------


async def test_a_stored_passphrase_counts_from_its_first_sign_in(
    people: Iterator[Practitioner],
) -> None:
    (anne,) = await registered(people, 1)
    enrolled, old = anne.enrolled, anne.enrolled.passphrase
    await enrolled.store_passphrase(anne.relay, "another one")
    # Nothing has changed: the old one is asked for, and the new one is only right if it is named.
    enrolled.passphrase = "another one"
    with pytest.raises(SignInError):
        await enrolled.needed(anne.relay)
    enrolled.passphrase = old
    await enrolled.needed(anne.relay)
    with pytest.raises(SignInError):
        await enrolled.needed(anne.relay, is_pending=True)
    # A sign-in that stops half-way changes nothing either.
    enrolled.passphrase = "another one"
    needed = await enrolled.needed(anne.relay, is_pending=True)
    code = await anne.relay.prove_second_factor(
        needed.auth_session, Step.RECOVERY_CODE, enrolled.recovery_codes[0]
    )
    enrolled.passphrase = old
    await enrolled.needed(anne.relay)
    await enrolled.redeem(anne.relay, code.code)
    with pytest.raises(SignInError):
        await enrolled.needed(anne.relay)
    enrolled.passphrase = "another one"
    await enrolled.needed(anne.relay)
    # Whoever has not heard of it may go on naming it.
    await enrolled.needed(anne.relay, is_pending=True)


# --- copies --------------------------------------------------------------------------------------


async def test_an_old_epoch_is_found_out(people: Iterator[Practitioner]) -> None:
    (anne,) = await registered(people, 1)
    enrolled = anne.enrolled

    async def redeem(number: int, step: EpochStep) -> None:
        code = await enrolled.authorize(
            anne.relay, Step.RECOVERY_CODE, enrolled.recovery_codes[number]
        )
        await anne.relay.redeem_code(code.code, code_verifier=VERIFIER, epoch=step)

    first = enrolled.epoch
    second, third = (anne.under_test.random_bytes(EPOCH_BYTES) for _ in range(2))
    await redeem(0, EpochStep(held=first, following=second))
    # The answer was lost, so the same is said again.
    await redeem(1, EpochStep(held=first, following=second))
    for held in (first, None):
        copied = EpochStep(held=held, following=third)
        with pytest.raises(SignInRefusedError) as caught:
            await redeem(2 if held else 3, copied)
        assert (caught.value.error, caught.value.reason) == (
            OAuthError.INVALID_GRANT,
            REASON_COPIED,
        )
    await redeem(4, EpochStep(held=second, following=third))


async def test_factors_are_not_added_beyond_the_limit_at_once(
    people: Iterator[Practitioner],
) -> None:
    (anne,) = await registered(people, 1)
    secrets = [anne.under_test.random_bytes(TOTP_SECRET_BYTES) for _ in range(12)]
    await asyncio.gather(
        *(
            anne.relay.add_totp(
                AddTotpRequest(secret=secret, code=code_of(secret, anne), sealed_name=b"")
            )
            for secret in secrets
        ),
        return_exceptions=True,
    )
    assert len((await anne.relay.factors()).rows) == 10
    async with refusal(ProblemCode.QUOTA_EXCEEDED):
        await add_key(anne, VirtualSecurityKey())
