# SPDX-License-Identifier: AGPL-3.0-or-later
"""Speaks to security keys through python-fido2: implements `app.engine.ports.security_keys`. Imports ports only.

Everything blocking happens on threads that do not keep the program alive: a device that never answers
must not hold up the end of the engine, and with it the erasure of every key.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias

from fido2.client import (
    ClientError,
    DefaultClientDataCollector,
    Fido2Client,
    PinRequiredError,
    UserInteraction,
    WebAuthnClient,
)
from fido2.ctap import CtapDevice, CtapError
from fido2.ctap2.base import Ctap2
from fido2.ctap2.pin import ClientPin
from fido2.hid import ConnectionFailure, CtapHidDevice, list_descriptors, open_connection
from fido2.rpid import verify_rp_id
from fido2.webauthn import (
    AuthenticatorAttachment,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialCreationOptions,
    PublicKeyCredentialRequestOptions,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.engine.ports.security_keys import KeyTrouble, SecurityKeyError
from app.engine.security_keys.linux_rights import is_locked_out

if TYPE_CHECKING:
    from app.engine.ports.security_keys import OnTouch

Ask: TypeAlias = Callable[[WebAuthnClient, threading.Event], str]

PATIENCE_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Key:
    """A key that can be asked, and how it is let go of."""

    client: WebAuthnClient
    close: Callable[[], None]
    tries_left: Callable[[], int | None] = lambda: None
    """How many more PINs it takes."""


Keys: TypeAlias = Callable[[str, UserInteraction], list[Key]]
"""Finds the keys that are there, to sign for an origin. Blocks; raises SecurityKeyError when there is none."""


class _Person(UserInteraction):
    """Whoever sits before the key."""

    def __init__(self, pin: str, on_touch: Callable[[], None]) -> None:
        self._pin = pin
        self._on_touch = on_touch

    def prompt_up(self) -> None:
        self._on_touch()

    def request_pin(self, permissions: ClientPin.PERMISSION, rp_id: str | None) -> str | None:
        del permissions, rp_id
        return self._pin or None


class PluggedInKeys:
    """Asks all keys that are there at once; the first that is touched and fits answers for all."""

    def __init__(self, keys: Keys, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._keys = keys
        self._patience_seconds = patience_seconds

    async def register(self, options: str, *, site: str, pin: str, on_touch: OnTouch) -> str:
        """See the port."""
        wanted = _creation(options)
        origin = _origin(wanted.rp.id, site)

        def ask(client: WebAuthnClient, stop: threading.Event) -> str:
            return json.dumps(dict(client.make_credential(wanted, event=stop)))

        return await self._first(ask, KeyTrouble.KNOWN, origin=origin, pin=pin, on_touch=on_touch)

    async def sign_in(self, options: str, *, site: str, pin: str, on_touch: OnTouch) -> str:
        """See the port."""
        wanted = _request(options)
        origin = _origin(wanted.rp_id, site)

        def ask(client: WebAuthnClient, stop: threading.Event) -> str:
            return json.dumps(dict(client.get_assertion(wanted, event=stop).get_response(0)))

        return await self._first(ask, KeyTrouble.UNKNOWN, origin=origin, pin=pin, on_touch=on_touch)

    async def _first(
        self, ask: Ask, ineligible: KeyTrouble, *, origin: str, pin: str, on_touch: OnTouch
    ) -> str:
        """Ask every key on a thread of its own, and return what the first one says."""
        loop = asyncio.get_running_loop()
        race = _Race(loop, ask, ineligible)
        person = _Person(pin, partial(race.later, on_touch))
        _start(partial(race.search, self._keys, origin, person))
        impatience = loop.call_later(self._patience_seconds, race.stop.set)
        # A key that hangs does not even answer that it was told to stop.
        giving_up = loop.call_later(
            self._patience_seconds * 1.1,
            partial(race.fail, SecurityKeyError(KeyTrouble.UNTOUCHED)),
        )
        try:
            return await race.answer
        finally:
            impatience.cancel()
            giving_up.cancel()
            race.stop.set()


class _Race:
    """Several keys that wait for one finger. Methods named after what happens run in the event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, ask: Ask, ineligible: KeyTrouble) -> None:
        self._loop = loop
        self._ask = ask
        self._ineligible = ineligible
        self._waiting = 0
        self.answer: asyncio.Future[str] = loop.create_future()
        self.stop = threading.Event()

    def later(self, act: Callable[[], None]) -> None:
        """Do something in the event loop; from any thread."""
        # The engine may have ended meanwhile; then nobody is left to be told.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(act)

    def search(self, find: Keys, origin: str, person: UserInteraction) -> None:
        """Find the keys; on a thread."""
        try:
            keys = find(origin, person)
        except SecurityKeyError as error:
            self.later(partial(self.fail, error))
        else:
            self.later(partial(self.begin, keys))

    def begin(self, keys: list[Key]) -> None:
        """The keys are known."""
        self._waiting = len(keys)
        for key in keys:
            _start(partial(self._work, key))

    def fail(self, error: SecurityKeyError) -> None:
        """Nothing will come of it."""
        if not self.answer.done():
            self.answer.set_exception(error)

    def settle(self, result: str | SecurityKeyError) -> None:
        """A key has answered."""
        self._waiting -= 1
        if isinstance(result, SecurityKeyError):
            # Another key may still be the right one.
            if self._waiting == 0:
                self.fail(result)
        elif not self.answer.done():
            self.answer.set_result(result)

    def _work(self, key: Key) -> None:
        try:
            result = _answer_of(key, self._ask, self.stop, self._ineligible)
        finally:
            key.close()
        self.later(partial(self.settle, result))


