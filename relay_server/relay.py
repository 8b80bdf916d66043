# SPDX-License-Identifier: AGPL-3.0-or-later
"""A relay put together: its services over one database, its endpoints, and the tasks that go with them."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from relay_server.accounts.devices import CHANNEL as DEVICES_CHANNEL
from relay_server.accounts.devices import Devices
from relay_server.accounts.key_events import KeyEventService
from relay_server.accounts.key_routes import key_endpoints
from relay_server.accounts.removed import RemovedDevices
from relay_server.accounts.routes import account_endpoints
from relay_server.accounts.service import AccountService
from relay_server.assurances.routes import assurance_endpoints
from relay_server.assurances.service import AssuranceService
from relay_server.assurances.store import CHANNEL as ASSURANCES_CHANNEL
from relay_server.audit.auditor import Auditor
from relay_server.audit.checkpoint_file import CheckpointFile
from relay_server.audit.cosignatures import CosignatureService
from relay_server.audit.keys import load_signers
from relay_server.audit.routes import log_endpoints
from relay_server.audit.sequencer import Sequencer
from relay_server.audit.service import LogService
from relay_server.audit.timestamping import Authority, Timestamper, TimestampService
from relay_server.authentication.door import Door
from relay_server.blobs.files import BlobFiles
from relay_server.blobs.routes import blob_endpoints
from relay_server.blobs.service import BlobService
from relay_server.database.notifications import Notifications
from relay_server.errors import ProblemError
from relay_server.journal.routes import journal_endpoints
from relay_server.journal.service import JournalService
from relay_server.limits import RateLimiter
from relay_server.links.routes import LinkEndpoints
from relay_server.links.service import LinkService
from relay_server.logs import LOGGER
from relay_server.mailbox.events import CHANNEL as MAILBOX_CHANNEL
from relay_server.mailbox.events import MailboxEvents
from relay_server.mailbox.routes import mailbox_endpoints
from relay_server.mailbox.service import MailboxService
from relay_server.prekeys.routes import prekey_endpoints
from relay_server.prekeys.service import PrekeyService
from relay_server.recovery.routes import recovery_endpoints
from relay_server.recovery.service import RecoveryService
from relay_server.sessions.assembly import SignIn, assemble_sign_in
from relay_server.sessions.factor_routes import FactorEndpoints
from relay_server.sessions.living import CHANNEL as SESSIONS_CHANNEL
from relay_server.sessions.oauth_routes import AuthorizationServer
from relay_server.sessions.routes import session_endpoints
from relay_server.sessions.security_keys import relying_party_of
from relay_server.web.application import Application

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from crypto_core.wire.ids import AccountId
    from crypto_core.wire.signed import SigningPublicKey
    from relay_server.audit.signing import LogSigners
    from relay_server.clock import Clock
    from relay_server.config import RelayConfig
    from relay_server.data_folder import DataFolder
    from relay_server.database.pool import Database

_SWEEP_SECONDS: Final = 60.0
_NONCE_BYTES: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """The services of a running relay, and its application."""

    devices: Devices
    accounts: AccountService
    keys: KeyEventService
    removed: RemovedDevices
    links: LinkService
    assurances: AssuranceService
    prekeys: PrekeyService
    mailbox: MailboxService
    blobs: BlobService
    sign_in: SignIn
    log: LogService
    events: MailboxEvents
    notifications: Notifications
    auditor: Auditor
    sequencer: Sequencer
    timestamper: Timestamper
    application: Application

    async def sweep(self) -> None:
        """Remove what is past its time, once. Raises ProblemError without a database."""
        self.sequencer.renew_key_map()
        await self.mailbox.expire()
        await self.mailbox.close_removed()
        await self.removed.end_left_sessions()
        await self.links.forget()
        await self.prekeys.forget()
        await self.blobs.forget()
        await self.accounts.forget_invitations()
        await self.sign_in.sessions.forget()


@contextlib.asynccontextmanager
async def running_relay(
    config: RelayConfig,
    folder: DataFolder,
    database: Database,
    *,
    public_url: str,
    clock: Clock,
) -> AsyncIterator[Relay]:
    """Start a relay over a prepared database, and end its tasks afterwards. Raises StartError.

    Should one of the tasks fail, the body is cancelled and the failure raised.
    """
    signers = load_signers(folder.log_key, clock=clock)
    relay = _assemble(config, folder, database, signers, public_url=public_url, clock=clock)
    await relay.sequencer.start()
    await relay.sign_in.start()
    await relay.blobs.remove_orphans()
    async with asyncio.TaskGroup() as tasks:
        running = [
            tasks.create_task(relay.sequencer.run()),
            tasks.create_task(relay.notifications.run()),
            tasks.create_task(relay.sign_in.journal.run()),
            tasks.create_task(relay.assurances.run()),
            tasks.create_task(relay.auditor.run()),
            tasks.create_task(relay.timestamper.run()),
            tasks.create_task(_sweep_for_ever(relay)),
            tasks.create_task(_give_back_for_ever(relay)),
        ]
        yield relay
        for task in running:
            task.cancel()


def _assemble(
    config: RelayConfig,
    folder: DataFolder,
    database: Database,
    signers: LogSigners,
    *,
    public_url: str,
    clock: Clock,
) -> Relay:
    sequencer = Sequencer(
        database=database,
        signers=signers,
        checkpoints=CheckpointFile(folder.checkpoint),
        clock=clock,
        nonce=lambda: secrets.token_bytes(_NONCE_BYTES),
    )
    log = LogService(database=database, sequencer=sequencer, signers=signers)
    devices = Devices(database)

    async def root_in_force(account: AccountId) -> SigningPublicKey | None:
        # Sign-in wants to know the account's root, and whose keys change have their sessions ended.
        return await keys.root_in_force(account)

    async def is_root_in_force(account: AccountId, root: SigningPublicKey) -> bool:
        return await keys.is_root_in_force(account, root)

    sign_in = assemble_sign_in(
        folder,
        database,
        sequencer,
        issuer=public_url,
        relying_party=config.relying_party or relying_party_of(public_url),
        root_in_force=root_in_force,
        is_root_in_force=is_root_in_force,
        clock=clock,
    )
    removed = RemovedDevices(database=database, endings=sign_in.sessions.endings, clock=clock)
    keys = KeyEventService(
        database=database,
        sequencer=sequencer,
        log=log,
        devices=devices,
        removed=removed,
        clock=clock,
    )
    accounts = AccountService(
        database=database, key_events=keys, enrolment=sign_in.enrolment, clock=clock
    )
    links = LinkService(database=database, clock=clock)
    assurances = AssuranceService(database=database, sequencer=sequencer, log=log)
    prekeys = PrekeyService(database=database, account_keys=accounts.keys, clock=clock)
    mailbox = MailboxService(database=database, sequencer=sequencer, log=log, clock=clock)
    events = MailboxEvents(mailbox)
    notifications = Notifications(database)
    notifications.add(DEVICES_CHANNEL, devices)
    notifications.add(MAILBOX_CHANNEL, events)
    notifications.add(SESSIONS_CHANNEL, sign_in.living)
    notifications.add(ASSURANCES_CHANNEL, assurances)
    blobs = BlobService(
        database=database,
        files=BlobFiles(folder.blobs),
        quota_bytes=config.blob_quota_bytes,
        clock=clock,
    )
    door = Door(
        public_url=public_url,
        find_device=devices.find,
        read_token=sign_in.sessions.read_token,
        has_session=sign_in.living.has,
        devices=RateLimiter(config.rates.device, clock=clock),
        clock=clock,
    )
    registrations = RateLimiter(config.rates.registration, clock=clock)
    certificates = () if config.timestamps is None else config.timestamps.certificates
    software = f"uhealthsec-relay/{version('uhealthsec')}"
    application = Application(
        [
            *mailbox_endpoints(mailbox, events, door),
            *prekey_endpoints(prekeys, door),
            *blob_endpoints(blobs, door),
            *account_endpoints(accounts, door, registrations),
            *key_endpoints(keys, door, RateLimiter(config.rates.key_change, clock=clock)),
            *assurance_endpoints(assurances, door),
            *LinkEndpoints(
                links,
                door,
                openings=RateLimiter(config.rates.link_opening, clock=clock),
                strangers=RateLimiter(config.rates.link, clock=clock),
            ).endpoints(),
            *session_endpoints(sign_in, door, registrations),
            *FactorEndpoints(sign_in.changes, door, registrations).endpoints(),
            *recovery_endpoints(
                RecoveryService(
                    database=database, accounts=accounts, keys=keys, sign_in=sign_in, clock=clock
                ),
                keys,
                door,
                RateLimiter(config.rates.registration, clock=clock),
            ),
            *AuthorizationServer(
                sign_in,
                door,
                issuer=public_url,
                attempts=RateLimiter(config.rates.sign_in, clock=clock),
            ).endpoints(),
            *journal_endpoints(
                JournalService(database=database, sequencer=sequencer, log=log), door
            ),
            *log_endpoints(
                log,
                CosignatureService(database=database, identity=signers.identity),
                TimestampService(database, certificates),
                door,
                software=software,
            ),
        ],
        addresses=RateLimiter(config.rates.address, clock=clock),
    )
    return Relay(
        devices=devices,
        accounts=accounts,
        keys=keys,
        removed=removed,
        links=links,
        assurances=assurances,
        prekeys=prekeys,
        mailbox=mailbox,
        blobs=blobs,
        sign_in=sign_in,
        log=log,
        events=events,
        notifications=notifications,
        auditor=Auditor(
            database=database,
            sequencer=sequencer,
            log_key=signers.identity.ed25519.public_key,
            announce=sign_in.journal.wake,
            clock=clock,
        ),
        sequencer=sequencer,
        timestamper=Timestamper(
            database=database,
            sequencer=sequencer,
            authority=None
            if config.timestamps is None
            else Authority(config.timestamps, clock=clock),
            clock=clock,
        ),
        application=application,
    )


async def _sweep_for_ever(relay: Relay) -> None:
    while True:
        try:
            await relay.sweep()
        except ProblemError as problem:
            LOGGER.warning("the sweep waits", extra={"code": problem.code.value})
        await asyncio.sleep(_SWEEP_SECONDS)


async def _give_back_for_ever(relay: Relay) -> None:
    # Beside the sweep, so that lists that change all the time never keep it from its other work.
    while True:
        await relay.removed.changed.wait()
        relay.removed.changed.clear()
        try:
            await relay.mailbox.close_removed()
        except ProblemError as problem:
            LOGGER.warning(
                "what was given up waits for the sweep", extra={"code": problem.code.value}
            )
