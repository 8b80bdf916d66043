# SPDX-License-Identifier: AGPL-3.0-or-later
"""The session at the relay: its access token in memory, its refresh token in the vault. Imports ports only.

A refresh token serves once. The vault notes that it was sent before it is sent, and keeps the new one
before anybody hears of it, so that an engine that ends in between knows what happened: the token is tried
once more, and when the relay has indeed seen it, a sign-in is needed and no alarm is raised.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from app.engine.ports.relay import RelayRefusedError, SignInNeededError, SignInRefusedError
from app.engine.ports.vault import Setting, Store, StoredAlarm
from app.interface.events import Alarm
from app.interface.snapshots import AlarmKind
from crypto_core.wire.oauth import REASON_REMOVED, REASON_REUSED, OAuthError

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.engine.ports.machine import Clock
    from app.engine.ports.relay import Grant, Relay
    from app.engine.ports.vault import Vault
    from app.interface.events import Event

EARLY_SECONDS: Final = 30
"""An access token that ends so soon is renewed before it is refused."""
SETTLE_SECONDS: Final = 5.0

_FATAL: Final = frozenset({OAuthError.INVALID_GRANT, OAuthError.ACCESS_DENIED})
"""Refusals after which the refresh token is worth nothing."""


class Ended(StrEnum):
    """Why a session ended; a front end tells it."""

    OVER = "over"
    """Its time is over, or it was ended from another computer."""
    REUSED = "reused"
    """Somebody used a copy of its refresh token: the relay has ended all that came of it."""
    INTERRUPTED = "interrupted"
    """A renewal broke off half-way, so its token was spent without a new one."""
    SIGNED_OUT = "signed-out"
    COPIED = "copied"
    """The relay knows that this profile was copied or put back: nothing of it reaches the relay."""
    REMOVED = "removed"
    """The relay, or the account's key history, says that this computer is none of the account's any more."""
    DOUBTED = "doubted"
    """This computer remembers a later sign-in than the profile does: the relay has to say what is so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Access:
    token: str = field(repr=False)
    good_until: float
    """On the monotonic clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    refresh_token: str | None = field(repr=False)
    was_started: bool
    ended: Ended | None


class Tokens:
    """Implements `AccessTokens` for one unlocked account."""

    def __init__(self, vault: Vault, *, clock: Clock, publish: Callable[[Event], None]) -> None:
        self._vault = vault
        self._clock = clock
        self._publish = publish
        self._access: _Access | None = None
        self._renewal: asyncio.Task[str] | None = None
        self._changing = asyncio.Lock()

    def access_token(self) -> str | None:
        """The token that is believed to be good."""
        if self._access is None or self._clock.monotonic() >= self._access.good_until:
            return None
        return self._access.token

    async def renew(self, relay: Relay, *, refused: str | None) -> str:
        """Return a token other than `refused`; see the port.

        The renewal goes on when whoever asked for it is gone: broken off, it would cost a sign-in.
        """
        current = self.access_token()
        if current is not None and current != refused:
            return current
        if self._renewal is None:
            self._renewal = asyncio.create_task(self._renew(relay, refused))
            self._renewal.add_done_callback(self._renewed)
        return await asyncio.shield(self._renewal)

    async def begin(self, grant: Grant, then: Callable[[Store], None]) -> str | None:
        """Start a session with what a sign-in gave, and return the refresh token of the one before it.

        `then` belongs to the same transaction.
        """

        def keep(store: Store) -> str | None:
            before = _load(store).refresh_token
            _keep(store, grant)
            then(store)
            return before

        async with self._changing:
            before = await self._vault.run(keep)
            self._hold(grant)
        return before

    async def end(self, ended: Ended) -> None:
        """Forget the session."""
        async with self._changing:
            self._access = None
            await self._vault.run(lambda store: _forget(store, ended))

    async def ended(self) -> Ended | None:
        """Why there is no session, None if there is one, or never was."""
        stored = await self._vault.run(_load)
        return None if stored.refresh_token is not None else stored.ended

    async def settle(self) -> None:
        """Let a renewal that has begun come to its end, within reason."""
        if self._renewal is not None:
            await asyncio.wait({self._renewal}, timeout=SETTLE_SECONDS)

    # --- inside ------------------------------------------------------------------------------

    async def _renew(self, relay: Relay, refused: str | None) -> str:
        async with self._changing:
            current = self.access_token()
            if current is not None and current != refused:
                return current
            return await self._ask(relay)

    async def _ask(self, relay: Relay) -> str:
        stored = await self._vault.run(_start)
        if stored.refresh_token is None:
            raise _needed(stored.ended)
        try:
            grant = await relay.refresh(stored.refresh_token)
        except (RelayRefusedError, SignInRefusedError) as error:
            if isinstance(error, SignInRefusedError) and error.error in _FATAL:
                raise _needed(await self._lose(stored, error.reason)) from error
            if not stored.was_started:
                await self._vault.run(_take_back)
            raise
        await self._vault.run(lambda store: _keep(store, grant))
        self._hold(grant)
        return grant.access_token

    async def _lose(self, stored: _Stored, reason: str) -> Ended:
        ended = Ended.OVER
        kind = AlarmKind.SESSION_COPIED
        if reason == REASON_REUSED:
            ended = Ended.INTERRUPTED if stored.was_started else Ended.REUSED
        elif reason == REASON_REMOVED:
            ended, kind = Ended.REMOVED, AlarmKind.DEVICE_REMOVED
        # A moment tells one such event from the next; each is told.
        now = self._clock.now()
        moment = datetime.fromtimestamp(now / 1000, tz=UTC).strftime("%Y-%m-%d %H:%M UTC")
        detail = str(now) if ended is Ended.REMOVED else moment
        alarm = StoredAlarm(kind=kind, detail=detail, at=now)
        is_alarming = ended in {Ended.REUSED, Ended.REMOVED}

        def forget(store: Store) -> None:
            _forget(store, ended)
            if is_alarming:
                store.identity.add_alarm(alarm)

        self._access = None
        await self._vault.run(forget)
        if is_alarming:
            self._publish(Alarm(kind=alarm.kind, detail=alarm.detail))
        return ended

    def _hold(self, grant: Grant) -> None:
        lasts = max(0, grant.expires_in - EARLY_SECONDS)
        self._access = _Access(token=grant.access_token, good_until=self._clock.monotonic() + lasts)

    def _renewed(self, renewal: asyncio.Task[str]) -> None:
        self._renewal = None
        if not renewal.cancelled():
            # Perhaps nobody waits any more; then nobody else will look at it.
            renewal.exception()


def _needed(ended: Ended | None) -> SignInNeededError:
    return SignInNeededError("" if ended is None else ended.value)


def _load(store: Store) -> _Stored:
    token = store.identity.setting(Setting.REFRESH_TOKEN)
    ended = store.identity.setting(Setting.SESSION_ENDED)
    return _Stored(
        refresh_token=None if token is None else token.decode("ascii"),
        was_started=store.identity.setting(Setting.RENEWAL_STARTED) is not None,
        ended=None if ended is None else Ended(ended.decode("ascii")),
    )


def _start(store: Store) -> _Stored:
    stored = _load(store)
    if stored.refresh_token is not None:
        store.identity.put_setting(Setting.RENEWAL_STARTED, b"1")
    return stored


def _take_back(store: Store) -> None:
    store.identity.put_setting(Setting.RENEWAL_STARTED, None)


def _keep(store: Store, grant: Grant) -> None:
    store.identity.put_setting(Setting.REFRESH_TOKEN, grant.refresh_token.encode("ascii"))
    store.identity.put_setting(Setting.RENEWAL_STARTED, None)
    store.identity.put_setting(Setting.SESSION_ENDED, None)


def _forget(store: Store, ended: Ended) -> None:
    store.identity.put_setting(Setting.REFRESH_TOKEN, None)
    store.identity.put_setting(Setting.RENEWAL_STARTED, None)
    store.identity.put_setting(Setting.SESSION_ENDED, ended.value.encode("ascii"))
