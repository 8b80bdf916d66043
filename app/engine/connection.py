# SPDX-License-Identifier: AGPL-3.0-or-later
"""Keeps the engine and the relay in step: connects, receives, sends, keeps keys fresh, and tries again."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Final

from app.engine import (
    absence,
    accounts,
    audit,
    linking,
    new_kit,
    outbox,
    packages,
    persons,
    prekeys,
    rotation,
    safety,
    witnessing,
)
from app.engine.inbox import Drained, Inbox
from app.engine.journal import fetching, posting
from app.engine.ports.files import FileError
from app.engine.ports.relay import (
    RelayError,
    RelayRefusedError,
    RelayUnreachableError,
    RelayUntrustedError,
    SignInNeededError,
    SignInRefusedError,
)
from app.engine.ports.vault import DiskFullError, Setting, Store
from app.engine.tokens import Ended
from app.interface.events import StatusChanged
from app.interface.snapshots import (
    ConnectionDetails,
    ConnectionState,
    ProfileState,
    Status,
    SyncReport,
)
from crypto_core.errors import CryptoCoreError
from crypto_core.wire.ids import UnixMillis
from crypto_core.wire.limits import PREKEY_ERASURE_DELAY_SECONDS
from crypto_core.wire.oauth import ACCESS_TOKEN_SECONDS
from crypto_core.wire.relay_api import ProblemCode

if TYPE_CHECKING:
    from app.engine.ports.vault import Profile
    from app.engine.session import Session

FIRST_DELAY_SECONDS: Final = 1.0
LONGEST_DELAY_SECONDS: Final = 300.0
UPKEEP_SECONDS: Final = 3600.0
LOOK_AGAIN_SECONDS: Final = 60.0
"""While a computer sleeps, so do timers: what is due at an hour is looked for at least this often."""
READ_AGAIN_SECONDS: Final = 10.0
"""So often at most is the journal read, however often somebody looks at it."""
STABLE_SECONDS: Final = 60.0
"""A connection that lasted this long was a good one: the next attempt comes soon."""
_MOST_ROUNDS: Final = 100


_log = logging.getLogger(__name__)


class Connection:
    """The relations of one unlocked account with its relay."""

    def __init__(
        self,
        session: Session,
        profile: Profile,
        *,
        listen_seconds: float = ACCESS_TOKEN_SECONDS,
    ) -> None:
        self._session = session
        self._profile = profile
        self._os_secret_store = profile.is_bound_to_os()
        self._listen_seconds = listen_seconds
        self._inbox = Inbox(session)
        self._state = ConnectionState.OFFLINE
        self._since = session.now()
        self._failures = 0
        self._drained = Drained()
        self._posted = 0

    # --- what front ends ask -----------------------------------------------------------------

    async def status(self) -> Status:
        """State of profile and connection."""
        session = self._session
        counts, synchronised = await session.vault.run(
            lambda store: (
                store.messages.counts(),
                store.identity.setting(Setting.LAST_SYNCHRONISED),
            )
        )
        return Status(
            profile=ProfileState.UNLOCKED,
            account=session.owner.account,
            name=session.owner.name,
            profession=session.owner.profession,
            connection=self._state,
            since=self._since,
            last_synchronised_at=None if synchronised is None else UnixMillis(int(synchronised)),
            outbox_count=counts.outbox,
            unread_count=counts.unread,
            os_secret_store=self._os_secret_store,
            safety=await session.vault.run(lambda store: safety.of(store, session.now())),
            away_until=await session.vault.run(
                lambda store: absence.away_until(store, session.now())
            ),
        )

    async def details(self) -> ConnectionDetails:
        """Facts about the connection and the log."""
        session = self._session
        facts = session.relay.facts()
        latest = await session.vault.run(lambda store: store.trust.latest_checkpoint())
        return ConnectionDetails(
            relay_url=session.enrolment.url,
            tls_version="" if facts is None else facts.tls_version,
            tls_cipher="" if facts is None else facts.tls_cipher,
            tls_group="" if facts is None else facts.tls_group,
            is_post_quantum=facts is not None and facts.is_post_quantum,
            log_origin=session.log.origin,
            log_size=0 if latest is None else latest.size,
            log_root=None if latest is None else latest.root,
        )

    async def synchronise(self) -> SyncReport:
        """Send and receive until nothing is left to do, and report what was done since the last report.

        What ran by itself in between is in the report as well. Raises RelayError, CryptoCoreError, VaultError.
        """
        try:
            return await self._synchronise()
        except SignInNeededError as error:
            await self._enter(_state_after(error))
            raise

    async def _synchronise(self) -> SyncReport:
        session = self._session
        await self._upkeep()
        await session.vault.run(lambda store: _hurry(store, session))
        self._inbox.start_over()
        for _ in range(_MOST_ROUNDS):
            received = await self._receive()
            await self._inbox.fetch_documents()
            await outbox.upload_due(session)
            sent = await self._send(is_hurried=True)
            has_files = await session.vault.run(
                lambda store: store.outbox.next_upload(session.now()) is not None
            )
            if not (received or sent or has_files or session.wakes.released.is_set()):
                break
        await fetching.fetch(session)
        await self._note_synchronised()
        counts = await session.vault.run(lambda store: store.messages.counts())
        drained, self._drained = self._drained, Drained()
        posted, self._posted = self._posted, 0
        return SyncReport(
            received=drained.received,
            sent=posted,
            still_waiting=counts.outbox,
            unreadable=drained.unreadable,
        )

    # --- what runs by itself -----------------------------------------------------------------

    async def run(self) -> None:
        """Stay connected until cancelled; every failure leads to another attempt, later each time."""
        while True:
            clock = self._session.machine.clock
            begun_at = clock.monotonic()
            self._session.wakes.signed_in.clear()
            error = await self._online_until_failure()
            if clock.monotonic() - begun_at >= STABLE_SECONDS:
                self._failures = 0
            await self._enter(_state_after(error))
            _log.info("the connection ended: %s", type(error).__name__)
            await self._pause(error)

    async def _online_until_failure(self) -> BaseException:
        """Stay online as long as possible, and return why it ended; a bug is raised."""
        try:
            await self._stay_online()
        except BaseExceptionGroup as group:
            expected, others = group.split(_EXPECTED)
            if others is not None:
                raise others from None
            return _first(expected)
        except _EXPECTED as error:
            return error
        return RelayUnreachableError("the connection ended")

    async def report_status(self) -> None:
        """Publish the status whenever it may have changed, until cancelled."""
        bell = self._session.wakes.status
        while True:
            bell.clear()
            self._session.publish(StatusChanged(status=await self.status()))
            await bell.wait()

    async def _stay_online(self) -> None:
        await self._enter(ConnectionState.CONNECTING)
        await self._upkeep()
        await self._enter(ConnectionState.SYNCHRONISING)
        self._inbox.start_over()
        await self._receive()
        await fetching.fetch(self._session)
        await self._note_synchronised()
        await self._session.vault.run(lambda store: store.outbox.hurry())
        await self._enter(ConnectionState.ONLINE)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listen())
            tasks.create_task(self._keep_receiving())
            tasks.create_task(self._keep_fetching())
            tasks.create_task(self._keep_uploading())
            tasks.create_task(self._keep_sending())
            tasks.create_task(self._keep_up())
            tasks.create_task(self._keep_reading())

    async def _listen(self) -> None:
        """Hear of new mail; a stream is opened anew as often as a token is, so that an ended session shows."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._listen_seconds):
                    async for _ in self._session.relay.events():
                        self._session.wakes.inbox.set()
                raise RelayUnreachableError("the event stream ended")

    async def _keep_receiving(self) -> None:
        bell = self._session.wakes.inbox
        while True:
            bell.clear()
            await self._receive()
            await self._note_synchronised()
            if not self._session.wakes.released.is_set():
                await bell.wait()

    async def _keep_fetching(self) -> None:
        while True:
            await self._inbox.wait_for_documents()
            await self._inbox.fetch_documents()

    async def _keep_uploading(self) -> None:
        bell = self._session.wakes.uploads
        while True:
            bell.clear()
            await outbox.upload_due(self._session)
            due_at = await self._session.vault.run(lambda store: store.outbox.next_attempt_at())
            await _wait(bell, self._seconds_until(due_at))

    async def _keep_sending(self) -> None:
        bell = self._session.wakes.outbox
        while True:
            bell.clear()
            await self._send()
            due_at = await self._session.vault.run(
                lambda store: _next_sending(store, self._session)
            )
            await _wait(bell, self._seconds_until(due_at))

    async def _keep_reading(self) -> None:
        """Read what other computers and the relay have added to the journal, when somebody looks at it, or once an hour."""
        bell = self._session.wakes.journal
        while True:
            await _wait(bell, UPKEEP_SECONDS)
            bell.clear()
            await fetching.fetch(self._session)
            await asyncio.sleep(READ_AGAIN_SECONDS)

    async def _keep_up(self) -> None:
        while True:
            await asyncio.sleep(UPKEEP_SECONDS)
            await self._upkeep()
            self._session.wakes.outbox.set()

    async def _upkeep(self) -> None:
        """Renew what expires, check what correspondents saw, erase what is over."""
        session = self._session
        async with session.locks.upkeep:
            # First of all: whether the log is the one it was.
            await audit.see_newest(session)
            await witnessing.exchange(session)
            await accounts.renew_device_list(session)
            await outbox.post_pending(session)
            await self._finish_link()
            await prekeys.publish(session)
            await persons.refresh_due(session)
            await audit.check_gossip(session)
            await rotation.settle(session)
            await new_kit.settle(session, self._profile)
            await packages.renew(session)
            await prekeys.erase_old(session)
            over = UnixMillis(max(0, session.now() - PREKEY_ERASURE_DELAY_SECONDS * 1000))
            await session.vault.run(lambda store: store.outbox.prune(over))

    async def _finish_link(self) -> None:
        """Do what is left of a link; what takes factors shown just now waits until somebody shows them."""
        try:
            await linking.finish(self._session)
            await linking.remove_unfinished(self._session)
        except RelayRefusedError as error:
            if error.code is not ProblemCode.STEP_UP_NEEDED:
                raise

    async def _receive(self) -> int:
        """Receive what waits, and return how many messages that were."""
        drained = await self._inbox.drain()
        self._drained = self._drained.plus(drained)
        if drained.unreadable:
            # New keys go out before the requests to seal again do.
            async with self._session.locks.upkeep:
                await prekeys.publish(self._session)
        return drained.received

    async def _collect(self) -> None:
        """Receive what waits, in the midst of sending: nothing that would wait for the outbox."""
        drained = await self._inbox.drain()
        self._drained = self._drained.plus(drained)
        if drained.unreadable:
            self._session.wakes.inbox.set()

    async def _send(self, *, is_hurried: bool = False) -> int:
        """Send what is due, and return how many envelopes that were."""
        posted = await outbox.send_due(self._session, collect=self._collect, is_hurried=is_hurried)
        self._posted += posted
        return posted

    # --- inside ------------------------------------------------------------------------------

    async def _note_synchronised(self) -> None:
        now = self._session.now()

        def note(store: Store) -> None:
            store.identity.put_setting(Setting.LAST_SYNCHRONISED, str(now).encode())

        await self._session.vault.run(note)
        self._session.wakes.status.set()

    async def _enter(self, state: ConnectionState) -> None:
        if state is not self._state:
            self._state = state
            self._since = self._session.now()
        self._session.wakes.status.set()

    async def _pause(self, error: BaseException) -> None:
        """Wait before the next attempt: twice as long each time, spread so that clients do not come together.

        When only a sign-in helps, wait for that, however long it takes.
        """
        if self._state in {ConnectionState.SIGN_IN_NEEDED, *_ENDED.values()}:
            await self._session.wakes.signed_in.wait()
            return
        delay = min(LONGEST_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2 ** min(self._failures, 16))
        self._failures += 1
        if isinstance(error, RelayRefusedError | SignInRefusedError):
            delay = max(delay, min(error.retry_after_seconds or 0, LONGEST_DELAY_SECONDS))
        spread = int.from_bytes(self._session.random(2), "big") / 65_536
        bell = self._session.wakes.connection
        bell.clear()
        await _wait(bell, delay * (0.5 + spread / 2))

    def _seconds_until(self, moment: UnixMillis | None) -> float | None:
        if moment is None:
            return None
        return min(max(1.0, (moment - self._session.now()) / 1000), LOOK_AGAIN_SECONDS)


