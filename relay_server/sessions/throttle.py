# SPDX-License-Identifier: AGPL-3.0-or-later
"""How often somebody may try to sign in: a few attempts at once, then each failure doubles the wait.

Counted is every sign-in that is begun, because who guesses wrong need not send the proof; one that ends well
clears its device's count. A listed device has a count of its own, which nobody feeds but who has its key:
so nobody else can lock it out. Who shows an account's kit at once, to recover it, has another one, which nobody
feeds but who has that kit. All other keys share one count per account, and one per address.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from crypto_core.wire.audit import SignInResult
from crypto_core.wire.oauth import OAuthError
from relay_server.clock import Clock, to_datetime
from relay_server.sessions import store
from relay_server.sessions.key_file import SignInKeys
from relay_server.sessions.oauth import OAuthRefusalError, throttled
from relay_server.sessions.store import Attempt

if TYPE_CHECKING:
    from crypto_core.wire.ids import AccountId, DeviceId, DevicePseudonym
    from relay_server.database.pool import Session

FREE_FAILURES: Final = 5
MOST_WAIT_SECONDS: Final = 900
STOP_FAILURES: Final = 100
"""NIST SP 800-63B-4 §3.2.2: no more than 100 consecutive failures; then another device or an operator."""

_DEVICE: Final = b"uhs/1/relay/throttle/device\x00"
_ACCOUNT: Final = b"uhs/1/relay/throttle/account\x00"
_KIT: Final = b"uhs/1/relay/throttle/kit\x00"
_ADDRESS: Final = b"uhs/1/relay/throttle/address\x00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttle:
    """Counts in the database, so that replicas count together and a restart forgives nothing."""

    keys: SignInKeys
    clock: Clock

    def subject_of(self, device: DeviceId) -> bytes:
        """Return the name under which a listed device's attempts are counted."""
        return self.keys.keyed_hash(_DEVICE, device)

    async def begin(
        self,
        session: Session,
        *,
        account: AccountId,
        actor: DevicePseudonym,
        device: DeviceId | None,
        network: str,
        has_kit: bool,
    ) -> None:
        """Count one attempt; `device` is None unless it is listed for the account.

        Raises OAuthRefusalError when it comes too soon.
        """
        if device is not None:
            subjects = [self.subject_of(device)]
        elif has_kit:
            subjects = [self.keys.keyed_hash(_KIT, account)]
        else:
            subjects = [
                self.keys.keyed_hash(_ACCOUNT, account),
                self.keys.keyed_hash(_ADDRESS, network.encode()),
            ]
        seconds = await store.begin(
            session,
            now=to_datetime(self.clock()),
            subjects=subjects,
            attempt=Attempt(
                account=account, actor=actor, result=SignInResult.REFUSED_THROTTLED, factors=()
            ),
            free=FREE_FAILURES,
            most_seconds=MOST_WAIT_SECONDS,
            # Strangers are slowed down and never stopped: what they feed must not keep out a new device. Nor is
            # who has the kit: it may be a thief's and its owner's.
            stop=None if device is None else STOP_FAILURES,
        )
        if seconds < 0:
            raise OAuthRefusalError(
                OAuthError.ACCESS_DENIED, "this device has failed too often in a row"
            )
        if seconds > 0:
            raise throttled(seconds)

    async def forgive(self, session: Session, device: DeviceId) -> None:
        """Forget what is counted against a listed device, by the operator's decision."""
        await store.forgive(session, self.subject_of(device))
