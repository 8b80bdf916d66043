# SPDX-License-Identifier: AGPL-3.0-or-later
"""All devices are lost: kit and passphrase together bring the account back, and neither does alone."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import pytest

from app.engine.network.dpop import base64url
from crypto_core.errors import SignInError
from crypto_core.keys.signing import SigningPair
from crypto_core.trust.signatures import sha256
from crypto_core.wire.audit import (
    FactorChange,
    FactorsChanged,
    RootChangeAnnounced,
    SessionsEnded,
    SignInAttempt,
    SignInResult,
    Verb,
)
from crypto_core.wire.codec import decode
from crypto_core.wire.devices import (
    KeyEvent,
    KeyEventKind,
    RootChange,
    RootVeto,
)
from crypto_core.wire.ids import AccountId, UnixMillis, UtcOffsetMinutes
from crypto_core.wire.kit import KitId, KitSealed
from crypto_core.wire.labels import RECOVERY_PACKAGE, ROOT_CHANGE, ROOT_VETO
from crypto_core.wire.limits import LEAST_PACKAGE_BYTES, ROOT_CHANGE_SECONDS
from crypto_core.wire.oauth import ACCESS_TOKEN_SECONDS, PATH_CHALLENGE
from crypto_core.wire.recovery import PackageHeader, SealedPackage
from crypto_core.wire.relay_api import (
    PATH_FACTORS,
    PATH_KEYS,
    PATH_MAILBOX,
    PATH_PREKEYS,
    PATH_RECOVERY,
    PATH_RECOVERY_CODES,
    PATH_RECOVERY_PACKAGE,
    PATH_RECOVERY_VETO,
    PATH_SESSIONS,
    PrekeyClaimRequest,
    PublishKeyEventRequest,
    VetoRootChangeRequest,
)
from crypto_core.wire.sign_in import FactorKind
from tests.fakes.virtual_security_key import VirtualSecurityKey
from tests.integration.relay.sign_in.key_ring import add_key
from tests.integration.relay.sign_in.kit import (
    VERIFIER,
    Owner,
    kit_shown,
    let_in,
    list_of,
    passphrase_shown,
    proof,
    recovery_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    import httpx

    from tests.integration.relay.sign_in.stage import Bench
    from tests.integration.signed_in_device import SignedInDevice

    Story = Callable[[Bench], Coroutine[Any, Any, None]]
    Stage = Callable[[Story], None]

SEALED: Final = LEAST_PACKAGE_BYTES + 16


def refused(response: httpx.Response, code: str, status: int) -> None:
    assert (response.status_code, response.json().get("code")) == (status, code), response.text


def begin_anew(response: httpx.Response) -> None:
    assert (response.status_code, response.json()["error"]) == (400, "invalid_session")


def package_of(
    device: SignedInDevice, number: int, *, account: AccountId | None = None
) -> SealedPackage:
    """Return a package; a relay sees no more of one than its header and size."""
    sealed = os.urandom(SEALED)
    header = PackageHeader(
        version=1,
        account=account or device.caller.account,
        number=number,
        keys=(KitSealed(version=1, kit=KitId(bytes(8)), sealed=b"sealed to a kit"),),
        sealed_sha256=sha256(sealed),
    )
    return SealedPackage(
        header=device.caller.identity.sign_object(RECOVERY_PACKAGE, header), sealed=sealed
    )


async def put(device: SignedInDevice, package: SealedPackage) -> httpx.Response:
    return await device.send("PUT", PATH_RECOVERY_PACKAGE, package)


# The whole way back -----------------------------------------------------------------------------------


def test_kit_and_passphrase_bring_the_account_back(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        owner = await Owner.registered(bench)
        old = owner.device
        package = package_of(old, 1)
        assert (await put(old, package)).status_code == 204
        await add_key(old, VirtualSecurityKey())
        assert (await old.send("PUT", PATH_PREKEYS, old.caller.prekeys(1))).is_success

        new = owner.new_computer()
        token = await let_in(new, owner.root)
        found = await new.send("GET", PATH_RECOVERY_PACKAGE, token=token)
        assert decode(SealedPackage, found.content) == package
        keys = PATH_KEYS.format(account=new.caller.account.hex())
        assert (await new.send("GET", keys, token=token)).is_success
        # Until now nothing has changed.
        assert await old.is_admitted()

        request = recovery_of(new)
        first = await new.send("POST", PATH_RECOVERY, request, token=token)
        assert first.is_success, first.text
        # The answer was lost: the same again gives the same leaf and undoes nothing.
        again = await new.send("POST", PATH_RECOVERY, request, token=token)
        assert again.is_success, again.text

        response = await old.send("GET", PATH_SESSIONS)
        assert response.status_code == 401
        with pytest.raises(SignInError):
            await old.prove_passphrase(VERIFIER)
        new.access_token = None
        bench.clock.advance(seconds=60)
        begin_anew(await new.show(VERIFIER, totp=old.one_time_code()))
        begin_anew(await new.show(VERIFIER, recovery_code=old.recovery_code(0)))
        assert (await new.prove_passphrase(VERIFIER)).json()["next"] == ["totp", "recovery_code"]
        await new.sign_in()
        assert (await new.send("GET", PATH_MAILBOX)).is_success
        stranger = await bench.guest()
        claimed = await stranger.send(
            "POST",
            f"/v1/accounts/{new.caller.account.hex()}/prekeys/claim",
            PrekeyClaimRequest(one_time=False, devices=()),
        )
        # The lost device's prekeys are gone with it, and nothing is sealed to it any more.
        assert not claimed.is_success or claimed.content.count(old.caller.device) == 0

        told = await bench.said(new)
        assert [
            (each.result, each.factors)
            for each in told
            if isinstance(each, SignInAttempt) and FactorKind.RECOVERY_KIT in each.factors
        ] == [(SignInResult.ACCEPTED, (FactorKind.PASSPHRASE, FactorKind.RECOVERY_KIT))]
        assert [each.count for each in told if isinstance(each, SessionsEnded)] == [1]
        changes = [(each.kind, each.change) for each in told if isinstance(each, FactorsChanged)]
        assert sorted(changes) == [
            (FactorKind.TOTP, FactorChange.ADDED),
            (FactorKind.TOTP, FactorChange.REMOVED),
            (FactorKind.RECOVERY_CODE, FactorChange.REPLACED),
            (FactorKind.FIDO2, FactorChange.ADDED),
            (FactorKind.FIDO2, FactorChange.REMOVED),
        ]

    on_a_relay(story)


def test_no_session_slips_through_a_recovery(on_a_relay: Stage) -> None:
    """The thief signs in at the same moment: the session has begun before, and is ended, or does not begin."""

    async def story(bench: Bench) -> None:
        owner = await Owner.registered(bench)
        thieves = [replace(owner.device, access_token=None) for _ in range(4)]
        codes = []
        for number, thief in enumerate(thieves):
            shown = await thief.show(VERIFIER, recovery_code=thief.recovery_code(number))
            codes.append(shown.json()["authorization_code"])
        new = owner.new_computer()
        token = await let_in(new, owner.root)
        answer, *_ = await asyncio.gather(
            new.send("POST", PATH_RECOVERY, recovery_of(new), token=token),
            *(thief.redeem(code, VERIFIER) for thief, code in zip(thieves, codes, strict=True)),
        )
        assert answer.is_success, answer.text
        for thief in thieves:
            if thief.access_token is not None:
                assert (await thief.send("GET", PATH_SESSIONS)).status_code == 401
        async with bench.database.session() as session:
            left = await session.fetchval(
                "SELECT count(*) FROM session_family WHERE account = $1 AND ended_at IS NULL",
                new.caller.account,
            )
        assert left == 0

    on_a_relay(story)


# Proofs of the kit ------------------------------------------------------------------------------------


def test_a_proof_of_another_kit_or_for_another_step_does_not_count(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        owner, other = await Owner.registered(bench), await Owner.registered(bench)
        new, second = owner.new_computer(), owner.new_computer()

        async def attempt(make: Callable[[str], str]) -> httpx.Response:
            bench.clock.advance(seconds=60)
            auth_session = await passphrase_shown(new)
            return await new.post_form(
                PATH_CHALLENGE, auth_session=auth_session, recovery_kit=make(auth_session)
            )

        # Of another account.
        begin_anew(await attempt(lambda step: proof(other.root, step, new)))
        # For another key: shown by whoever has seen it.
        begin_anew(await attempt(lambda step: proof(owner.root, step, second)))
        # By a key that is certified, but is not the root.
        begin_anew(await attempt(lambda step: proof(owner.device.caller.identity, step, new)))
        # Replayed: a proof is for one step.
        seen = ""

        def remembered(step: str) -> str:
            nonlocal seen
            seen = proof(owner.root, step, new)
            return seen

        assert (await attempt(remembered)).is_success
        begin_anew(await attempt(lambda _: seen))
        for spoiled in ("AAAA", seen[:-8], base64url(bytes(3373))):
            begin_anew(await attempt(lambda _, spoiled=spoiled: spoiled))  # type: ignore[misc]
        reported = [each for each in await bench.said(new) if isinstance(each, SignInAttempt)]
        wrong = [each for each in reported if each.result is SignInResult.REFUSED_SECOND_FACTOR]
        assert len(wrong) == 7
        assert {each.factors for each in wrong} == {(FactorKind.PASSPHRASE,)}

    on_a_relay(story)


def test_the_kit_alone_is_not_enough_nor_is_another_factor_with_it(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        owner = await Owner.registered(bench)
        new = owner.new_computer()
        # Not after the first step only.
        _, response = await new.begin(VERIFIER, scope="recovery")
        auth_session = response.json()["auth_session"]
        shown = proof(owner.root, auth_session, new)
        begin_anew(
            await new.post_form(PATH_CHALLENGE, auth_session=auth_session, recovery_kit=shown)
        )
        # What the thief of a telephone has is no kit.
        for field, value in (
            ("totp", owner.device.one_time_code(steps=1)),
            ("recovery_code", owner.device.recovery_code(0)),
            ("webauthn", "{}"),
        ):
            bench.clock.advance(seconds=60)
            auth_session = await passphrase_shown(new)
            begin_anew(
                await new.post_form(PATH_CHALLENGE, auth_session=auth_session, **{field: value})
            )
        # Nor does the kit's proof end a sign-in for mail.
        found = (await owner.device.prove_passphrase(VERIFIER)).json()
        shown = proof(owner.root, found["auth_session"], owner.device)
        begin_anew(
            await owner.device.post_form(
                PATH_CHALLENGE, auth_session=found["auth_session"], recovery_kit=shown
            )
        )
        assert (
            await owner.device.show(VERIFIER, recovery_code=owner.device.recovery_code(0))
        ).is_success

    on_a_relay(story)


def test_a_listed_device_needs_no_recovery(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        owner = await Owner.registered(bench)
        _, response = await owner.device.begin(VERIFIER, scope="recovery")
        assert response.json()["error"] == "invalid_scope"
        _, response = await owner.new_computer().begin(
            VERIFIER, scope="recovery", credential="pending"
        )
        assert response.json()["error"] == "invalid_request"

    on_a_relay(story)


def test_guessing_with_a_stolen_kit_is_slow_and_locks_nobody_out(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        owner = await Owner.registered(bench)
        answers = []
        for number in range(12):
            # A new key and another address each time: the account counts all the same.
            thief = replace(owner.new_computer(), http=bench.http(f"198.51.100.{number}"))
            _, response = await thief.begin(VERIFIER, scope="recovery")
            answers.append(response)
        throttled = [each for each in answers if each.status_code == 429]
        assert len(throttled) >= 6
        assert all(each.json()["retry_after"] >= 1 for each in throttled)
        # The same from the owner's own address.
        thief = owner.new_computer()
        _, response = await thief.begin(VERIFIER, scope="recovery")
        assert response.status_code == 429
        await owner.device.sign_in_again(VERIFIER, totp=owner.device.one_time_code(steps=1))
        results = [
            each.result
            for each in await bench.said(owner.device)
            if isinstance(each, SignInAttempt)
        ]
        assert SignInResult.REFUSED_THROTTLED in results

    on_a_relay(story)


# Tokens of recovery -----------------------------------------------------------------------------------


def test_a_token_of_recovery_is_good_for_nothing_else(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        owner, other = await Owner.registered(bench), await bench.guest()
        new = owner.new_computer()
        token = await let_in(new, owner.root)
        new.access_token = None
        for method, path in (
            ("GET", PATH_MAILBOX),
            ("GET", PATH_SESSIONS),
            ("DELETE", PATH_SESSIONS),
            ("GET", PATH_FACTORS),
            ("PUT", PATH_RECOVERY_PACKAGE),
            ("PUT", PATH_RECOVERY_CODES),
            ("GET", "/v1/events"),
            ("GET", "/v1/directory"),
            ("GET", PATH_KEYS.format(account=other.caller.account.hex())),
        ):
            refused(await new.send(method, path, token=token), "forbidden", 403)
        # And the reverse.
        for method, path, body in (
            ("GET", PATH_RECOVERY_PACKAGE, None),
            ("POST", PATH_RECOVERY, recovery_of(new)),
        ):
            refused(await owner.device.send(method, path, body), "forbidden", 403)
        # It is bound to its key, and ends.
        thief = owner.new_computer()
        refused(await thief.send("GET", PATH_RECOVERY_PACKAGE, token=token), "sign-in-needed", 401)
        refused(await new.send("GET", PATH_RECOVERY_PACKAGE, token=token), "not-found", 404)
        bench.clock.advance(seconds=ACCESS_TOKEN_SECONDS)
        refused(await new.send("GET", PATH_RECOVERY_PACKAGE, token=token), "sign-in-needed", 401)

    on_a_relay(story)


def test_a_code_of_recovery_serves_once(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        owner = await Owner.registered(bench)
        new = owner.new_computer()
        code = (await kit_shown(new, owner.root)).json()["authorization_code"]
        stolen = await owner.new_computer().redeem(code, VERIFIER)
        assert stolen.json()["error"] == "invalid_grant"
        assert (await new.redeem(code, VERIFIER)).is_success
        assert (await new.redeem(code, VERIFIER)).json()["error"] == "invalid_grant"

    on_a_relay(story)


# New keys ---------------------------------------------------------------------------------------------


def test_new_keys_are_by_the_root_and_name_the_computer_that_asks(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        owner, other = await Owner.registered(bench), await Owner.registered(bench)
        new = owner.new_computer()
        token = await let_in(new, owner.root)

        async def attempt(device: SignedInDevice, listed: Any = None) -> httpx.Response:  # noqa: ANN401 - a Signed
            request = recovery_of(device, listed)
            return await new.send("POST", PATH_RECOVERY, request, token=token)

        refused(await attempt(owner.new_computer()), "forbidden", 403)
        by_another = replace(
            new, caller=replace(new.caller, certificate=other_certificate(owner, other))
        )
        refused(await attempt(by_another), "signature-invalid", 422)
        by_the_thief = replace(
            new, caller=replace(new.caller, identity=owner.device.caller.identity)
        )
        refused(await attempt(by_the_thief), "signature-invalid", 422)
        late = replace(new, caller=replace(new.caller, lists=[]))
        late.caller.lists.append(list_of(new.caller, new.caller.entry))
        refused(await attempt(late), "chain-broken", 409)
        assert await owner.device.is_admitted()
        assert (await attempt(new)).is_success

    on_a_relay(story)


def other_certificate(owner: Owner, other: Owner) -> Any:  # noqa: ANN401 - a Signed
    """Return a certificate for the owner's account by somebody else's root."""
    return owner.new_computer(other.root).caller.certificate


def test_a_passphrase_that_waited_is_void_after_recovery(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        owner = await Owner.registered(bench)
        thief = replace(owner.device, password=sha256(b"the thief's"))
        assert (await thief.put_new_passphrase()).status_code == 204
        new = owner.new_computer()
        token = await let_in(new, owner.root)
        assert (await new.send("POST", PATH_RECOVERY, recovery_of(new), token=token)).is_success
        new.access_token = None
        guess = replace(new, password=thief.password)
        with pytest.raises(SignInError):
            await guess.prove_passphrase(VERIFIER, credential="pending")
        await new.sign_in()

    on_a_relay(story)


# A new root -------------------------------------------------------------------------------------------


async def announce(owner: Owner, root: SigningPair) -> RootChange:
    """Announce a new root by the account's identity key."""
    caller, now = owner.device.caller, owner.bench.clock.now()
    change = RootChange(
        version=1,
        account=caller.account,
        sequence=2,
        root=root.public,
        issued_at=now,
        effective_at=UnixMillis(now + ROOT_CHANGE_SECONDS * 1000),
    )
    signed = caller.identity.sign_object(ROOT_CHANGE, change)
    content = RootChangeAnnounced(
        account=caller.account,
        sequence=2,
        change_hash=sha256(signed.body),
        at=now,
        utc_offset=UtcOffsetMinutes(0),
    )
    request = PublishKeyEventRequest(
        event=KeyEvent(version=1, kind=KeyEventKind.ROOT_CHANGE, signed=signed, certificate=None),
        statement=caller.state(Verb.ROOT_CHANGE_ANNOUNCED, content),
    )
    path = PATH_KEYS.format(account=caller.account.hex())
    response = await owner.device.send("POST", path, request)
    assert response.is_success, response.text
    return change


