# SPDX-License-Identifier: AGPL-3.0-or-later
"""Second factors: one-time codes (RFC 6238), each step good for once, and printed recovery codes."""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyotp

from crypto_core.trust.signatures import sha256
from crypto_core.wire.labels import RECOVERY_CODE
from crypto_core.wire.oauth import Step
from crypto_core.wire.sign_in import RECOVERY_CODE_BYTES, TOTP_DIGITS, TOTP_PERIOD_SECONDS
from relay_server.clock import Clock
from relay_server.sessions import store
from relay_server.sessions.key_file import SignInKeys
from relay_server.sessions.sealing import SealError

if TYPE_CHECKING:
    from crypto_core.wire.ids import AccountId, Hash
    from relay_server.database.pool import Session

_TOTP_PLACE: Final = b"uhs/1/relay/totp-secret\x00"
_RECOVERY_KEYED: Final = b"uhs/1/relay/recovery-code\x00"
_STEPS_AROUND: Final = (-1, 0, 1)
_CODE_CHARACTERS: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactors:
    """Stores and checks the second factors of accounts."""

    keys: SignInKeys
    clock: Clock

    def seal_totp(self, account: AccountId, secret: bytes) -> bytes:
        """Return the form in which a secret is stored."""
        return self.keys.sealing.seal(secret, place=_TOTP_PLACE + account)

    def keyed_recovery_hash(self, account: AccountId, recovery_hash: Hash) -> bytes:
        """Return the form in which a recovery code is stored: 80 bits are few enough to need the pepper."""
        return self.keys.keyed_hash(_RECOVERY_KEYED, account + recovery_hash)

    async def available(self, session: Session, account: AccountId) -> list[Step]:
        """Return the factors that the account can show."""
        steps = []
        if await store.totp_secret(session, account) is not None:
            steps.append(Step.TOTP)
        if await store.recovery_codes_left(session, account):
            steps.append(Step.RECOVERY_CODE)
        return steps

    async def use_totp(self, session: Session, account: AccountId, code: str) -> bool:
        """Return whether a code is right and its step, or a later one, was never used; it then is.

        Codes of the step before and after are taken as well, for clocks that differ and for slow fingers.
        """
        sealed = await store.totp_secret(session, account)
        if sealed is None:
            return False
        try:
            secret = self.keys.sealing.open(sealed, place=_TOTP_PLACE + account)
        except SealError:
            return False
        generator = pyotp.TOTP(
            base64.b32encode(secret).decode("ascii"),
            digits=TOTP_DIGITS,
            interval=TOTP_PERIOD_SECONDS,
        )
        now = self.clock() // 1000 // TOTP_PERIOD_SECONDS
        given = code.encode()
        # All three are compared, so that the time does not tell which one it was.
        right = [
            step
            for step in (now + each for each in _STEPS_AROUND)
            if hmac.compare_digest(generator.generate_otp(step).encode("ascii"), given)
        ]
        return bool(right) and await store.use_totp_step(session, account, right[0])

    def read_recovery_code(self, account: AccountId, text: str) -> bytes | None:
        """Return the stored form of a code as it is typed, None if it cannot be one."""
        letters = text.replace("-", "").replace(" ", "").upper()
        if len(letters) != _CODE_CHARACTERS:
            return None
        try:
            raw = base64.b32decode(letters)
        except (binascii.Error, ValueError):
            return None
        if len(raw) != RECOVERY_CODE_BYTES:
            return None
        return self.keyed_recovery_hash(account, sha256(RECOVERY_CODE, account + raw))
