# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every use case works with once the vault is open: the ports, and the device's own keys."""

from __future__ import annotations

import asyncio
import dataclasses
import threading
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.engine.ports.documents import DocumentReaders, OpenDocument
from app.engine.ports.files import Copies, Files
from app.engine.ports.folders import Dropped, WatchedFolders
from app.engine.ports.machine import Clock, RandomBytes, SecretStore
from app.engine.ports.relay import Caller, Relay
from app.engine.ports.security_keys import SecurityKeys
from app.engine.ports.vault import Owner, Store, StoredAlarm, StoredAttachment, Vault
from app.engine.tokens import Tokens
from app.interface.documents import DocumentHandle, DocumentSource
from app.interface.events import (
    Alarm,
    ContactsChanged,
    ConversationsChanged,
    DevicesChanged,
    Event,
)
from app.interface.writing import DraftId
from crypto_core.abks.french import Normaliser
from crypto_core.keys.prekeys import DeviceKeys
from crypto_core.keys.signing import SigningPair
from crypto_core.trust.checkpoints import LogIdentity, parse_log_identity
from crypto_core.wire.enrolment import Enrolment, parse_enrolment
from crypto_core.wire.ids import BlobId, DeviceId, UnixMillis
from crypto_core.wire.relay_api import ProblemCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from app.engine.ports.relay import RelayFactory
    from app.interface.folders import FolderTrouble
    from app.interface.snapshots import AlarmKind
    from crypto_core.wire.ids import ConversationId

Publish: TypeAlias = Callable[[Event], None]

MAX_EVENT_CONVERSATIONS = 100

CONNECTION_REFUSALS: Final = frozenset(
    {
        ProblemCode.UNAUTHENTICATED,
        ProblemCode.CLOCK_SKEW,
        ProblemCode.PROOF_REPLAYED,
        ProblemCode.TOO_MANY_REQUESTS,
        ProblemCode.STORAGE_FULL,
        ProblemCode.UNAVAILABLE,
        ProblemCode.INTERNAL,
    }
)
"""Refusals that are about the connection, not about what was asked: the same again later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What the computer provides."""

    clock: Clock
    random_bytes: RandomBytes
    files: Files
    secret_store: SecretStore
    security_keys: SecurityKeys
    documents: DocumentReaders
    copies: Copies
    folders: WatchedFolders


@dataclass(frozen=True, slots=True, kw_only=True)
class Wakes:
    """Bells between the tasks of one engine: set by whoever made work, cleared by whoever does it."""

    outbox: asyncio.Event = field(default_factory=asyncio.Event)
    inbox: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)
    """Somebody became a correspondent, so what was held back at the relay is to be read."""
    uploads: asyncio.Event = field(default_factory=asyncio.Event)
    status: asyncio.Event = field(default_factory=asyncio.Event)
    connection: asyncio.Event = field(default_factory=asyncio.Event)
    """Something is to be sent, so an offline engine tries again at once."""
    key_given_up: asyncio.Event = field(default_factory=asyncio.Event)
    """The person does not want to touch a security key any more."""
    indexing: asyncio.Event = field(default_factory=asyncio.Event)
    """Letters, documents or names may have come that the search does not know yet."""
    erasures: asyncio.Event = field(default_factory=asyncio.Event)
    """Letters were removed, to be deleted for good after a while."""
    erasing: asyncio.Event = field(default_factory=asyncio.Event)
    """Another computer of the owner has erased something for good, so this one does, too."""
    absences: asyncio.Event = field(default_factory=asyncio.Event)
    """Something was said of an absence, so the next moment may be another one."""
    removals: asyncio.Event = field(default_factory=asyncio.Event)
    detached: asyncio.Event = field(default_factory=asyncio.Event)
    """Something was thrown away, to be deleted for good after a while."""
    folders: asyncio.Event = field(default_factory=asyncio.Event)
    """Something is to be looked at in the folders of practice software before the next look is due."""
    journal: asyncio.Event = field(default_factory=asyncio.Event)
    """Somebody looks at the journal, so what other computers did is read before the hour."""
    signed_in: asyncio.Event = field(default_factory=asyncio.Event)
    """A session at the relay has begun, so an engine that waits for one connects."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Locks:
    """Things that only one task does at a time."""

    inbox: asyncio.Lock = field(default_factory=asyncio.Lock)
    outbox: asyncio.Lock = field(default_factory=asyncio.Lock)
    uploads: asyncio.Lock = field(default_factory=asyncio.Lock)
    documents: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Two that fetch one document would write to the same unfinished file."""
    checkpoints: asyncio.Lock = field(default_factory=asyncio.Lock)
    folders: asyncio.Lock = field(default_factory=asyncio.Lock)
    upkeep: asyncio.Lock = field(default_factory=asyncio.Lock)
    sign_in: asyncio.Lock = field(default_factory=asyncio.Lock)
    journal: asyncio.Lock = field(default_factory=asyncio.Lock)
    erasing: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(frozen=True, slots=True, kw_only=True)
