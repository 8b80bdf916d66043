# SPDX-License-Identifier: AGPL-3.0-or-later
"""Ends an engine between any two of its steps: before or after the N-th transaction or request.

A crash is no `Exception`, so nothing in the engine can catch and survive it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from app.engine.ports.folders import WatchedFolders
    from app.engine.ports.relay import Relay
    from app.engine.ports.vault import Store, Vault

T = TypeVar("T")


class CrashError(BaseException):
    """The process has ended."""


READS = frozenset(
    {
        "assurances",
        "checkpoint",
        "consistency",
        "describe",
        "directory_entry",
        "envelope_receipt",
        "factors",
        "key_events",
        "mailbox",
        "read_journal",
        "search_directory",
        "timestamps",
        "sessions",
    }
)
"""Requests after which the relay is as it was before."""


FOLDER_READS = frozenset(
    {
        "free_name",
        "look",
        "path_of",
        "read_beside",
        "read_claimed",
        "read_note",
        "read_result",
        "safe_name",
    }
)
"""What the folders tell without changing anything."""


class Countdown:
    """Counts steps; at zero everything ends. None never ends.

    With `only_writes` just those steps count after which something is kept that was not there before.
    """

    def __init__(self, steps: int | None = None, *, only_writes: bool = False) -> None:
        self.left = steps
        self.only_writes = only_writes
        self.has_crashed = False

    def step(self, *, has_written: bool = False) -> None:
        """Pass one point at which a process can end. Raises CrashError from the last one on."""
        if self.left is None or (self.only_writes and not has_written):
            return
        if self.left <= 0:
            self.has_crashed = True
            raise CrashError
        self.left -= 1


class CrashingVault:
    """Implements `Vault` on a real one; a step stands before each transaction and after each commit."""

    def __init__(self, vault: Vault, countdown: Countdown) -> None:
        self._vault = vault
        self._countdown = countdown

    async def run(self, work: Callable[[Store], T]) -> T:
        """See the port."""
        self._countdown.step()
        has_written = False

        def watched(store: Store) -> T:
            nonlocal has_written
            database = store.identity._db  # type: ignore[attr-defined] # of the one store there is
            before = database.total_changes
            result = work(store)
            has_written = database.total_changes > before
            return result

        result = await self._vault.run(watched)
        self._countdown.step(has_written=has_written)
        return result

    async def read(self, work: Callable[[Store], T]) -> T:
        """See the port."""
        self._countdown.step()
        return await self._vault.read(work)

    async def close(self) -> None:
        """See the port."""
        await self._vault.close()


class CrashingRelay:
    """Implements `Relay` on another one; a step stands before each request and after each answer."""

    def __init__(self, relay: Relay, countdown: Countdown) -> None:
        self._relay = relay
        self._countdown = countdown

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any method of the port
        method = getattr(self._relay, name)
        if name in {"facts", "close"}:
            return method
        if name in {"download_blob", "events"}:
            return lambda *args, **kwargs: self._stream(method(*args, **kwargs))
        writes = name not in READS
        return lambda *args, **kwargs: self._ask(method(*args, **kwargs), has_written=writes)

    async def _ask(self, request: Awaitable[T], *, has_written: bool) -> T:
        try:
            self._countdown.step()
        except CrashError:
            request.close()  # type: ignore[attr-defined] # a coroutine that never began
            raise
        answer = await request
        self._countdown.step(has_written=has_written)
        return answer

    async def _stream(self, parts: AsyncIterator[T]) -> AsyncIterator[T]:
        self._countdown.step()
        async for part in parts:
            yield part
            self._countdown.step()


class CrashingFolders:
    """Implements `WatchedFolders` on another one; a step stands before and after whatever changes the disk."""

    def __init__(self, folders: WatchedFolders, countdown: Countdown) -> None:
        self._folders = folders
        self._countdown = countdown

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any method of the port
        method = getattr(self._folders, name)
        if name in FOLDER_READS:
            return method

        def crashing(*args: object, **kwargs: object) -> object:
            self._countdown.step()
            result = method(*args, **kwargs)
            self._countdown.step(has_written=True)
            return result

        return crashing


def crashing_folders(folders: WatchedFolders, countdown: Countdown) -> WatchedFolders:
    """Return folders at which an engine can end."""
    crashing: Any = CrashingFolders(folders, countdown)
    return crashing  # type: ignore[no-any-return]
