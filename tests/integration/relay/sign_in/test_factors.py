# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an account signs in with: each of several factors serves, none twice, and the last one stays."""

from __future__ import annotations

import asyncio
import base64
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import psycopg
import pyotp
import pytest
from fido2.client import ClientError

from crypto_core.trust.signatures import pseudonym_of, sha256
from crypto_core.wire.audit import (
    FactorChange,
    FactorsChanged,
    SessionsEnded,
    SignInAttempt,
    SignInResult,
)
from crypto_core.wire.codec import decode
from crypto_core.wire.labels import RECOVERY_CODE
from crypto_core.wire.oauth import CHALLENGE_SECONDS, PATH_CHALLENGE, STEP_UP_SECONDS, Step
from crypto_core.wire.relay_api import (
    PATH_FACTOR,
    PATH_FACTORS,
    PATH_FACTORS_TOTP,
    PATH_RECOVERY_CODES,
    PATH_SECURITY_KEY,
    PATH_SECURITY_KEY_OPTIONS,
    ProblemCode,
)
from crypto_core.wire.sign_in import (
    MAX_FACTORS,
    AddTotpRequest,
    FactorKind,
    FactorRow,
    Factors,
    RenewRecoveryCodesRequest,
)
from relay_server.authentication.door import Caller
from relay_server.errors import ProblemError
from tests.fakes.machine import FakeClock
from tests.fakes.virtual_security_key import VirtualSecurityKey
from tests.integration.relay.sign_in.key_ring import (
    SITE,
    VERIFIER,
    add_key,
    asked,
    challenged,
    hand_in,
    made,
    show_key,
    signed,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    import httpx

    from crypto_core.wire.ids import FactorId
    from tests.integration.relay.sign_in.stage import Bench, Site
    from tests.integration.signed_in_device import SignedInDevice

    Story = Callable[[Bench], Coroutine[Any, Any, None]]
    Stage = Callable[[Story], None]

OTHER_SECRET: Final = bytes(range(20))


def refused(response: httpx.Response, code: str, status: int) -> None:
    assert (response.status_code, response.json().get("code")) == (status, code), response.text


def begin_anew(response: httpx.Response) -> None:
    assert (response.status_code, response.json()["error"]) == (400, "invalid_session")


async def factors_of(device: SignedInDevice) -> Factors:
    response = await device.send("GET", PATH_FACTORS)
    assert response.status_code == 200, response.text
    return decode(Factors, response.content)


def code_of(device: SignedInDevice, secret: bytes, *, steps: int = 0) -> str:
    totp = pyotp.TOTP(base64.b32encode(secret).decode())
    return totp.at(device.clock.now() // 1000 + 30 * steps)


async def add_telephone(
    device: SignedInDevice, secret: bytes = OTHER_SECRET, *, name: bytes = b"sealed"
) -> httpx.Response:
    request = AddTotpRequest(secret=secret, code=code_of(device, secret), sealed_name=name)
    return await device.send("POST", PATH_FACTORS_TOTP, request)


async def remove(device: SignedInDevice, factor: FactorId) -> httpx.Response:
    return await device.send("DELETE", PATH_FACTOR.format(factor=factor.hex()))


async def steps_of(device: SignedInDevice) -> list[str]:
    found: list[str] = (await device.prove_passphrase(VERIFIER)).json()["next"]
    return found


# One-time codes ---------------------------------------------------------------------------------------


def test_each_of_two_telephones_signs_in(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device = await bench.guest()
        (first,) = (await factors_of(device)).rows
        assert (first.kind, first.sealed_name) == (FactorKind.TOTP, b"")
        assert first.last_used_at == bench.clock.now()
        bench.clock.advance(seconds=1)
        response = await add_telephone(device)
        added = decode(FactorRow, response.content)
        assert (added.kind, added.sealed_name, added.last_used_at) == (
            FactorKind.TOTP,
            b"sealed",
            None,
        )
        assert (await factors_of(device)).rows == (first, added)
        bench.clock.advance(seconds=60)
        for code in (device.one_time_code(), code_of(device, OTHER_SECRET)):
            assert (await device.show(VERIFIER, totp=code)).is_success
        assert (await factors_of(device)).recovery_codes_left == 10
        by = pseudonym_of(device.caller.device)
        assert FactorsChanged(
            account=device.caller.account,
            device=by,
            kind=FactorKind.TOTP,
            change=FactorChange.ADDED,
        ) in await bench.said(device)

    on_a_relay(story)


def test_a_telephone_has_to_show_that_it_has_the_secret(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device = await bench.guest()
        for wrong in (code_of(device, bytes(20)), code_of(device, OTHER_SECRET, steps=9)):
            request = AddTotpRequest(secret=OTHER_SECRET, code=wrong, sealed_name=b"")
            response = await device.send("POST", PATH_FACTORS_TOTP, request)
            refused(response, "signature-invalid", 422)
        assert len((await factors_of(device)).rows) == 1

    on_a_relay(story)


def test_a_code_serves_once_among_all_telephones(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device = await bench.guest()
        assert (await add_telephone(device)).is_success
        # The code that registered it is used up, and one secret cannot be there twice.
        begin_anew(await device.show(VERIFIER, totp=code_of(device, OTHER_SECRET)))
        refused(await add_telephone(device), "key-in-use", 409)
        refused(await add_telephone(device, device.totp_secret), "key-in-use", 409)
        bench.clock.advance(seconds=60)
        code = code_of(device, OTHER_SECRET)
        assert (await device.show(VERIFIER, totp=code)).is_success
        begin_anew(await device.show(VERIFIER, totp=code))
        begin_anew(await device.show(VERIFIER, totp=code_of(device, OTHER_SECRET, steps=-1)))

    on_a_relay(story)


def test_a_removed_telephone_signs_in_no_more(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device = await bench.guest()
        (first,) = (await factors_of(device)).rows
        assert (await add_telephone(device)).is_success
        bench.clock.advance(seconds=60)
        await device.sign_in_again(VERIFIER, totp=code_of(device, OTHER_SECRET))
        assert (await remove(device, first.factor)).status_code == 204
        refused(await remove(device, first.factor), "not-found", 404)
        bench.clock.advance(seconds=60)
        begin_anew(await device.show(VERIFIER, totp=device.one_time_code()))
        assert (await device.show(VERIFIER, totp=code_of(device, OTHER_SECRET))).is_success

    on_a_relay(story)


def test_what_a_removed_factor_has_begun_ends_with_it(on_a_relay: Stage) -> None:
    """A telephone was stolen: removing it ends what the thief is doing, and not what the owner does."""

    async def story(bench: Bench) -> None:
        device, key = await bench.guest(), VirtualSecurityKey()
        (stolen,) = (await factors_of(device)).rows
        await add_key(device, key)
        assert (await add_telephone(device)).is_success

        async def begun(secret: bytes) -> SignedInDevice:
            bench.clock.advance(seconds=60)
            other = replace(device)
            await other.sign_in_again(VERIFIER, totp=code_of(device, secret))
            return other

        by_stolen = [await begun(device.totp_secret) for _ in range(2)]
        by_telephone = await begun(OTHER_SECRET)
        bench.clock.advance(seconds=60)
        shown = await device.show(VERIFIER, totp=device.one_time_code())
        answer = await show_key(device, key)
        await device.redeem(answer.json()["authorization_code"], VERIFIER)

        assert (await remove(device, stolen.factor)).status_code == 204
        assert await device.is_admitted()
        assert await by_telephone.is_admitted()
        for each in by_stolen:
            assert not await each.is_admitted()
            assert (await each.refresh()).json()["error"] == "invalid_grant"
        # Nor does a code begin one that it had been given for.
        late = await device.redeem(shown.json()["authorization_code"], VERIFIER)
        assert late.json()["error"] == "invalid_grant"
        ended = [each for each in await bench.said(device) if isinstance(each, SessionsEnded)]
        # With the one of the beginning.
        assert [each.count for each in ended] == [3]

        # Whoever removes what he has shown himself signs in with another.
        assert (await device.refresh()).is_success
        (used,) = (row for row in (await factors_of(device)).rows if row.kind is FactorKind.FIDO2)
        assert (await remove(device, used.factor)).status_code == 204
        assert not await device.is_admitted()
        assert await by_telephone.is_admitted()

    on_a_relay(story)


def test_no_session_slips_through_the_removal_of_its_factor(on_a_relay: Stage) -> None:
    """The thief's code is redeemed at the same moment: the session has begun before, and ends, or does not begin."""

    async def story(bench: Bench) -> None:
        device, key = await bench.guest(), VirtualSecurityKey()
        (stolen,) = (await factors_of(device)).rows
        await add_key(device, key)
        answer = await show_key(device, key)
        await device.redeem(answer.json()["authorization_code"], VERIFIER)
        bench.clock.advance(seconds=60)
        thieves, codes = [replace(device, access_token=None) for _ in range(3)], []
        for steps in (-1, 0, 1):
            shown = await device.show(VERIFIER, totp=device.one_time_code(steps=steps))
            codes.append(shown.json()["authorization_code"])
        removed, *_ = await asyncio.gather(
            remove(device, stolen.factor),
            *(thief.redeem(code, VERIFIER) for thief, code in zip(thieves, codes, strict=True)),
        )
        assert removed.status_code == 204, removed.text
        for thief in thieves:
            if thief.access_token is not None:
                assert not await thief.is_admitted()
        assert await device.is_admitted()

    on_a_relay(story)


def test_a_session_of_before_counts_as_begun_with_every_factor_of_its_kind(site: Site) -> None:
    """An earlier version of the relay did not note which one it was."""

    async def story(bench: Bench) -> None:
        device, key = await bench.guest(), VirtualSecurityKey()
        (telephone,) = (await factors_of(device)).rows
        await add_key(device, key)
        old = replace(device)
        answer = await show_key(device, key)
        await device.redeem(answer.json()["authorization_code"], VERIFIER)
        with psycopg.connect(site.superuser_url) as connection:
            noted = connection.execute("UPDATE relay.session_family SET factor = NULL")
            assert noted.rowcount == 2
        assert (await remove(device, telephone.factor)).status_code == 204
        assert not await old.is_admitted()
        assert await device.is_admitted()

    async def main() -> None:
        async with site.open(FakeClock()) as bench:
            await story(bench)

    asyncio.run(main())


def test_the_last_factor_stays(on_a_relay: Stage) -> None:
    """Recovery codes alone would run out."""

    async def story(bench: Bench) -> None:
        device, other = await bench.guest(), await bench.guest()
        (only,) = (await factors_of(device)).rows
        refused(await remove(device, only.factor), "conflict", 409)
        # Nobody removes another's, and whether there is one is not told.
        refused(await remove(other, only.factor), "not-found", 404)
        assert (await factors_of(device)).rows == (only,)
        key = VirtualSecurityKey()
        added = await add_key(device, key)
        answer = await show_key(device, key)
        await device.redeem(answer.json()["authorization_code"], VERIFIER)
        assert (await remove(device, only.factor)).status_code == 204
        refused(await remove(device, added.factor), "conflict", 409)
        said = [each for each in await bench.said(device) if isinstance(each, FactorsChanged)]
        assert [(each.kind, each.change) for each in said] == [
            (FactorKind.FIDO2, FactorChange.ADDED),
            (FactorKind.TOTP, FactorChange.REMOVED),
        ]

    on_a_relay(story)


def test_there_are_ten_factors_at_most(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device = await bench.guest()
        for number in range(MAX_FACTORS - 1):
            assert (await add_telephone(device, bytes([number] * 20))).is_success
        refused(await add_telephone(device, bytes([99] * 20)), "quota-exceeded", 507)
        assert len((await factors_of(device)).rows) == MAX_FACTORS

    on_a_relay(story)


def test_new_recovery_codes_void_the_old_ones(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device = await bench.guest()
        old = device.recovery_code(0)
        device.recovery_codes = [os.urandom(10) for _ in range(10)]
        hashes = tuple(
            sha256(RECOVERY_CODE, device.caller.account + each) for each in device.recovery_codes
        )
        request = RenewRecoveryCodesRequest(recovery_hashes=hashes)
        assert (await device.send("PUT", PATH_RECOVERY_CODES, request)).status_code == 204
        begin_anew(await device.show(VERIFIER, recovery_code=old))
        assert (await device.show(VERIFIER, recovery_code=device.recovery_code(0))).is_success
        repeated = replace(request, recovery_hashes=hashes[:1] * 10)
        await device.sign_in_again(VERIFIER, recovery_code=device.recovery_code(1))
        refused(await device.send("PUT", PATH_RECOVERY_CODES, repeated), "malformed", 400)
        assert (await factors_of(device)).recovery_codes_left == 8

    on_a_relay(story)


# Security keys ----------------------------------------------------------------------------------------


def test_a_security_key_signs_in(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device, key, spare = await bench.guest(), VirtualSecurityKey(), VirtualSecurityKey()
        added = await add_key(device, key, b"sealed name")
        await add_key(device, spare)
        assert (added.kind, added.sealed_name) == (FactorKind.FIDO2, b"sealed name")
        assert await steps_of(device) == ["totp", "webauthn", "recovery_code"]
        for each in (key, spare, key):
            response = await show_key(device, each)
            assert response.is_success, response.text
        response = await device.redeem(response.json()["authorization_code"], VERIFIER)
        assert response.is_success, response.text
        rows = {each.factor: each for each in (await factors_of(device)).rows}
        assert rows[added.factor].last_used_at == bench.clock.now()
        accepted = [
            each.factors
            for each in await bench.said(device)
            if isinstance(each, SignInAttempt) and each.result is SignInResult.ACCEPTED
        ]
        assert accepted[-1] == (FactorKind.PASSPHRASE, FactorKind.FIDO2)

    on_a_relay(story)


def test_an_answer_to_a_security_keys_challenge_counts_once(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device, key = await bench.guest(), VirtualSecurityKey()
        await add_key(device, key)
        auth_session, options = await challenged(device)
        answer = signed(key, options)
        first = await device.post_form(PATH_CHALLENGE, auth_session=auth_session, webauthn=answer)
        assert first.is_success
        # The library would take it again with the same state; the relay has none any more.
        begin_anew(
            await device.post_form(PATH_CHALLENGE, auth_session=auth_session, webauthn=answer)
        )
        # Nor does it answer the next challenge.
        auth_session, _ = await challenged(device)
        begin_anew(
            await device.post_form(PATH_CHALLENGE, auth_session=auth_session, webauthn=answer)
        )

    on_a_relay(story)


def test_an_answer_made_elsewhere_does_not_count(on_a_relay: Stage) -> None:
    """Who lures the owner to another address gets answers that serve there and not here."""

    async def story(bench: Bench) -> None:
        device, key = await bench.guest(), VirtualSecurityKey()
        await add_key(device, key)
        for origin in (
            "https://relay.example.org",
            "https://other.example",
            "http://relay.example",
            "https://sub.relay.example",
            "https://relay.example:8443",
        ):
            bench.clock.advance(seconds=60)
            auth_session, options = await challenged(device)
            answer = signed(key, options, origin=origin)
            begin_anew(
                await device.post_form(PATH_CHALLENGE, auth_session=auth_session, webauthn=answer)
            )
        # The key itself binds what it signs to the site's name: the same pair under another name.
        for credential in key.credentials.values():
            credential.rp_id = "other.example"
        bench.clock.advance(seconds=60)
        auth_session, options = await challenged(device)
        answer = signed(key, options | {"rpId": "other.example"})
        begin_anew(
            await device.post_form(PATH_CHALLENGE, auth_session=auth_session, webauthn=answer)
        )

    on_a_relay(story)


def test_another_accounts_security_key_does_not_count(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device, thief = await bench.guest(), await bench.guest()
        own, other = VirtualSecurityKey(), VirtualSecurityKey()
        await add_key(device, own)
        await add_key(thief, other)
        auth_session, options = await challenged(device)
        with pytest.raises(ClientError):
            signed(other, options)
        (stolen,) = other.credentials
        named = options["allowCredentials"][0] | {
            "id": base64.urlsafe_b64encode(stolen).rstrip(b"=").decode()
        }
        answer = signed(other, options | {"allowCredentials": [named]})
        begin_anew(
            await device.post_form(PATH_CHALLENGE, auth_session=auth_session, webauthn=answer)
        )
        # Nor does it under the id of the right one.
        (right,) = own.credentials
        other.credentials[right] = other.credentials[stolen]
        begin_anew(await show_key(device, other))
        assert (await show_key(device, own)).is_success

    on_a_relay(story)


def test_a_security_key_that_counts_back_is_refused_and_reported(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device, key = await bench.guest(), VirtualSecurityKey()
        await add_key(device, key)
        copy = key.copy()
        assert (await show_key(device, key)).is_success
        begin_anew(await show_key(device, copy))
        reported = [each for each in await bench.said(device) if isinstance(each, SignInAttempt)]
        assert reported[-1].result is SignInResult.REFUSED_COUNTER
        assert reported[-1].factors == (FactorKind.PASSPHRASE,)
        # The one that is ahead goes on.
        assert (await show_key(device, key)).is_success

    on_a_relay(story)


def test_a_security_key_that_never_counts_serves(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device, key = await bench.guest(), Uncounted()
        await add_key(device, key)
        for _ in range(2):
            assert (await show_key(device, key)).is_success
        # But one that has counted does not stop.
        key.is_counting = True
        assert (await show_key(device, key)).is_success
        key.is_counting = False
        begin_anew(await show_key(device, key))

    on_a_relay(story)


class Uncounted(VirtualSecurityKey):
    """A key that has no counter (WebAuthn level 3 §6.1.1)."""

    is_counting = False

    def _data(self, rp_id: str, flags: int) -> bytes:
        if not self.is_counting:
            self.counter = -(flags & 1)
        return super()._data(rp_id, flags)


def test_with_a_security_key_alone_no_code_helps(on_a_relay: Stage) -> None:
    """A factor cannot be downgraded to one that the account does not have."""

    async def story(bench: Bench) -> None:
        device, key = await bench.guest(), VirtualSecurityKey()
        (telephone,) = (await factors_of(device)).rows
        await add_key(device, key)
        assert (await remove(device, telephone.factor)).status_code == 204
        assert await steps_of(device) == ["webauthn", "recovery_code"]
        bench.clock.advance(seconds=60)
        begin_anew(await device.show(VERIFIER, totp=device.one_time_code()))
        begin_anew(await device.show(VERIFIER, recovery_kit="AAAA"))
        assert (await show_key(device, key)).is_success

    on_a_relay(story)


def test_the_passphrase_twice_is_not_two_factors(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device = await bench.guest()
        await add_key(device, VirtualSecurityKey())
        begun, response = await device.begin(VERIFIER)
        ke3 = base64.urlsafe_b64encode(begun.finish(response.json())).rstrip(b"=").decode()
        second = await device.post_form(
            PATH_CHALLENGE, auth_session=response.json()["auth_session"], opaque_ke3=ke3
        )
        begin_anew(
            await device.post_form(
                PATH_CHALLENGE, auth_session=second.json()["auth_session"], opaque_ke3=ke3
            )
        )
        # Nor is a factor without the passphrase.
        _, response = await device.begin(VERIFIER)
        begin_anew(
            await device.post_form(
                PATH_CHALLENGE,
                auth_session=response.json()["auth_session"],
                totp=device.one_time_code(steps=1),
            )
        )

    on_a_relay(story)


def test_what_is_no_answer_of_a_security_key_is_refused(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device, key = await bench.guest(), VirtualSecurityKey()
        await add_key(device, key)
        spoiled = (
            "x",
            "{}",
            "[]",
            "null",
            '{"id":"AA"}',
            '{"rawId":"AA","response":{}}',
            "[" * 2000,
            '{"rawId":7,"response":{"clientDataJSON":"AA"}}',
        )
        for each in spoiled:
            await asked(device)
            refused(await hand_in(device, each), "signature-invalid", 422)
        for each in spoiled:
            bench.clock.advance(seconds=60)
            begin_anew(await device.show(VERIFIER, webauthn=each))

    on_a_relay(story)


def test_a_new_security_key_answers_what_was_asked_of_it(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device, other = await bench.guest(), await bench.guest()
        key = VirtualSecurityKey()
        answer = made(key, await asked(device))
        refused(await hand_in(other, answer), "expired", 410)
        await asked(other)
        refused(await hand_in(other, answer), "signature-invalid", 422)
        assert (await hand_in(device, answer)).is_success
        refused(await hand_in(device, answer), "expired", 410)
        # One is asked at a time.
        first = made(VirtualSecurityKey(), await asked(device))
        await asked(device)
        refused(await hand_in(device, first), "signature-invalid", 422)
        elsewhere = made(VirtualSecurityKey(), await asked(device), origin="https://other.example")
        refused(await hand_in(device, elsewhere), "signature-invalid", 422)
        options = await asked(device)
        renamed = made(VirtualSecurityKey(), options | {"rp": {"id": "other.example", "name": "x"}})
        refused(await hand_in(device, renamed), "signature-invalid", 422)
        late = made(VirtualSecurityKey(), await asked(device))
        bench.clock.advance(seconds=CHALLENGE_SECONDS)
        refused(await hand_in(device, late), "expired", 410)

    on_a_relay(story)


def test_a_security_key_is_registered_once(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device, other, key = await bench.guest(), await bench.guest(), VirtualSecurityKey()
        await add_key(device, key)
        options = await asked(device)
        assert len(options["excludeCredentials"]) == 1
        with pytest.raises(ClientError):
            made(key, options)
        # A key's name for itself is nobody else's.
        (known,) = key.credentials
        answer = made(VirtualSecurityKeyOf(known), await asked(other))
        refused(await hand_in(other, answer), "key-in-use", 409)
        assert options["rp"] == {"id": SITE, "name": "U-HealthSec"}

    on_a_relay(story)


class VirtualSecurityKeyOf(VirtualSecurityKey):
    """A key that claims another one's credential id."""

    def __init__(self, claimed: bytes) -> None:
        super().__init__()
        self.claimed = claimed

    def new_id(self) -> bytes:
        return self.claimed


def test_a_relay_without_a_name_has_no_security_keys(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device, key = await bench.guest(), VirtualSecurityKey()
        await add_key(device, key)
        changes = bench.relay.sign_in.changes
        nameless = replace(changes, factors=replace(changes.factors, security_keys=None))
        caller = Caller(
            account=device.caller.account,
            device=device.caller.device,
            pseudonym=pseudonym_of(device.caller.device),
            signing_key=device.caller.signing.public,
        )
        with pytest.raises(ProblemError) as caught:
            await nameless.offer_security_key(caller)
        assert caught.value.code is ProblemCode.FORBIDDEN
        # Those that were registered under a name are not asked for without it.
        async with bench.database.session() as session:
            available = await nameless.factors.available(session, caller.account)
        assert available.steps == (Step.TOTP, Step.RECOVERY_CODE)
        assert available.options is None

    on_a_relay(story)


# Step-up ----------------------------------------------------------------------------------------------


def test_every_change_needs_factors_shown_lately(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device = await bench.guest()
        before = await factors_of(device)
        telephone = AddTotpRequest(
            secret=OTHER_SECRET, code=code_of(device, OTHER_SECRET), sealed_name=b""
        )
        codes = RenewRecoveryCodesRequest(recovery_hashes=(sha256(b"x"),) * 10)

        async def attempts() -> list[httpx.Response]:
            return [
                await device.send("POST", PATH_FACTORS_TOTP, telephone),
                await device.send("POST", PATH_SECURITY_KEY_OPTIONS),
                await hand_in(device, "{}"),
                await remove(device, before.rows[0].factor),
                await device.send("PUT", PATH_RECOVERY_CODES, codes),
            ]

        bench.clock.advance(seconds=STEP_UP_SECONDS + 1)
        # A new token of the same session does not make the factors fresh.
        assert (await device.refresh()).is_success
        for response in await attempts():
            refused(response, "step-up-needed", 401)
            assert response.headers["www-authenticate"] == (
                'DPoP error="insufficient_user_authentication", max_age=300'
            )
        assert await factors_of(device) == before
        await device.sign_in()
        assert {each.status_code for each in await attempts()}.isdisjoint({401})
        # Whoever has no session at all is not asked for more than that.
        response = await device.post_without_session(PATH_SECURITY_KEY, telephone)
        refused(response, "sign-in-needed", 401)

    on_a_relay(story)
