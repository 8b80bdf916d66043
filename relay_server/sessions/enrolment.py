# SPDX-License-Identifier: AGPL-3.0-or-later
"""Both factors of a new account: the relay's part in registering a passphrase, and what is then stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crypto_core.opaque.server import answer_registration, check_credential
from crypto_core.wire.codec import encode
from crypto_core.wire.relay_api import ProblemCode
from crypto_core.wire.sign_in import SignInRegistrationAnswer
from relay_server.clock import to_datetime
from relay_server.errors import ProblemError, StartError
from relay_server.sessions import store

if TYPE_CHECKING:
    from crypto_core.wire.ids import AccountId, Hash
    from crypto_core.wire.sign_in import SignInRegistrationRequest, SignInSetup
    from relay_server.clock import Clock
    from relay_server.database.pool import Database
    from relay_server.sessions.factors import SecondFactors
    from relay_server.sessions.key_file import SignInKeys


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFactors:
    """Both factors as the tables have them."""

    credential: bytes = field(repr=False)
    sealed_totp_secret: bytes = field(repr=False)
    keyed_recovery_hashes: tuple[bytes, ...] = field(repr=False)


class Enrolment:
    """What registration needs of sign-in."""

    def __init__(
        self, *, database: Database, keys: SignInKeys, factors: SecondFactors, clock: Clock
    ) -> None:
        self._database = database
        self._keys = keys
        self._factors = factors
        self._clock = clock

    async def start(self) -> None:
        """Make sure that the data folder's secrets are those that the credentials depend on.

        Raises StartError: with others nobody could sign in, and new accounts would be lost with the old file.
        """
        async with self._database.session() as session:
            noted = await store.claim_database(session, self._keys.public_key)
        if noted != self._keys.public_key:
            raise StartError(
                "the database belongs to another sign-in-key than the one in the data folder; restore "
                "that file from a backup"
            )

    async def answer(
        self, request: SignInRegistrationRequest, *, code_hash: Hash
    ) -> SignInRegistrationAnswer:
        """Answer the first message of a registration; nothing is kept and the invitation not used up.

        Raises ProblemError without a valid invitation, and for accounts that exist: answering for them
        would be a way to try passphrases that nobody counts. Raises WireError on a malformed message.
        """
        async with self._database.session() as session:
            now = to_datetime(self._clock())
            if not await store.invitation_exists(session, code_hash, now):
                raise ProblemError(
                    ProblemCode.INVITATION_INVALID, "the invitation is unknown, used or expired"
                )
            if await store.account_exists(session, request.account):
                raise ProblemError(ProblemCode.ALREADY_REGISTERED, "the account exists")
        return SignInRegistrationAnswer(
            response=answer_registration(self._keys.setup, request.account, request.request)
        )

    def prepare(self, account: AccountId, setup: SignInSetup) -> StoredFactors:
        """Return what is stored of both factors. Raises WireError on a credential that cannot serve."""
        check_credential(setup.credential)
        return StoredFactors(
            credential=encode(setup.credential),
            sealed_totp_secret=self._factors.seal_totp(account, setup.totp_secret),
            keyed_recovery_hashes=self._factors.keyed_recovery_hashes(
                account, setup.recovery_hashes
            ),
        )

    async def is_enrolled(self, account: AccountId, prepared: StoredFactors) -> bool:
        """Return whether this very credential is the account's, as when a registration is repeated."""
        async with self._database.session() as session:
            found = await store.credential(session, account)
        return found is not None and found.credential == prepared.credential