def _start(work: Callable[[], None]) -> None:
    threading.Thread(target=work, daemon=True, name="security key").start()


def _answer_of(
    key: Key, ask: Ask, stop: threading.Event, ineligible: KeyTrouble
) -> str | SecurityKeyError:
    """Return what a key says, or what is the matter with it."""
    try:
        return ask(key.client, stop)
    except PinRequiredError:
        return SecurityKeyError(KeyTrouble.PIN_NEEDED)
    except ClientError as error:
        trouble = _trouble(error, ineligible)
        tries_left = key.tries_left() if trouble is KeyTrouble.PIN_WRONG else None
        return SecurityKeyError(trouble, tries_left=tries_left)
    except (CtapError, ConnectionFailure, OSError, ValueError):
        # Pulled out, or not speaking the protocol.
        return SecurityKeyError(KeyTrouble.UNUSABLE)


_PIN_TROUBLES: Final = {
    CtapError.ERR.PIN_INVALID: KeyTrouble.PIN_WRONG,
    CtapError.ERR.PIN_AUTH_INVALID: KeyTrouble.PIN_WRONG,
    CtapError.ERR.PIN_POLICY_VIOLATION: KeyTrouble.PIN_WRONG,
    CtapError.ERR.PIN_BLOCKED: KeyTrouble.PIN_BLOCKED,
    CtapError.ERR.PIN_AUTH_BLOCKED: KeyTrouble.PIN_PAUSED,
    CtapError.ERR.PUAT_REQUIRED: KeyTrouble.PIN_NEEDED,
    CtapError.ERR.PIN_NOT_SET: KeyTrouble.UNUSABLE,
}


def _trouble(error: ClientError, ineligible: KeyTrouble) -> KeyTrouble:
    if error.code is ClientError.ERR.DEVICE_INELIGIBLE:
        return ineligible
    if error.code is ClientError.ERR.TIMEOUT:
        return KeyTrouble.UNTOUCHED
    if isinstance(error.cause, CtapError):
        if error.cause.code is CtapError.ERR.OPERATION_DENIED:
            return KeyTrouble.UNTOUCHED
        return _PIN_TROUBLES.get(error.cause.code, KeyTrouble.UNUSABLE)
    return KeyTrouble.UNUSABLE


