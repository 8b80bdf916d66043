# SPDX-License-Identifier: AGPL-3.0-or-later
"""A security key made of software: it speaks CTAP2 in CBOR, so that the real client library runs against it.

One algorithm (ES256), no PIN, no resident keys; a touch is always given unless the test says otherwise.
Sources: CTAP 2.1 §6.1-6.4, WebAuthn level 3 §6.1.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.client import DefaultClientDataCollector, Fido2Client, UserInteraction
from fido2.cose import ES256
from fido2.ctap import STATUS, CtapDevice, CtapError
from fido2.hid import CAPABILITY, CTAPHID

if TYPE_CHECKING:
    from threading import Event


class Command(IntEnum):
    """The commands that it knows (CTAP 2.1 §6)."""

    MAKE_CREDENTIAL = 0x01
    GET_ASSERTION = 0x02
    GET_INFO = 0x04
    CLIENT_PIN = 0x06
    SELECTION = 0x0B


_PRESENT: Final = 0x01
_ATTESTED: Final = 0x40

KeepAlive: TypeAlias = Callable[[STATUS], None] | None


@dataclass(slots=True, kw_only=True)
class Credential:
    """A key pair for one site."""

    rp_id: str
    private_key: ec.EllipticCurvePrivateKey = field(
        repr=False, default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )


class VirtualSecurityKey(CtapDevice):
    """A key on the key ring. `counter` may be set back, and `copy` makes a clone, as an attacker's would."""

    def __init__(self) -> None:
        self.credentials: dict[bytes, Credential] = {}
        self.counter = 0
        self.is_touched = True
        self.commands: list[Command] = []
        """What was asked of it, in order."""

    @property
    def capabilities(self) -> int:
        """Only CTAP2: no U2F, no light."""
        return CAPABILITY.CBOR | CAPABILITY.NMSG

    @classmethod
    def list_devices(cls) -> Iterator[CtapDevice]:
        """No such device is ever plugged in."""
        return iter(())

    def copy(self) -> VirtualSecurityKey:
        """Return a key with the same secrets, which counts for itself from now on."""
        clone = VirtualSecurityKey()
        clone.credentials = dict(self.credentials)
        clone.counter = self.counter
        return clone

    def client(self, relying_party: str, *, origin: str | None = None) -> Fido2Client:
        """Return the real client library with this key, on a site's page or on another origin."""
        collector = DefaultClientDataCollector(
            origin or f"https://{relying_party}", verify=lambda _rp_id, _origin: True
        )
        return Fido2Client(self, collector, user_interaction=UserInteraction())

    def call(
        self,
        cmd: int,
        data: bytes = b"",
        event: Event | None = None,  # noqa: ARG002 - a touch never waits here
        on_keepalive: Callable[[STATUS], None] | None = None,
    ) -> bytes:
        """Answer one command: a status byte, and the answer in CBOR."""
        if cmd != CTAPHID.CBOR:
            raise CtapError(CtapError.ERR.INVALID_COMMAND)
        decoded = cbor.decode(data[1:]) if len(data) > 1 else {}
        assert isinstance(decoded, Mapping)
        try:
            command = Command(data[0])
            self.commands.append(command)
            answer = self._answer(command, decoded, on_keepalive)
        except ValueError:
            return bytes([CtapError.ERR.INVALID_COMMAND])
        except CtapError as error:
            return bytes([error.code])
        return bytes([CtapError.ERR.SUCCESS]) + (cbor.encode(answer) if answer else b"")

    def _answer(
        self, command: Command, request: Mapping[int, Any], on_keepalive: KeepAlive
    ) -> dict[int, Any]:
        match command:
            case Command.GET_INFO:
                return {
                    1: ["FIDO_2_1"],
                    3: bytes(16),
                    4: {"rk": False, "up": True, "plat": False},
                    5: 2048,
                    7: 8,
                    8: 64,
                    9: ["usb"],
                    10: [{"alg": ES256.ALGORITHM, "type": "public-key"}],
                }
            case Command.CLIENT_PIN:
                # It has none; `virtual_key_with_pin` has.
                raise CtapError(CtapError.ERR.INVALID_COMMAND)
            case Command.SELECTION:
                self._touch(on_keepalive)
                return {}
            case Command.MAKE_CREDENTIAL:
                return self._make_credential(request, on_keepalive)
            case Command.GET_ASSERTION:
                return self._get_assertion(request, on_keepalive)

    def _touch(self, on_keepalive: KeepAlive) -> None:
        """Wait for a finger."""
        if on_keepalive is not None:
            on_keepalive(STATUS.UPNEEDED)
        if not self.is_touched:
            raise CtapError(CtapError.ERR.USER_ACTION_TIMEOUT)

    def _make_credential(
        self, request: Mapping[int, Any], on_keepalive: KeepAlive
    ) -> dict[int, Any]:
        rp_id: str = request[2]["id"]
        if not any(each["alg"] == ES256.ALGORITHM for each in request[4]):
            raise CtapError(CtapError.ERR.UNSUPPORTED_ALGORITHM)
        if request.get(7, {}).get("rk") or request.get(7, {}).get("uv"):
            raise CtapError(CtapError.ERR.UNSUPPORTED_OPTION)
        self._touch(on_keepalive)
        if self._known(rp_id, request.get(5, [])):
            raise CtapError(CtapError.ERR.CREDENTIAL_EXCLUDED)
        credential_id, made = self.new_id(), Credential(rp_id=rp_id)
        self.credentials[credential_id] = made
        point = made.private_key.public_key().public_numbers()
        attested = (
            bytes(16)
            + struct.pack(">H", len(credential_id))
            + credential_id
            + cbor.encode(
                {
                    1: 2,
                    3: ES256.ALGORITHM,
                    -1: 1,
                    -2: point.x.to_bytes(32, "big"),
                    -3: point.y.to_bytes(32, "big"),
                }
            )
        )
        return {1: "none", 2: self._data(rp_id, _PRESENT | _ATTESTED) + attested, 3: {}}

    def _get_assertion(self, request: Mapping[int, Any], on_keepalive: KeepAlive) -> dict[int, Any]:
        rp_id: str = request[1]
        is_silent = request.get(5, {}).get("up") is False
        if not is_silent:
            self._touch(on_keepalive)
        found = self._known(rp_id, request.get(3, []))
        if not found:
            raise CtapError(CtapError.ERR.NO_CREDENTIALS)
        signed = self._data(rp_id, 0 if is_silent else _PRESENT)
        signature = self.credentials[found[0]].private_key.sign(
            signed + request[2], ec.ECDSA(SHA256())
        )
        return {1: {"id": found[0], "type": "public-key"}, 2: signed, 3: signature}

    def new_id(self) -> bytes:
        """Return what the next key pair will be called."""
        return os.urandom(32)

    def _known(self, rp_id: str, named: Sequence[Mapping[str, Any]]) -> list[bytes]:
        return [
            each["id"]
            for each in named
            if each["id"] in self.credentials and self.credentials[each["id"]].rp_id == rp_id
        ]

    def _data(self, rp_id: str, flags: int) -> bytes:
        """Return authenticator data; each touch counts one use."""
        if flags & _PRESENT:
            self.counter += 1
        return hashlib.sha256(rp_id.encode()).digest() + struct.pack(">BI", flags, self.counter)
