# SPDX-License-Identifier: AGPL-3.0-or-later
"""A practitioner's engine in this process: real use cases, real encrypted vault, a relay in memory.

Commands go through the dispatcher as a front end's would. Nothing connects by itself: a test says when.
"""

from __future__ import annotations

import asyncio
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Self, TypeVar

from app.engine.accounts import Surroundings
from app.engine.dispatch import Engine
from app.engine.ports.vault import KitMissingError, KitOtherError, VaultError, VaultMissingError
from app.engine.security_keys.plugged_in import PluggedInKeys, by_devices
from app.engine.session import Machine
from app.engine.vault.copies import PrivateCopies
from app.engine.vault.erasing import note_rekeyed
from app.engine.vault.files import SealedFiles
from app.engine.vault.profile import ProfileDirectory
from app.engine.vault.store import SqlVault
from app.engine.vault.watched import FoldersOnDisk
from app.interface.commands import Register, SignIn, Synchronise, Unlock
from app.interface.events import StatusChanged
from app.interface.failures import CommandError, Failure
from app.interface.snapshots import ConnectionState, ProfileState
from crypto_core.errors import WrongPassphraseError
from crypto_core.keys.kit import Kit
from crypto_core.wire.enrolment import format_enrolment
from crypto_core.wire.sign_in import TOTP_PERIOD_SECONDS
from tests.fakes.authenticator import Authenticator
from tests.fakes.crashes import (
    Countdown,
    CrashError,
    CrashingRelay,
    CrashingVault,
    crashing_folders,
)
from tests.fakes.machine import FakeClock, FakeSecretStore
from tests.fakes.people import SeededBytes
from tests.fakes.quick_readers import QuickReaders

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator, Sequence
    from pathlib import Path

    from app.engine.ports.documents import DocumentReaders
    from app.engine.ports.relay import Caller, Relay, RelayFactory
    from app.engine.ports.vault import Vault
    from app.interface.command import Command
    from app.interface.events import Event
    from app.interface.snapshots import Registered, SignedIn, SyncReport
    from crypto_core.wire.enrolment import Enrolment
    from crypto_core.wire.ids import AccountId, UnixMillis
    from tests.fakes.fake_relay import FakeRelay
    from tests.fakes.virtual_security_key import VirtualSecurityKey

T = TypeVar("T")

PASSPHRASE = "a passphrase of nine quite unrelated words for tests"


class QuickProfile:
    """Implements `Profile` without stretching a passphrase: the store's key is its hash. The store is real."""

    def __init__(self, directory: Path, countdown: Countdown) -> None:
        self._directory = directory
        self._countdown = countdown
        self._vault: Vault | None = None
        self.opened: list[Vault] = []

    def state(self) -> ProfileState:
        """See the port."""
        if not (self._directory / "confirmed").exists():
            return ProfileState.EMPTY
        return ProfileState.LOCKED

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """See the port."""
        yield True

    def is_bound_to_os(self) -> bool:
        """See the port."""
        return False

    async def create(self, passphrase: str) -> Vault:
        """See the port."""
        await self.discard()
        self._directory.mkdir(parents=True, exist_ok=True)
        (self._directory / "passphrase").write_text(passphrase, encoding="utf-8")
        return await self._open(is_new=True)

    async def resume(self, passphrase: str) -> Vault | None:
        """See the port."""
        known = self._directory / "passphrase"
        if not known.exists() or known.read_text(encoding="utf-8") != passphrase:
            return None
        return await self._open(is_new=False)

    async def confirm(self) -> None:
        """See the port."""
        (self._directory / "confirmed").touch()

    async def discard(self) -> None:
        """See the port."""
        if self._vault is not None:
            await self._vault.close()
            self._vault = None
        for name in ("passphrase", "vault.db", "vault.db-wal", "vault.db-shm"):
            (self._directory / name).unlink(missing_ok=True)

    async def open(self, passphrase: str) -> Vault:
        """See the port."""
        known = self._directory / "passphrase"
        if not known.exists():
            raise VaultMissingError
        if known.read_text(encoding="utf-8") != passphrase:
            raise WrongPassphraseError("the passphrase does not open this vault")
        return await self._open(is_new=False)

    def wait_seconds(self) -> int:
        """See the port: nobody waits here."""
        return 0

    def refused(self) -> int:
        """See the port: nobody counts here."""
        return 0

    def forget_refused(self) -> None:
        """See the port."""

    async def rewrap(self, passphrase: str) -> None:
        """See the port."""
        (self._directory / "passphrase").write_text(passphrase, encoding="utf-8")
        (self._directory / "confirmation-due").touch()

    async def is_passphrase(self, passphrase: str) -> bool:
        """See the port."""
        return (self._directory / "passphrase").read_text(encoding="utf-8") == passphrase

    async def rekey(self, passphrase: str, kit_public_keys: Sequence[bytes]) -> Vault:
        """See the port: here the key stays, and the vault is told that it is another one."""
        del passphrase, kit_public_keys
        assert self._vault is not None
        await self._vault.run(
            lambda store: note_rekeyed(store.identity._db, None)  # type: ignore[attr-defined] # of the one store there is
        )
        return self._vault

    def current(self) -> Vault | None:
        """See the port."""
        return self._vault

    def destroy_backup(self, path: Path, account: AccountId) -> bool:
        """See the port: there are none."""
        del path, account
        return True

    def backups_in(self, folder: Path) -> tuple[Path, ...]:
        """See the port: there are none."""
        del folder
        return ()

    async def seal_to_kits(self, public_keys: Sequence[bytes]) -> None:
        """See the port."""
        (self._directory / "kit").write_text("\n".join(each.hex() for each in public_keys))

    async def open_with_kit(self, code: bytes, passphrase: str) -> Vault:
        """See the port."""
        known = self._directory / "kit"
        if not known.exists():
            raise KitMissingError
        if Kit.from_code(code).public_key.hex() not in known.read_text().split():
            raise KitOtherError
        (self._directory / "passphrase").write_text(passphrase, encoding="utf-8")
        return await self._open(is_new=False)

    def may_hold_backups(self, folder: Path) -> bool:
        """See the port: what a backup is made of is the real profile's matter."""
        del folder
        return False

    def is_on_same_disk(self, folder: Path) -> bool:
        """See the port."""
        del folder
        return True

    async def back_up(
        self,
        folder: Path,
        *,
        account: AccountId,
        kit_public_keys: tuple[bytes, ...],
        at: UnixMillis,
        report: Callable[[int, int], None],
        is_cancelled: Callable[[], bool],
    ) -> tuple[Path, int]:
        """See the port."""
        del folder, account, kit_public_keys, at, report, is_cancelled
        raise VaultError("no backups here")

    async def adopt(self, passphrase: str, backup: Path, kit: Kit) -> Vault:
        """See the port."""
        del passphrase, backup, kit
        raise VaultError("no backups here")

    def rehearse_backup(self, folder: Path, account: AccountId, kit: Kit) -> UnixMillis | None:
        """See the port."""
        del folder, account, kit
        return None

    def backup_made_at(self, backup: Path) -> UnixMillis:
        """See the port."""
        del backup
        raise VaultError("no backups here")

    async def is_confirmation_due(self) -> bool:
        """See the port."""
        return (self._directory / "confirmation-due").exists()

    async def confirm_passphrase(self) -> None:
        """See the port."""
        (self._directory / "confirmation-due").unlink(missing_ok=True)

    async def _open(self, *, is_new: bool) -> Vault:
        path = self._directory / "vault.db"
        vault = await SqlVault.open(path, bytes(range(32)), is_new=is_new)
        self._vault = CrashingVault(vault, self._countdown)
        self.opened.append(self._vault)
        return self._vault