def _creation(options: str) -> PublicKeyCredentialCreationOptions:
    """Read what the relay wants signed, and leave out whatever else it may ask of a key."""
    try:
        asked = PublicKeyCredentialCreationOptions.from_dict(json.loads(options))
        return PublicKeyCredentialCreationOptions(
            rp=asked.rp,
            user=asked.user,
            challenge=asked.challenge,
            pub_key_cred_params=asked.pub_key_cred_params,
            exclude_credentials=asked.exclude_credentials,
            authenticator_selection=AuthenticatorSelectionCriteria(
                authenticator_attachment=AuthenticatorAttachment.CROSS_PLATFORM,
                # The passphrase is what is known; the key need not ask for something known again.
                user_verification=UserVerificationRequirement.DISCOURAGED,
                resident_key=ResidentKeyRequirement.DISCOURAGED,
            ),
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise SecurityKeyError(KeyTrouble.UNUSABLE) from None


def _request(options: str) -> PublicKeyCredentialRequestOptions:
    """Read what the relay wants signed, and leave out whatever else it may ask of a key."""
    try:
        asked = PublicKeyCredentialRequestOptions.from_dict(json.loads(options))
        return PublicKeyCredentialRequestOptions(
            challenge=asked.challenge,
            rp_id=asked.rp_id,
            allow_credentials=asked.allow_credentials,
            user_verification=UserVerificationRequirement.DISCOURAGED,
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise SecurityKeyError(KeyTrouble.UNUSABLE) from None


def _origin(named: str | None, site: str) -> str:
    """Return what the key is told to sign for: the name that the relay chose, if it may be called by it.

    A relay that names another site could sign in there with what the key says.
    """
    # A single word is a whole top-level domain, unless the relay has no other name.
    is_too_wide = named is not None and "." not in named and site != named
    if named is None or is_too_wide or not verify_rp_id(named, f"https://{site}"):
        raise SecurityKeyError(KeyTrouble.OTHER_SITE)
    return f"https://{named}"


# --- where the keys are --------------------------------------------------------------------------


def by_devices(devices: Callable[[], Iterable[CtapDevice]]) -> Keys:
    """Return the devices that are found at the moment of asking."""

    def keys(origin: str, person: UserInteraction) -> list[Key]:
        found = [
            Key(client, device.close, partial(_tries_left, device))
            for device in devices()
            if (client := _client(device, origin, person)) is not None
        ]
        if not found:
            is_forbidden = sys.platform == "linux" and is_locked_out()
            raise SecurityKeyError(KeyTrouble.FORBIDDEN if is_forbidden else KeyTrouble.MISSING)
        return found

    return keys


def _client(device: CtapDevice, origin: str, person: UserInteraction) -> WebAuthnClient | None:
    try:
        # Without extensions: nothing but a signature is wanted of a key.
        return Fido2Client(device, DefaultClientDataCollector(origin), person, extensions=())
    except (ClientError, CtapError, ConnectionFailure, OSError):
        return None


def _tries_left(device: CtapDevice) -> int | None:
    try:
        return ClientPin(Ctap2(device)).get_pin_retries()[0]
    except (CtapError, ConnectionFailure, OSError, ValueError):
        return None


def usb_devices() -> Iterable[CtapDevice]:
    """Open every security key on USB; one that another program holds is as good as absent."""
    for descriptor in list_descriptors():  # type: ignore[no-untyped-call]
        try:
            connection = open_connection(descriptor)  # type: ignore[no-untyped-call]
            yield CtapHidDevice(descriptor, connection)
        except (CtapError, ConnectionFailure, OSError):
            continue


if sys.platform == "win32":
    from fido2.client.windows import WindowsClient

    def system_keys() -> PluggedInKeys:
        """Return the keys of this computer: Windows speaks to them itself, and shows its own dialog."""

        def keys(origin: str, person: UserInteraction) -> list[Key]:
            if not WindowsClient.is_available():
                # Before Windows 10 1903 only an administrator may speak to keys.
                return by_devices(usb_devices)(origin, person)
            person.prompt_up()
            return [Key(WindowsClient(DefaultClientDataCollector(origin)), lambda: None)]

        return PluggedInKeys(keys)

else:

    def system_keys() -> PluggedInKeys:
        """Return the keys of this computer."""
        return PluggedInKeys(by_devices(usb_devices))
