# SPDX-License-Identifier: AGPL-3.0-or-later
"""The real client library against a key of software; the relay's side is the library's own server."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import TYPE_CHECKING, Any

import pytest
from fido2.ctap import STATUS, CtapError
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    UserVerificationRequirement,
)

from app.engine.ports.security_keys import KeyTrouble, SecurityKeyError
from app.engine.security_keys.plugged_in import PluggedInKeys, by_devices
from tests.fakes.virtual_key_with_pin import MOST_TRIES, VirtualKeyWithPin
from tests.fakes.virtual_security_key import VirtualSecurityKey

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator, Mapping

SITE = "relay.example"


class Site:
    """The relay's side."""

    def __init__(self) -> None:
        self.server = Fido2Server(
            PublicKeyCredentialRpEntity(name="Relay", id=SITE),
            verify_origin=f"https://{SITE}".__eq__,
        )
        self.known: list[AttestedCredentialData] = []

    def registration(self, **changes: object) -> tuple[str, dict[str, Any]]:
        options, state = self.server.register_begin(
            PublicKeyCredentialUserEntity(name="x", id=b"user", display_name="x"), self.known
        )
        return json.dumps(dict(options.public_key) | changes), state

    def accept(self, state: Mapping[str, Any], response: str) -> None:
        parsed = RegistrationResponse.from_dict(json.loads(response))
        found = self.server.register_complete(state, parsed).credential_data
        assert found is not None
        self.known.append(found)

    def challenge(self, **changes: object) -> tuple[str, dict[str, Any]]:
        options, state = self.server.authenticate_begin(self.known)
        return json.dumps(dict(options.public_key) | changes), state

    def check(self, state: Mapping[str, Any], response: str) -> None:
        parsed = AuthenticationResponse.from_dict(json.loads(response))
        self.server.authenticate_complete(state, self.known, parsed)


def keys_of(*devices: VirtualSecurityKey, patience_seconds: float = 60) -> PluggedInKeys:
    return PluggedInKeys(by_devices(lambda: devices), patience_seconds=patience_seconds)


async def registered(site: Site, *devices: VirtualSecurityKey) -> None:
    for device in devices:
        options, state = site.registration()
        answer = await keys_of(device).register(
            options, site=f"www.{SITE}", pin="", on_touch=lambda: None
        )
        site.accept(state, answer)


async def trouble_of(work: Coroutine[Any, Any, str]) -> KeyTrouble:
    with pytest.raises(SecurityKeyError) as caught:
        await work
    return caught.value.trouble