def _hurry(store: Store, session: Session) -> None:
    outbox.stamp_marks(store, session)
    store.outbox.hurry()
    store.marks.hurry(session.now())


def _next_sending(store: Store, session: Session) -> UnixMillis | None:
    if store.identity.setting(Setting.SENDING_STOPPED) is not None:
        return None
    moments = (
        store.outbox.next_attempt_at(),
        store.marks.next_due(),
        posting.next_due(store, session),
    )
    return min((each for each in moments if each is not None), default=None)


_EXPECTED: Final = (RelayError, CryptoCoreError, FileError, DiskFullError)
"""What may go wrong while nobody is to blame here; everything else is a bug and ends the engine."""


_ENDED: Final[dict[str, ConnectionState]] = {
    Ended.COPIED: ConnectionState.PROFILE_COPIED,
    Ended.REMOVED: ConnectionState.DEVICE_REMOVED,
}
"""What no sign-in helps against."""


def _first(group: BaseExceptionGroup[BaseException] | None) -> BaseException:
    """The failure that decides what is shown: a refusal or a false relay before a broken connection."""
    found: list[BaseException] = []

    def collect(each: BaseException) -> None:
        if isinstance(each, BaseExceptionGroup):
            for inner in each.exceptions:
                collect(inner)
        else:
            found.append(each)

    if group is not None:
        collect(group)
    return min(found, key=lambda each: isinstance(each, RelayUnreachableError))


def _state_after(error: BaseException) -> ConnectionState:
    if isinstance(error, RelayUntrustedError | CryptoCoreError):
        return ConnectionState.UNTRUSTED
    if isinstance(error, SignInNeededError):
        return _ENDED.get(error.reason, ConnectionState.SIGN_IN_NEEDED)
    if isinstance(error, RelayRefusedError):
        if error.code is ProblemCode.CLOCK_SKEW:
            return ConnectionState.CLOCK_WRONG
        if error.code in {ProblemCode.UNAUTHENTICATED, ProblemCode.FORBIDDEN}:
            return ConnectionState.REFUSED
    return ConnectionState.OFFLINE


async def _wait(bell: asyncio.Event, seconds: float | None) -> None:
    """Wait for the bell, at most so long."""
    try:
        async with asyncio.timeout(seconds):
            await bell.wait()
    except TimeoutError:
        return
