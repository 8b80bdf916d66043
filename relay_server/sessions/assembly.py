# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sign-in put together: its services over one database and the data folder's secrets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from relay_server.sessions.access_tokens import AccessTokens
from relay_server.sessions.challenge import Challenges
from relay_server.sessions.endings import Endings
from relay_server.sessions.enrolment import Enrolment
from relay_server.sessions.factor_changes import FactorChanges
from relay_server.sessions.factors import SecondFactors
from relay_server.sessions.journal import Journal
from relay_server.sessions.key_file import load_sign_in_keys
from relay_server.sessions.key_ring import KeyRing
from relay_server.sessions.living import LivingSessions
from relay_server.sessions.security_keys import SecurityKeys
from relay_server.sessions.service import SessionService
from relay_server.sessions.throttle import Throttle
from relay_server.sessions.tokens import Tokens

if TYPE_CHECKING:
    from relay_server.audit.sequencer import Sequencer
    from relay_server.clock import Clock
    from relay_server.data_folder import DataFolder
    from relay_server.database.pool import Database
    from relay_server.sessions.roots import IsRootInForce, RootInForce


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """The services of this domain."""

    enrolment: Enrolment
    factors: SecondFactors
    changes: FactorChanges
    challenges: Challenges
    tokens: Tokens
    sessions: SessionService
    living: LivingSessions
    journal: Journal
    ring: KeyRing

    async def start(self) -> None:
        """Make ready for the first request. Raises StartError, ProblemError."""
        await self.enrolment.start()
        await self.ring.rotate()


def assemble_sign_in(
    folder: DataFolder,
    database: Database,
    sequencer: Sequencer,
    *,
    issuer: str,
    relying_party: str | None,
    root_in_force: RootInForce,
    is_root_in_force: IsRootInForce,
    clock: Clock,
) -> SignIn:
    """Return the services. Raises StartError when the secrets in the data folder are damaged."""
    keys = load_sign_in_keys(folder.sign_in_key)
    security_keys = None if relying_party is None else SecurityKeys(relying_party)
    factors = SecondFactors(keys=keys, security_keys=security_keys, clock=clock)
    throttle = Throttle(keys=keys, clock=clock)
    ring = KeyRing(database=database, sealing=keys.sealing, clock=clock)
    access_tokens = AccessTokens(issuer=issuer, clock=clock)
    living = LivingSessions(database)
    journal = Journal(database=database, sequencer=sequencer)
    endings = Endings(database=database, sequencer=sequencer, living=living, clock=clock)
    return SignIn(
        enrolment=Enrolment(database=database, keys=keys, factors=factors, clock=clock),
        factors=factors,
        changes=FactorChanges(
            database=database,
            sequencer=sequencer,
            keys=keys,
            factors=factors,
            living=living,
            journal=journal,
            clock=clock,
        ),
        challenges=Challenges(
            database=database,
            sequencer=sequencer,
            keys=keys,
            factors=factors,
            throttle=throttle,
            living=living,
            journal=journal,
            root_in_force=root_in_force,
            is_root_in_force=is_root_in_force,
            clock=clock,
        ),
        tokens=Tokens(
            database=database,
            sequencer=sequencer,
            access_tokens=access_tokens,
            ring=ring,
            throttle=throttle,
            living=living,
            endings=endings,
            journal=journal,
            clock=clock,
        ),
        sessions=SessionService(
            database=database,
            access_tokens=access_tokens,
            ring=ring,
            living=living,
            endings=endings,
            journal=journal,
            clock=clock,
        ),
        living=living,
        journal=journal,
        ring=ring,
    )
