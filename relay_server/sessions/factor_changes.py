# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an account signs in with, as its owner sees and changes it; every change is a leaf."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from crypto_core.opaque.server import answer_registration, check_credential
from crypto_core.wire.audit import FactorChange, FactorsChanged, SessionsEnded, Verb
from crypto_core.wire.codec import encode
from crypto_core.wire.ids import FactorId
from crypto_core.wire.oauth import CHALLENGE_SECONDS, EARLIER_PASSPHRASES
from crypto_core.wire.relay_api import ProblemCode
from crypto_core.wire.sign_in import (
    MAX_FACTORS,
    FactorKind,
    FactorRow,
    Factors,
    SecurityKeyOptions,
    SignInRegistrationAnswer,
)
from relay_server.audit.sequencer import RelayAct, Sequencer
from relay_server.clock import Clock, to_datetime, to_millis
from relay_server.database.pool import Database
from relay_server.errors import ProblemError
from relay_server.sessions import factor_rows
from relay_server.sessions.challenge import EARLIER_KEPT
from relay_server.sessions.effects import AlreadyDoneError, ChangeFactors
from relay_server.sessions.factors import SecondFactors
from relay_server.sessions.journal import Journal
from relay_server.sessions.key_file import SignInKeys
from relay_server.sessions.living import LivingSessions
from relay_server.sessions.sealing import SealError
from relay_server.sessions.security_keys import CHALLENGE_BYTES, SecurityKeyError, SecurityKeys
from relay_server.sessions.store import begun_with

if TYPE_CHECKING:
    from datetime import datetime

    from crypto_core.wire.ids import AccountId, DeviceId, DevicePseudonym, Hash
    from crypto_core.wire.sign_in import (
        AddSecurityKeyRequest,
        AddTotpRequest,
        CredentialRequest,
        LoginCredential,
        RenewRecoveryCodesRequest,
    )
    from relay_server.authentication.door import Caller
    from relay_server.sessions.factor_rows import StoredFactor