class RealProfile(ProfileDirectory):
    """The profile of the program itself, which closes its store with itself."""

    opened: tuple[Vault, ...] = ()


class Practice:
    """One practitioner. Use as an asynchronous context, or `start` and `crash`."""

    def __init__(
        self,
        name: str,
        directory: Path,
        relay: FakeRelay,
        *,
        clock: FakeClock,
        relay_factory: RelayFactory | None = None,
        has_real_profile: bool = False,
    ) -> None:
        self.name = name
        self.has_real_profile = has_real_profile
        self.directory = directory
        self.relay = relay
        self.clock = clock
        self.countdown = Countdown()
        self.events: list[Event] = []
        self._told = asyncio.Event()
        self.secret_store = FakeSecretStore(is_present=False)
        self.readers: DocumentReaders = QuickReaders()
        self.plugged_in: list[VirtualSecurityKey] = []
        self._relay_factory = relay_factory or relay.connect
        self._random_bytes = SeededBytes(name)
        self._tasks: list[asyncio.Task[None]] = []
        self._engine: Engine | None = None
        self._request = 0
        self._authenticator: Authenticator | None = None
        self.recovery_codes: tuple[str, ...] = ()

    @property
    def engine(self) -> Engine:
        """The running engine."""
        assert self._engine is not None
        return self._engine

    @property
    def account(self) -> AccountId:
        """The account, once registered or unlocked."""
        session = self.engine._session
        assert session is not None
        return session.owner.account

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self, *, connects: bool = False) -> None:
        """Build an engine on the profile directory, as a new process would."""
        self.profile = self._new_profile()
        around = Surroundings(
            profile=self.profile,
            machine=Machine(
                clock=self.clock,
                random_bytes=self._random_bytes,
                files=SealedFiles(self.directory / "files"),
                secret_store=self.secret_store,
                documents=self.readers,
                copies=PrivateCopies((self.directory / "copies",), random_bytes=self._random_bytes),
                folders=crashing_folders(FoldersOnDisk(self.directory), self.countdown),
                security_keys=PluggedInKeys(by_devices(lambda: self.plugged_in)),
            ),
            relay_factory=self._connect,
            publish=self._publish,
        )
        self._tasks = []
        self._engine = Engine(
            around,
            secret_store=self.secret_store,
            start=self._start_task,
            on_lock=lambda: None,
            connects=connects,
            poll_seconds=0.01,
        )

    async def stop(self) -> None:
        """End the engine; nothing but the directory remains."""
        if self._engine is None:
            return
        # An engine that was ended in the middle says nothing more.
        with suppress(CrashError):
            await self._engine.close()
        for vault in self.profile.opened:
            await vault.close()
        if isinstance(self.profile, RealProfile):
            await self.profile.close()
        self._engine = None
        for task in self._tasks:
            # What nobody waits for must not fail in secret either.
            error = None if task.cancelled() else task.exception()
            if error is not None and not isinstance(error, CrashError):
                raise error

    async def reopen(self) -> None:
        """End the engine, start another one on the same directory, and unlock it."""
        await self.stop()
        await self.start()
        await self.do(Unlock(passphrase=PASSPHRASE))

    async def do(self, command: Command[T]) -> T:
        """Give a command and return its answer. Raises CommandError."""
        self._request += 1
        answer: Any = await self.engine.handle(self._request, command)
        return answer  # type: ignore[no-any-return]

    async def do_signed_in(self, command: Command[T]) -> T:
        """Give a command; when it takes a sign-in, sign in and give it again, as a person would."""
        try:
            return await self.do(command)
        except CommandError as error:
            if error.failure is not Failure.SIGN_IN_NEEDED:
                raise
        await self.sign_in()
        return await self.do(command)

    def _new_profile(self) -> QuickProfile | RealProfile:
        if not self.has_real_profile:
            return QuickProfile(self.directory, self.countdown)
        return RealProfile(
            self.directory,
            secret_store=self.secret_store,
            random_bytes=self._random_bytes,
            clock=self.clock,
        )

    def _start_task(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.append(task)
        return task

    def _connect(self, enrolment: Enrolment, caller: Caller) -> Relay:
        relay: Any = CrashingRelay(self._relay_factory(enrolment, caller), self.countdown)
        return relay  # type: ignore[no-any-return]

    async def register(
        self, *, is_listed: bool = True, invitation: str | None = None, rpps: str = ""
    ) -> AccountId:
        """Register at the relay with a fresh invitation, sign in, and let the rest happen."""
        account = await self.register_only(is_listed=is_listed, invitation=invitation, rpps=rpps)
        await self.sign_in()
        await self.synchronise()
        return account

    async def register_only(
        self, *, is_listed: bool = True, invitation: str | None = None, rpps: str = ""
    ) -> AccountId:
        """Register at the relay with a fresh invitation, and keep the second factors."""
        answer = await self.do(
            Register(
                enrolment=format_enrolment(self.relay.enrolment),
                invitation=invitation or self.relay.invite(),
                name=self.name,
                profession="Médecin généraliste",
                place="Lyon",
                is_listed=is_listed,
                passphrase=PASSPHRASE,
                rpps=rpps,
            )
        )
        self.take_over(answer)
        return answer.account

    def take_over(self, factors: Registered) -> None:
        """Put what was shown into the authenticator and on the printed list."""
        # What was taken over before is not shown again.
        if factors.totp_uri:
            self._authenticator = Authenticator(factors.totp_uri)
        self.recovery_codes = factors.recovery_codes or self.recovery_codes

    async def sign_in(self) -> SignedIn:
        """Sign in with passphrase and one-time code."""
        return await self.do(SignIn(passphrase=PASSPHRASE, code=self.one_time_code()))

    def one_time_code(self) -> str:
        """Return a code that was never used; time passes if that is needed."""
        assert self._authenticator is not None
        while (code := self._authenticator.code(self.clock.now() / 1000)) is None:
            self.clock.advance(seconds=TOTP_PERIOD_SECONDS)
        return code

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for events until a condition holds; the test's own time limit is the only one."""
        while not condition():
            self._told.clear()
            await self._told.wait()

    async def next_event(self) -> None:
        """Wait until something more is told."""
        count = len(self.events)
        await self.until(lambda: len(self.events) > count)

    async def until_idle(self) -> None:
        """Let what this engine has started make one step."""
        waiting = [task for task in self._tasks if not task.done()]
        if waiting:
            await asyncio.wait(waiting, timeout=0.02)

    def connection(self) -> ConnectionState | None:
        """The connection state that was told last."""
        for event in reversed(self.events):
            if isinstance(event, StatusChanged):
                return event.status.connection
        return None

    def _publish(self, event: Event) -> None:
        self.events.append(event)
        self._told.set()

    async def synchronise(self) -> SyncReport:
        """Send and receive until nothing is left to do."""
        return await self.do(Synchronise())


async def settle(practices: Sequence[Practice], *, rounds: int = 6) -> None:
    """Let everybody synchronise until nobody has anything to send or receive."""
    for _ in range(rounds):
        reports = [await practice.synchronise() for practice in practices]
        if not any(report.received or report.sent for report in reports):
            return
    raise AssertionError("the practices do not come to rest")


async def failure_of(practice: Practice, command: Command[Any]) -> str:
    """The code with which a command fails."""
    try:
        await practice.do(command)
    except CommandError as error:
        return error.failure.value
    raise AssertionError("the command did not fail")