class Detached:
    """A document that was taken out of a draft; its file is still there."""

    draft: DraftId
    document: StoredAttachment = field(repr=False)
    at: UnixMillis


class Attaching:
    """Documents that are being encrypted into drafts; each can be called off. And those that were taken out again."""

    def __init__(self) -> None:
        self._running: dict[DraftId, list[threading.Event]] = {}
        self.detached: dict[BlobId, Detached] = {}
        """The one first taken out first. Only here are their keys: a lock ends what could be taken back."""

    @contextmanager
    def begun(self, draft: DraftId) -> Iterator[threading.Event]:
        """One more document comes into a draft; the event is set when nobody wants it any more."""
        cancelled = threading.Event()
        self._running.setdefault(draft, []).append(cancelled)
        try:
            yield cancelled
        finally:
            self._running[draft].remove(cancelled)
            if not self._running[draft]:
                del self._running[draft]

    def cancel(self, draft: DraftId) -> None:
        """Call off what comes into a draft."""
        for cancelled in self._running.get(draft, ()):
            cancelled.set()

    def is_running(self, draft: DraftId) -> bool:
        """Whether some document is still coming into a draft."""
        return draft in self._running


class Importing:
    """The one import from another mail program that may go on."""

    def __init__(self) -> None:
        self._is_running = False
        self._ended = asyncio.Event()
        self.is_cancelled = False
        """Nobody wants it any more."""

    @contextmanager
    def begun(self) -> Iterator[bool]:
        """An import goes on; False if there is another one."""
        if self._is_running:
            yield False
            return
        self._is_running, self.is_cancelled = True, False
        self._ended.clear()
        try:
            yield True
        finally:
            self._is_running = False
            self._ended.set()

    async def stop(self) -> None:
        """Have it end after the letter at which it is, and wait for that."""
        self.is_cancelled = True
        if self._is_running:
            await self._ended.wait()


class Viewed:
    """Documents that somebody looks at."""

    def __init__(self) -> None:
        self._shown: dict[DocumentHandle, tuple[DocumentSource, OpenDocument | None]] = {}
        self._last = 0

    def add(self, source: DocumentSource, document: OpenDocument | None) -> DocumentHandle:
        """Give a document its number; there is none behind it when it was too large to be read."""
        self._last += 1
        handle = DocumentHandle(self._last)
        self._shown[handle] = source, document
        return handle

    def get(self, handle: DocumentHandle) -> OpenDocument | None:
        """Return what a number stands for, None if it is closed."""
        return self._shown.get(handle, (None, None))[1]

    def remove(self, handle: DocumentHandle) -> OpenDocument | None:
        """Forget a number, and return what it stood for."""
        return self._shown.pop(handle, (None, None))[1]

    def forget(self, document: OpenDocument) -> None:
        """Take parts from elsewhere: this one's process has ended."""
        for handle, (source, shown) in self._shown.items():
            if shown is document:
                self._shown[handle] = source, None

    def showing(self, source: DocumentSource, depth: int) -> OpenDocument | None:
        """Return the open document that lies `depth` steps along a source's path."""
        wanted = dataclasses.replace(source, path=source.path[:depth])
        return next((shown for at, shown in self._shown.values() if shown and at == wanted), None)


class Looked:
    """What was seen in the folders of practice software, and since when it has not changed."""

    def __init__(self) -> None:
        self.trouble: FolderTrouble | None = None
        self.detail = ""
        self.waiting = 0
        self.unreadable: tuple[str, ...] = ()
        """The folders in `to-send` that cannot be looked into."""
        self.stuck = ""
        """Something in `to-send` that cannot be moved."""
        self._seen: dict[tuple[str, str], tuple[tuple[int, ...], UnixMillis, UnixMillis]] = {}

    def begin(self) -> None:
        """Look anew; what was in the way then may not be now."""
        self.unreadable, self.stuck = (), ""

    def at(self, place: str, thing: Dropped, now: UnixMillis) -> tuple[int, int]:
        """Note a look; return for how long something has been as it is, and has been there, in milliseconds."""
        version, first, since = self._seen.get((place, thing.name), ((), now, now))
        if version != thing.version:
            since = now
        if not first <= since <= now:
            # The clock was set back.
            first = since = now
        self._seen[place, thing.name] = thing.version, first, since
        return now - since, now - first

    def moved(self, thing: Dropped, to: str) -> None:
        """It lies elsewhere, as it was."""
        seen = self._seen.pop((thing.place, thing.name), None)
        if seen is not None:
            self._seen[to, thing.name] = seen

    def forget_all_but(self, there: Iterable[tuple[str, str]]) -> None:
        """Forget what is not there any more."""
        kept = set(there)
        self._seen = {where: seen for where, seen in self._seen.items() if where in kept}