_OFFER_PLACE: Final = b"uhs/1/relay/security-key-offer\x00"
_FACTOR: Final = b"uhs/1/relay/factor\x00"
_TRIES: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorChanges:
    """Lists and changes factors; whether the caller has shown both lately is checked at the door."""

    database: Database
    sequencer: Sequencer
    keys: SignInKeys
    factors: SecondFactors
    living: LivingSessions
    journal: Journal
    clock: Clock

    async def list(self, caller: Caller) -> Factors:
        """Return the caller's second factors."""
        async with self.database.session() as session:
            stored = await factor_rows.factors(session, caller.account)
            left = await factor_rows.recovery_codes_left(session, caller.account)
        return Factors(rows=tuple(_row(each) for each in stored), recovery_codes_left=left)

    async def add_totp(self, caller: Caller, request: AddTotpRequest) -> FactorRow:
        """Add a device that makes one-time codes, which shows one that is used up by it. Raises ProblemError."""
        step = self.factors.step_of(request.secret, request.code)
        if step is None:
            raise ProblemError(ProblemCode.SIGNATURE_INVALID, "the one-time code is another one")
        async with self.database.session() as session:
            known = await self.factors.contents(session, caller.account, FactorKind.TOTP)
        if request.secret in known.values():
            # Else a code would serve once for each of them.
            raise ProblemError(ProblemCode.KEY_IN_USE, "the secret is registered already")
        return await self._add(
            caller,
            FactorKind.TOTP,
            request.secret,
            counter=step,
            credential_hash=None,
            sealed_name=request.sealed_name,
        )

    async def offer_security_key(self, caller: Caller) -> SecurityKeyOptions:
        """Return what a new security key is asked with, in place of what was asked before. Raises ProblemError."""
        challenge = secrets.token_bytes(CHALLENGE_BYTES)
        async with self.database.session() as session:
            known = await self.factors.contents(session, caller.account, FactorKind.FIDO2)
            options = self._security_keys().creation_options(
                caller.account, tuple(known.values()), challenge
            )
            await factor_rows.offer(
                session,
                caller.device,
                self.keys.sealing.seal(challenge, place=_OFFER_PLACE + caller.device),
                expires_at=self._now() + timedelta(seconds=CHALLENGE_SECONDS),
            )
        return SecurityKeyOptions(options=json.dumps(options))

    async def add_security_key(self, caller: Caller, request: AddSecurityKeyRequest) -> FactorRow:
        """Add a security key that answers what was offered to this device. Raises ProblemError."""
        challenge = await self._take_offer(caller.device)
        if challenge is None:
            raise ProblemError(ProblemCode.EXPIRED, "the security key was not asked, or not lately")
        try:
            new = self._security_keys().read_registration(request.response, challenge)
        except SecurityKeyError as error:
            raise ProblemError(
                ProblemCode.SIGNATURE_INVALID, "not the answer of a new security key"
            ) from error
        return await self._add(
            caller,
            FactorKind.FIDO2,
            new.content,
            counter=new.counter,
            credential_hash=new.credential_hash,
            sealed_name=request.sealed_name,
        )

    async def remove(self, caller: Caller, factor: FactorId) -> None:
        """Remove a factor, unless it is the last one, and end what was begun with it. Raises ProblemError.

        Whoever removes what he has shown himself signs in with another; a thief of the factor cannot.
        """
        account = caller.account
        for _ in range(_TRIES):
            now = self._now()
            async with self.database.session() as session:
                stored = await factor_rows.factors(session, account)
                kinds = {each.factor: each.kind for each in stored}
                if factor not in kinds:
                    raise ProblemError(ProblemCode.NOT_FOUND, "the account has no such factor")
                begun = await begun_with(session, account, factor, kinds[factor], now=now)
            families = tuple(each.family for each in begun)
            ended = SessionsEnded(account=account, device=caller.pseudonym, count=len(families))
            effect = ChangeFactors(
                function="factor_remove",
                arguments=(
                    now,
                    account,
                    factor,
                    families,
                    int(Verb.SESSIONS_ENDED),
                    encode(ended),
                ),
            )
            try:
                await self._change(caller, kinds[factor], FactorChange.REMOVED, effect)
            except AlreadyDoneError:
                # A session began or ended meanwhile: another look tells how many there are.
                continue
            self.living.forget()
            self.journal.wake()
            return
        raise ProblemError(ProblemCode.UNAVAILABLE, "the sessions are changing; try again")

    async def renew_recovery_codes(
        self, caller: Caller, request: RenewRecoveryCodesRequest
    ) -> None:
        """Put new recovery codes in the place of all there were. Raises ProblemError."""
        keyed = self.factors.keyed_recovery_hashes(caller.account, request.recovery_hashes)
        effect = ChangeFactors(function="recovery_codes_renew", arguments=(caller.account, keyed))
        await self._change(caller, FactorKind.RECOVERY_CODE, FactorChange.REPLACED, effect)

    def answer_credential(
        self, caller: Caller, request: CredentialRequest
    ) -> SignInRegistrationAnswer:
        """Take the relay's part in registering a new passphrase; nothing is kept. Raises WireError."""
        return SignInRegistrationAnswer(
            response=answer_registration(self.keys.setup, caller.account, request.request)
        )

    async def put_credential(self, caller: Caller, credential: LoginCredential) -> None:
        """Store a passphrase that waits for the first sign-in with it. Raises ProblemError, WireError."""
        check_credential(credential)
        effect = ChangeFactors(
            function="credential_put_pending",
            arguments=(
                caller.account,
                encode(credential),
                self._now() - EARLIER_KEPT,
                EARLIER_PASSPHRASES,
            ),
        )
        await self._change(caller, FactorKind.PASSPHRASE, FactorChange.ADDED, effect)

    async def _add(
        self,
        caller: Caller,
        kind: FactorKind,
        content: bytes,
        *,
        counter: int,
        credential_hash: Hash | None,
        sealed_name: bytes,
    ) -> FactorRow:
        # By its content, so that a repetition after a lost answer adds nothing.
        name = self.keys.keyed_hash(_FACTOR, caller.account + bytes([kind]) + content)
        now, factor = self.clock(), FactorId(name[:16])
        effect = ChangeFactors(
            function="factor_add",
            arguments=(
                to_datetime(now),
                caller.account,
                factor,
                int(kind),
                self.factors.seal(caller.account, kind, content),
                counter,
                credential_hash,
                sealed_name,
                MAX_FACTORS,
            ),
        )
        await self._change(caller, kind, FactorChange.ADDED, effect)
        return FactorRow(
            factor=factor, kind=kind, added_at=now, last_used_at=None, sealed_name=sealed_name
        )

    async def _change(
        self, caller: Caller, kind: FactorKind, change: FactorChange, effect: ChangeFactors
    ) -> None:
        content = changed(caller.account, caller.pseudonym, kind, change)
        await self.sequencer.append(RelayAct(verb=Verb.FACTORS_CHANGED, content=content), effect)

    async def _take_offer(self, device: DeviceId) -> bytes | None:
        async with self.database.session() as session:
            sealed = await factor_rows.take_offer(session, device, now=self._now())
        if sealed is None:
            return None
        try:
            return self.keys.sealing.open(sealed, place=_OFFER_PLACE + device)
        except SealError:
            return None

    def _security_keys(self) -> SecurityKeys:
        if self.factors.security_keys is None:
            raise ProblemError(
                ProblemCode.FORBIDDEN, "the relay has no name that a security key could know"
            )
        return self.factors.security_keys

    def _now(self) -> datetime:
        return to_datetime(self.clock())


def changed(
    account: AccountId, actor: DevicePseudonym, kind: FactorKind, change: FactorChange
) -> bytes:
    """Return the content of a leaf about one factor."""
    return encode(FactorsChanged(account=account, device=actor, kind=kind, change=change))


def _row(stored: StoredFactor) -> FactorRow:
    return FactorRow(
        factor=stored.factor,
        kind=stored.kind,
        added_at=to_millis(stored.added_at),
        last_used_at=None if stored.last_used_at is None else to_millis(stored.last_used_at),
        sealed_name=stored.sealed_name,
    )
