# SPDX-License-Identifier: AGPL-3.0-or-later
"""Second factors: one-time codes (RFC 6238), each step good for once, security keys, printed recovery codes."""

from __future__ import annotations

import base64
import binascii
import contextlib
import hmac
import secrets
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, Final

import pyotp

from crypto_core.trust.signatures import sha256
from crypto_core.wire.labels import RECOVERY_CODE
from crypto_core.wire.oauth import Step
from crypto_core.wire.relay_api import ProblemCode
from crypto_core.wire.sign_in import (
    RECOVERY_CODE_BYTES,
    TOTP_DIGITS,
    TOTP_PERIOD_SECONDS,
    FactorKind,
)
from relay_server.clock import Clock, to_datetime
from relay_server.errors import ProblemError
from relay_server.sessions import factor_rows
from relay_server.sessions.key_file import SignInKeys
from relay_server.sessions.sealing import SealError
from relay_server.sessions.security_keys import CHALLENGE_BYTES, SecurityKeyError, SecurityKeys

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from crypto_core.wire.ids import AccountId, FactorId, Hash
    from relay_server.database.pool import Session

_PLACES: Final = {
    FactorKind.TOTP: b"uhs/1/relay/totp-secret\x00",
    FactorKind.FIDO2: b"uhs/1/relay/security-key\x00",
}
_RECOVERY_KEYED: Final = b"uhs/1/relay/recovery-code\x00"
_STEPS_AROUND: Final = (-1, 0, 1)
_CODE_CHARACTERS: Final = 16


class KeyUse(Enum):
    """What came of a security key's answer."""

    ACCEPTED = auto()
    REFUSED = auto()
    COUNTED_BACK = auto()
    """The signature is right, but the key has counted further before: one of two is a copy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Available:
    """What an account can show; `challenge` is for its security keys, if it has some, as `options` says."""

    steps: tuple[Step, ...]
    challenge: bytes | None = field(default=None, repr=False)
    options: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactors:
    """Stores and checks the second factors of accounts."""

    keys: SignInKeys
    security_keys: SecurityKeys | None
    """None if the relay has no name that security keys could know it by."""
    clock: Clock

    def seal_totp(self, account: AccountId, secret: bytes) -> bytes:
        """Return the form in which a secret is stored."""
        return self.seal(account, FactorKind.TOTP, secret)

    def seal(self, account: AccountId, kind: FactorKind, content: bytes) -> bytes:
        """Return the form in which a factor is stored. A security key's is no secret, but must not be another's."""
        return self.keys.sealing.seal(content, place=_PLACES[kind] + account)

    async def contents(
        self, session: Session, account: AccountId, kind: FactorKind
    ) -> dict[FactorId, bytes]:
        """Return the factors of one kind, without any that was not sealed for this account."""
        found: dict[FactorId, bytes] = {}
        for each in await factor_rows.factors(session, account):
            if each.kind is kind:
                with contextlib.suppress(SealError):
                    place = _PLACES[kind] + account
                    found[each.factor] = self.keys.sealing.open(each.content, place=place)
        return found

    def keyed_recovery_hash(self, account: AccountId, recovery_hash: Hash) -> bytes:
        """Return the form in which a recovery code is stored: 80 bits are few enough to need the pepper."""
        return self.keys.keyed_hash(_RECOVERY_KEYED, account + recovery_hash)

    def keyed_recovery_hashes(
        self, account: AccountId, recovery_hashes: Iterable[Hash]
    ) -> tuple[bytes, ...]:
        """Return the form in which several codes are stored. Raises ProblemError if one is repeated."""
        given = list(recovery_hashes)
        keyed = {self.keyed_recovery_hash(account, each) for each in given}
        if len(keyed) != len(given):
            raise ProblemError(ProblemCode.MALFORMED, "a recovery code is repeated")
        return tuple(sorted(keyed))

    async def available(self, session: Session, account: AccountId) -> Available:
        """Return the factors that the account can show."""
        steps, challenge, options = [], None, None
        if await self.contents(session, account, FactorKind.TOTP):
            steps.append(Step.TOTP)
        keys = await self.contents(session, account, FactorKind.FIDO2)
        if keys and self.security_keys is not None:
            steps.append(Step.WEBAUTHN)
            challenge = secrets.token_bytes(CHALLENGE_BYTES)
            options = self.security_keys.request_options(tuple(keys.values()), challenge)
        if await factor_rows.recovery_codes_left(session, account):
            steps.append(Step.RECOVERY_CODE)
        return Available(steps=tuple(steps), challenge=challenge, options=options)

    async def use_totp(self, session: Session, account: AccountId, code: str) -> FactorId | None:
        """Return whose code this is if its step, or a later one, was never used; it then is."""
        for factor, secret in (await self.contents(session, account, FactorKind.TOTP)).items():
            step = self.step_of(secret, code)
            if step is not None and await factor_rows.use(
                session, factor, step, now=self._now(), is_zero_usable=False
            ):
                return factor
        return None

    def step_of(self, secret: bytes, code: str) -> int | None:
        """Return the step that a code belongs to, None if it is not one of now.

        Codes of the step before and after are taken as well, for clocks that differ and for slow fingers.
        """
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
        return right[0] if right else None

    async def use_security_key(
        self, session: Session, account: AccountId, text: str, *, challenge: bytes
    ) -> tuple[KeyUse, FactorId | None]:
        """Check a security key's answer to a challenge, which must not be asked about twice, and count it."""
        keys = await self.contents(session, account, FactorKind.FIDO2)
        if self.security_keys is None:
            return KeyUse.REFUSED, None
        try:
            shown = self.security_keys.read_assertion(text, tuple(keys.values()), challenge)
        except SecurityKeyError:
            return KeyUse.REFUSED, None
        (used,) = (factor for factor, content in keys.items() if content == shown.content)
        is_counted = await factor_rows.use(
            session, used, shown.counter, now=self._now(), is_zero_usable=True
        )
        return (KeyUse.ACCEPTED if is_counted else KeyUse.COUNTED_BACK), used

    def _now(self) -> datetime:
        return to_datetime(self.clock())

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