def test_the_old_kit_counts_for_seven_days_and_the_new_one_after_them(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        owner = await Owner.registered(bench)
        new_root = SigningPair.from_seed(os.urandom(64))
        await announce(owner, new_root)
        new = owner.new_computer()
        begin_anew(await kit_shown(new, new_root))
        assert (await kit_shown(new, owner.root)).is_success
        bench.clock.advance(seconds=ROOT_CHANGE_SECONDS - 1)
        begin_anew(await kit_shown(new, new_root))
        bench.clock.advance(seconds=60)
        # A superseded root is nobody's any more.
        begin_anew(await kit_shown(new, owner.root))
        bench.clock.advance(seconds=60)
        by_old = owner.new_computer()
        token = await let_in(by_old, new_root)
        response = await by_old.send("POST", PATH_RECOVERY, recovery_of(by_old), token=token)
        refused(response, "signature-invalid", 422)
        bench.clock.advance(seconds=60)
        new = owner.new_computer(new_root)
        token = await let_in(new, new_root)
        response = await new.send("POST", PATH_RECOVERY, recovery_of(new), token=token)
        assert response.is_success, response.text

    on_a_relay(story)


def test_the_old_kit_vetoes_a_new_root_without_a_session(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        owner = await Owner.registered(bench)
        new_root = SigningPair.from_seed(os.urandom(64))
        change = await announce(owner, new_root)
        stranger = bench.stranger()

        def veto(root: SigningPair) -> VetoRootChangeRequest:
            content = RootVeto(
                version=1,
                account=change.account,
                sequence=change.sequence,
                issued_at=bench.clock.now(),
            )
            return VetoRootChangeRequest(veto=root.sign_object(ROOT_VETO, content))

        for root in (new_root, owner.device.caller.identity):
            response = await stranger.post_without_session(PATH_RECOVERY_VETO, veto(root))
            refused(response, "signature-invalid", 422)
        right = veto(owner.root)
        for _ in range(2):
            response = await stranger.post_without_session(PATH_RECOVERY_VETO, right)
            assert response.is_success, response.text
        bench.clock.advance(seconds=ROOT_CHANGE_SECONDS + 60)
        begin_anew(await kit_shown(owner.new_computer(), new_root))
        assert (await kit_shown(owner.new_computer(), owner.root)).is_success

    on_a_relay(story)


# Packages ---------------------------------------------------------------------------------------------


def test_the_newest_three_packages_are_kept_and_none_goes_back(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        owner, other = await Owner.registered(bench), await bench.guest()
        device = owner.device
        packages = [package_of(device, number) for number in (1, 2, 5, 6)]
        for each in packages:
            assert (await put(device, each)).status_code == 204
        # The answer was lost.
        assert (await put(device, packages[-1])).status_code == 204
        response = await put(device, package_of(device, 6))
        refused(response, "conflict", 409)
        assert response.json()["newest_number"] == 6
        refused(await put(device, packages[0]), "conflict", 409)
        for forged in (
            package_of(other, 9),
            package_of(other, 9, account=device.caller.account),
        ):
            refused(await put(device, forged), "signature-invalid", 422)
        swapped = replace(package_of(device, 9), sealed=os.urandom(SEALED))
        refused(await put(device, swapped), "malformed", 400)
        renamed = package_of(device, 9, account=other.caller.account)
        refused(await put(device, renamed), "malformed", 400)
        async with bench.database.session() as session:
            kept = await session.fetch(
                "SELECT number FROM recovery_package WHERE account = $1 ORDER BY number",
                device.caller.account,
            )
        assert [each["number"] for each in kept] == [2, 5, 6]
        new = owner.new_computer()
        token = await let_in(new, owner.root)
        found = await new.send("GET", PATH_RECOVERY_PACKAGE, token=token)
        assert decode(SealedPackage, found.content) == packages[-1]

    on_a_relay(story)