def run(story: Callable[[Site], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(story(Site()))


def test_a_key_registers_and_signs_in() -> None:
    async def story(site: Site) -> None:
        key, touches = VirtualSecurityKey(), []
        await registered(site, key)
        options, state = site.challenge()
        answer = await keys_of(key).sign_in(
            options, site=f"www.{SITE}", pin="", on_touch=lambda: touches.append(1)
        )
        site.check(state, answer)
        assert touches == [1]

    run(story)


def test_more_than_a_signature_is_not_given() -> None:
    """A relay that wants a PIN, or a key that stays in the device, is not obeyed."""

    async def story(site: Site) -> None:
        key = VirtualSecurityKey()
        options, _ = site.registration(
            authenticatorSelection={"residentKey": "required", "userVerification": "required"},
            extensions={"hmacCreateSecret": True, "credProps": True},
            attestation="enterprise",
        )
        await keys_of(key).register(options, site=f"www.{SITE}", pin="", on_touch=lambda: None)
        await registered(site, key)
        options, state = site.challenge(
            userVerification=UserVerificationRequirement.REQUIRED.value,
            extensions={"hmacGetSecret": {"salt1": "AAAA"}},
        )
        answer = await keys_of(key).sign_in(
            options, site=f"www.{SITE}", pin="", on_touch=lambda: None
        )
        assert json.loads(answer)["clientExtensionResults"] == {}
        site.check(state, answer)

    run(story)


def test_a_relay_cannot_have_a_key_sign_for_another_site() -> None:
    async def story(site: Site) -> None:
        key = VirtualSecurityKey()
        await registered(site, key)
        before = list(key.commands)
        for named in ("bank.example", "example", "", None):
            options, _ = site.challenge(rpId=named)
            work = keys_of(key).sign_in(options, site=f"www.{SITE}", pin="", on_touch=lambda: None)
            assert await trouble_of(work) is KeyTrouble.OTHER_SITE
            options, _ = site.registration(rp={"id": named, "name": "x"})
            work = keys_of(key).register(options, site=f"www.{SITE}", pin="", on_touch=lambda: None)
            assert await trouble_of(work) is KeyTrouble.OTHER_SITE
        assert key.commands == before

    run(story)


@pytest.mark.parametrize("options", ["", "[]", "{}", "null", '{"challenge": 1}', "{" * 100_000])
def test_options_that_are_none_are_refused(options: str) -> None:
    async def story(_: Site) -> None:
        for ask in (keys_of(VirtualSecurityKey()).register, keys_of(VirtualSecurityKey()).sign_in):
            work = ask(options, site=f"www.{SITE}", pin="", on_touch=lambda: None)
            assert await trouble_of(work) in {KeyTrouble.UNUSABLE, KeyTrouble.OTHER_SITE}

    run(story)


def test_each_trouble_is_told() -> None:
    async def story(site: Site) -> None:
        key, other = VirtualSecurityKey(), VirtualSecurityKey()
        await registered(site, key)
        options, _ = site.challenge()

        async def sign_in(*devices: VirtualSecurityKey) -> str:
            return await keys_of(*devices).sign_in(
                options, site=f"www.{SITE}", pin="", on_touch=lambda: None
            )

        assert await trouble_of(sign_in()) is KeyTrouble.MISSING
        assert await trouble_of(sign_in(other)) is KeyTrouble.UNKNOWN
        key.is_touched = False
        assert await trouble_of(sign_in(key)) is KeyTrouble.UNTOUCHED
        key.is_touched = True
        again, _ = site.registration()
        work = keys_of(key).register(again, site=f"www.{SITE}", pin="", on_touch=lambda: None)
        assert await trouble_of(work) is KeyTrouble.KNOWN

    run(story)


def test_a_key_that_wants_its_pin_gets_it_and_counts_the_wrong_ones() -> None:
    async def story(site: Site) -> None:
        key = VirtualKeyWithPin("4711")
        keys = keys_of(key)

        async def register(pin: str) -> str:
            options, state = site.registration()
            said = await keys.register(options, site=SITE, pin=pin, on_touch=lambda: None)
            site.accept(state, said)
            return said

        async def sign_in(pin: str) -> str:
            options, state = site.challenge()
            said = await keys.sign_in(options, site=SITE, pin=pin, on_touch=lambda: None)
            site.check(state, said)
            return said

        assert await trouble_of(register("")) is KeyTrouble.PIN_NEEDED
        await register("4711")
        assert await trouble_of(sign_in("")) is KeyTrouble.PIN_NEEDED
        with pytest.raises(SecurityKeyError) as caught:
            await sign_in("4712")
        assert caught.value.trouble is KeyTrouble.PIN_WRONG
        assert caught.value.tries_left == MOST_TRIES - 1
        # A right one sets the count back.
        await sign_in("4711")
        for left in (7, 6):
            with pytest.raises(SecurityKeyError) as caught:
                await sign_in("0000")
            assert caught.value.tries_left == left
        # Three in a row: even the right one waits until the key was unplugged.
        assert await trouble_of(sign_in("0000")) is KeyTrouble.PIN_PAUSED
        assert await trouble_of(sign_in("4711")) is KeyTrouble.PIN_PAUSED
        key.unplug()
        for _ in range(key.tries_left - 1):
            await trouble_of(sign_in("0000"))
            key.unplug()
        assert await trouble_of(sign_in("0000")) is KeyTrouble.PIN_BLOCKED
        key.unplug()
        assert await trouble_of(sign_in("4711")) is KeyTrouble.PIN_BLOCKED

    run(story)


def test_of_two_keys_the_right_one_answers() -> None:
    async def story(site: Site) -> None:
        key, other = VirtualSecurityKey(), VirtualSecurityKey()
        await registered(site, key)
        options, state = site.challenge()
        answer = await keys_of(other, key).sign_in(
            options, site=f"www.{SITE}", pin="", on_touch=lambda: None
        )
        site.check(state, answer)

    run(story)


class PatientKey(VirtualSecurityKey):
    """A key that waits for a finger until it is told to stop, as a real one does."""

    def __init__(self) -> None:
        super().__init__()
        self.was_stopped = threading.Event()
        self.is_closed = threading.Event()

    def close(self) -> None:
        self.is_closed.set()

    def call(
        self,
        cmd: int,
        data: bytes = b"",
        event: threading.Event | None = None,
        on_keepalive: Callable[[STATUS], None] | None = None,
    ) -> bytes:
        if event is not None and on_keepalive is not None and data[0] == 0x01:
            on_keepalive(STATUS.UPNEEDED)
            event.wait()
            self.was_stopped.set()
            return bytes([CtapError.ERR.KEEPALIVE_CANCEL])
        return super().call(cmd, data, event, on_keepalive)


@pytest.fixture
def patient_key() -> Iterator[PatientKey]:
    key = PatientKey()
    yield key
    # Whoever gives up waiting lets the key go.
    assert key.was_stopped.wait(30)
    assert key.is_closed.wait(30)


def test_who_waits_in_vain_is_told(patient_key: PatientKey) -> None:
    async def story(site: Site) -> None:
        options, _ = site.registration()
        work = keys_of(patient_key, patience_seconds=0.05).register(
            options, site=f"www.{SITE}", pin="", on_touch=lambda: None
        )
        assert await trouble_of(work) is KeyTrouble.UNTOUCHED

    run(story)


def test_waiting_can_be_broken_off(patient_key: PatientKey) -> None:
    async def story(site: Site) -> None:
        options, _ = site.registration()
        waits = asyncio.Event()
        task = asyncio.create_task(
            keys_of(patient_key).register(options, site=f"www.{SITE}", pin="", on_touch=waits.set)
        )
        await waits.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    run(story)