class Noted:
    """That something was noted in the journal: told in transactions, which have a thread of their own."""

    def __init__(self) -> None:
        try:
            self._loop: asyncio.AbstractEventLoop | None = asyncio.get_running_loop()
        except RuntimeError:
            self._loop = None
        self._bell = asyncio.Event()

    def tell(self) -> None:
        """Something was noted, if the transaction ends well; from any thread."""
        if self._loop is None:
            self._bell.set()
        elif not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._bell.set)

    async def wait(self) -> None:
        """Wait until something was noted since the last time."""
        await self._bell.wait()
        self._bell.clear()


class JournalWaits:
    """Until when the journal is not handed to a relay that has refused it."""

    def __init__(self) -> None:
        self.until = UnixMillis(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """An unlocked account at work."""

    vault: Vault
    relay: Relay
    tokens: Tokens
    machine: Machine
    owner: Owner
    keys: DeviceKeys
    identity: SigningPair
    enrolment: Enrolment
    log: LogIdentity
    publish: Publish
    wakes: Wakes = field(default_factory=Wakes)
    locks: Locks = field(default_factory=Locks)
    viewed: Viewed = field(default_factory=Viewed)
    attaching: Attaching = field(default_factory=Attaching)
    looked: Looked = field(default_factory=Looked)
    importing: Importing = field(default_factory=Importing)
    noted: Noted = field(default_factory=Noted)
    journal_waits: JournalWaits = field(default_factory=JournalWaits)
    looked_at_log: asyncio.Event = field(default_factory=asyncio.Event)
    """The newest checkpoint was held against everything seen before, since this session began."""
    witnesses: dict[DeviceId, int] = field(default_factory=dict)
    """When other computers of the account cosigned the log that this one sees, in seconds since 1970 by their clocks."""
    uploading: dict[BlobId, int] = field(default_factory=dict)
    """How many bytes of the files that are being uploaded the relay has."""
    normaliser: Normaliser = field(default_factory=Normaliser, repr=False)
    """Remembers the words it has read, which are those of letters."""

    def now(self) -> UnixMillis:
        """The computer's clock."""
        return self.machine.clock.now()

    def random(self, count: int) -> bytes:
        """Cryptographic randomness."""
        return self.machine.random_bytes(count)


def open_session(
    vault: Vault, owner: Owner, *, machine: Machine, relay_factory: RelayFactory, publish: Publish
) -> Session:
    """Rebuild the device's keys from the vault and connect them with the ports; nothing is sent yet.

    Raises WireError when the vault holds no valid enrolment.
    """
    enrolment = parse_enrolment(owner.enrolment)
    tokens = Tokens(vault, clock=machine.clock, publish=publish)
    return Session(
        vault=vault,
        relay=relay_factory(enrolment, caller_of(owner, tokens)),
        tokens=tokens,
        machine=machine,
        owner=owner,
        keys=DeviceKeys(
            account=owner.account,
            device=owner.device,
            signing=SigningPair.from_seed(owner.device_seed),
        ),
        identity=SigningPair.from_seed(owner.identity_seed),
        enrolment=enrolment,
        log=parse_log_identity(enrolment.log_keys),
        publish=publish,
    )


def caller_of(owner: Owner, tokens: Tokens | None = None) -> Caller:
    """Who the relay hears: this device, by its request key, and with its session if it has one."""
    request_key = Ed25519PrivateKey.from_private_bytes(owner.request_seed)
    return Caller(
        request_key=request_key.public_key().public_bytes_raw(),
        sign=request_key.sign,
        tokens=tokens,
    )


async def raise_alarm(
    session: Session,
    kind: AlarmKind,
    detail: str,
    *,
    first_note: str | None = None,
    second_note: str | None = None,
) -> None:
    """Keep an alarm in the vault and tell it, once."""
    alarm = StoredAlarm(
        kind=kind,
        detail=detail,
        at=session.now(),
        first_note=first_note,
        second_note=second_note,
    )

    def keep(store: Store) -> bool:
        return store.identity.add_alarm(alarm)

    if await session.vault.run(keep):
        session.publish(Alarm(kind=kind, detail=detail))


def tell_conversations(session: Session, conversations: Iterable[ConversationId]) -> None:
    """Say which conversations changed, in events of the size that travels."""
    changed = tuple(dict.fromkeys(conversations))
    for start in range(0, len(changed), MAX_EVENT_CONVERSATIONS):
        session.publish(
            ConversationsChanged(conversations=changed[start : start + MAX_EVENT_CONVERSATIONS])
        )
    if changed:
        session.wakes.status.set()
        session.wakes.indexing.set()
        session.wakes.folders.set()


def tell_devices(session: Session) -> None:
    """Say that something changed about the owner's computers."""
    session.publish(DevicesChanged())


def tell_contacts(session: Session) -> None:
    """Say that something changed about correspondents."""
    session.publish(ContactsChanged())
    session.wakes.indexing.set()
