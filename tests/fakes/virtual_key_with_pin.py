# SPDX-License-Identifier: AGPL-3.0-or-later
"""A security key of software that wants its PIN for everything, and counts wrong ones as real keys do.

PIN/UV auth protocol one, token by PIN only. Sources: CTAP 2.1 §6.5.5 to §6.5.7.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from fido2.ctap import CtapError

from tests.fakes.virtual_security_key import Command, VirtualSecurityKey

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fido2.ctap import STATUS

MOST_TRIES: Final = 8
TRIES_IN_A_ROW: Final = 3
_VERIFIED: Final = 0x04


class PinCommand(IntEnum):
    """What it knows of clientPin."""

    GET_RETRIES = 0x01
    GET_KEY_AGREEMENT = 0x02
    GET_TOKEN = 0x05


class VirtualKeyWithPin(VirtualSecurityKey):
    """`unplug` lets it take PINs again after three wrong ones in a row; nothing does after eight."""

    def __init__(self, pin: str) -> None:
        super().__init__()
        self._pin_hash = hashlib.sha256(pin.encode()).digest()[:16]
        self._agreement = ec.generate_private_key(ec.SECP256R1())
        self._token = os.urandom(32)
        self.tries_left = MOST_TRIES
        self._wrong_in_a_row = 0

    def unplug(self) -> None:
        """Take it out and plug it in again."""
        self._wrong_in_a_row = 0

    def _answer(
        self,
        command: Command,
        request: Mapping[int, Any],
        on_keepalive: Callable[[STATUS], None] | None,
    ) -> dict[int, Any]:
        if command is Command.CLIENT_PIN:
            return self._answer_about_pin(request)
        if command is Command.MAKE_CREDENTIAL:
            self._require(request.get(8), request[1])
        if command is Command.GET_ASSERTION:
            self._require(request.get(6), request[2])
        answer = super()._answer(command, request, on_keepalive)
        if command is Command.GET_INFO:
            answer[4] |= {"clientPin": True, "alwaysUv": True}
            answer[6] = [1]
        return answer

    def _answer_about_pin(self, request: Mapping[int, Any]) -> dict[int, Any]:
        match request[2]:
            case PinCommand.GET_RETRIES:
                return {3: self.tries_left, 4: self._wrong_in_a_row == TRIES_IN_A_ROW}
            case PinCommand.GET_KEY_AGREEMENT:
                point = self._agreement.public_key().public_numbers()
                x, y = point.x.to_bytes(32, "big"), point.y.to_bytes(32, "big")
                return {1: {1: 2, 3: -25, -1: 1, -2: x, -3: y}}
            case PinCommand.GET_TOKEN:
                shared = self._shared_with(request[3])
                self._check(_cipher(shared).decryptor().update(request[6]))
                return {2: _cipher(shared).encryptor().update(self._token)}
        raise CtapError(CtapError.ERR.INVALID_SUBCOMMAND)

    def _shared_with(self, other: Mapping[int, Any]) -> bytes:
        numbers = ec.EllipticCurvePublicNumbers(
            int.from_bytes(other[-2], "big"), int.from_bytes(other[-3], "big"), ec.SECP256R1()
        )
        return hashlib.sha256(self._agreement.exchange(ec.ECDH(), numbers.public_key())).digest()

    def _check(self, pin_hash: bytes) -> None:
        if self.tries_left == 0:
            raise CtapError(CtapError.ERR.PIN_BLOCKED)
        if self._wrong_in_a_row == TRIES_IN_A_ROW:
            raise CtapError(CtapError.ERR.PIN_AUTH_BLOCKED)
        if pin_hash == self._pin_hash:
            self.tries_left, self._wrong_in_a_row = MOST_TRIES, 0
            return
        self.tries_left -= 1
        self._wrong_in_a_row += 1
        if self.tries_left == 0:
            raise CtapError(CtapError.ERR.PIN_BLOCKED)
        if self._wrong_in_a_row == TRIES_IN_A_ROW:
            raise CtapError(CtapError.ERR.PIN_AUTH_BLOCKED)
        raise CtapError(CtapError.ERR.PIN_INVALID)

    def _require(self, proof: bytes | None, signed: bytes) -> None:
        """See that whoever asks has had the PIN."""
        if proof is None:
            raise CtapError(CtapError.ERR.PUAT_REQUIRED)
        expected = hmac.new(self._token, signed, hashlib.sha256).digest()[:16]
        if not hmac.compare_digest(expected, proof):
            raise CtapError(CtapError.ERR.PIN_AUTH_INVALID)

    def _data(self, rp_id: str, flags: int) -> bytes:
        return super()._data(rp_id, flags | _VERIFIED)


def _cipher(key: bytes) -> Cipher[modes.CBC]:
    return Cipher(algorithms.AES(key), modes.CBC(bytes(16)))
