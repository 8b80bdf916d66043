# SPDX-License-Identifier: AGPL-3.0-or-later
"""Linking a second computer, from both sides (`crypto_core/spec/linking.md`).

Nothing is stored before the owner has compared three words. From then on the old computer's vault has what is
left to do, so that an end of the program at any point leaves the new computer either in or out. The new
computer's profile is written in one transaction, when all that belongs into it is there.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeAlias

from app.engine import decisions, devices, histories, known_kits, new_kit, packages, restoring
from app.engine.accounts import Surroundings, require_strong
from app.engine.correspondents import known_history, refresh_history
from app.engine.ports.relay import (
    Caller,
    Relay,
    RelayError,
    RelayRefusedError,
    RelayUnreachableError,
    RelayUntrustedError,
)
from app.engine.ports.vault import Setting, VaultError
from app.engine.session import CONNECTION_REFUSALS, tell_devices
from app.interface.events import LinkEnded, LinkOffered
from app.interface.failures import CommandError, Failure
from app.interface.snapshots import (
    Done,
    HistoryChoice,
    LinkJoined,
    LinkOutcome,
    LinkShown,
    ProfileState,
)
from crypto_core.errors import CryptoCoreError, UnreadableWordError, WireError
from crypto_core.keys.comparison import link_words
from crypto_core.keys.linking import (
    OwnOffer,
    draw_link_secret,
    link_id_of,
    make_offer,
    open_offer,
    seal_grant,
)
from crypto_core.trust.checkpoints import parse_log_identity
from crypto_core.trust.devices import find_device
from crypto_core.wire.codec import Range, Size, decode, encode
from crypto_core.wire.enrolment import Enrolment, parse_enrolment
from crypto_core.wire.ids import AccountId, DeviceId, Hash, UnixMillis
from crypto_core.wire.kit import KitKeys
from crypto_core.wire.limits import MAX_DEVICES
from crypto_core.wire.linking import (
    LINK_PREFIX,
    LINK_SECONDS,
    MAX_SEALED_GRANT_BYTES,
    LinkGrant,
    LinkId,
    LinkInvitation,
    LinkOffer,
    format_link,
    parse_link,
)
from crypto_core.wire.relay_api import (
    OpenLinkRequest,
    ProblemCode,
    SealedLinkGrant,
    SealedLinkOffer,
)
from crypto_core.wire.words import WordLanguage, format_secret_words, parse_secret_words

if TYPE_CHECKING:
    from app.engine.ports.vault import Owner, Profile, Store, Vault
    from app.engine.session import Session
    from app.interface.commands import BeginLink, ConfirmLink, JoinLink

_log = logging.getLogger(__name__)

POLL_SECONDS: Final = 2.0
"""How often a computer looks whether the other one has answered."""
_MONTH_MILLIS: Final = 30 * 86_400_000

Start: TypeAlias = Callable[[Coroutine[Any, Any, None]], "asyncio.Task[None]"]
Joined: TypeAlias = Callable[["Vault", "Owner"], Awaitable[None]]
"""Takes over the new profile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmedLink:
    """What is left to do for a computer that the owner has confirmed; kept in the vault until it is done."""

    link: LinkId
    sealed: Annotated[bytes, Size.up_to(MAX_SEALED_GRANT_BYTES)] = field(repr=False)
    device: DeviceId
    ends_at: UnixMillis
    has_history: bool
    months: Annotated[int, Range(0, 1200)]
    """0 for all of it."""


@dataclass(slots=True, kw_only=True)
class _Open:
    """A link that is shown."""

    secret: bytes = field(repr=False)
    link: LinkId
    ends_at: UnixMillis
    language: WordLanguage
    offer: LinkOffer | None = None
    words: tuple[str, ...] = ()
    watching: asyncio.Task[None] | None = None


class OldComputer:
    """The side that has the account."""

    def __init__(self, session: Session, *, start: Start, poll_seconds: float) -> None:
        self._session = session
        self._start = start
        self._poll_seconds = poll_seconds
        self._open: _Open | None = None

    async def begin(self, command: BeginLink) -> LinkShown:
        """Open a link and show it. Raises RelayError, CommandError."""
        session = self._session
        await self._forget(LinkOutcome.CANCELLED)
        secret = draw_link_secret(session.random)
        link = link_id_of(secret)
        await session.relay.open_link(OpenLinkRequest(link=link))
        shown = _Open(
            secret=secret,
            link=link,
            ends_at=UnixMillis(session.now() + LINK_SECONDS * 1000),
            language=command.language,
        )
        self._open = shown
        shown.watching = self._start(self._watch(shown))
        invitation = LinkInvitation(
            version=1, enrolment=session.enrolment, account=session.owner.account, secret=secret
        )
        return LinkShown(
            text=format_link(invitation),
            words=format_secret_words(secret, command.language),
            ends_at=shown.ends_at,
        )

    async def confirm(self, command: ConfirmLink) -> Done:
        """Let the computer in whose words were compared. Raises CommandError, RelayError."""
        session, shown = self._session, self._open
        if shown is None or shown.offer is None:
            raise CommandError(Failure.LINK_NOT_OFFERED)
        if tuple(word.strip().casefold() for word in command.words) != shown.words:
            raise CommandError(Failure.LINK_OTHER_WORDS)
        history = await refresh_history(session, session.owner.account)
        listed = history.lists[-1].devices.devices
        entry = shown.offer.entry
        if len(listed) >= MAX_DEVICES or find_device(history.lists[-1].devices, entry.device):
            raise CommandError(Failure.INVALID)
        grant = await session.vault.run(lambda store: _grant(store, session))
        sealed = await asyncio.to_thread(seal_grant, shown.link, shown.offer, grant)
        confirmed = ConfirmedLink(
            link=shown.link,
            sealed=sealed,
            device=entry.device,
            ends_at=shown.ends_at,
            has_history=command.history is not HistoryChoice.NONE,
            months=0 if command.history is HistoryChoice.ALL else command.months,
        )

        def keep(store: Store) -> None:
            store.identity.put_setting(Setting.LINK_CONFIRMED, encode(confirmed))

        try:
            await devices.publish(session, history, (*listed, entry), keep)
        except RelayRefusedError:
            await session.vault.run(_forget_confirmed)
            raise
        self._open = None
        await finish(session)
        return Done()

    async def cancel(self) -> None:
        """End a link that is not confirmed. Raises nothing: at the relay it ends by itself as well."""
        await self._forget(LinkOutcome.CANCELLED)

    async def _forget(self, outcome: LinkOutcome) -> None:
        shown, self._open = self._open, None
        if shown is None:
            return
        if shown.watching is not None and shown.watching is not asyncio.current_task():
            shown.watching.cancel()
        with contextlib.suppress(RelayError):
            await self._session.relay.end_link(shown.link)
        self._session.publish(LinkEnded(outcome=outcome))

    async def _watch(self, shown: _Open) -> None:
        """Wait for the offer, tell its words, and end the link when its time is over."""
        session = self._session
        while self._open is shown and session.now() < shown.ends_at:
            await asyncio.sleep(self._poll_seconds)
            if shown.offer is not None:
                continue
            try:
                given = await session.relay.link_offer(shown.link)
                offer = open_offer(shown.secret, given.sealed)
            except RelayError as error:
                if _is_to_be_awaited(error):
                    continue
                await self._forget(LinkOutcome.FAILED)
                return
            except CryptoCoreError:
                # Whoever left this does not have the secret.
                await self._forget(LinkOutcome.FAILED)
                return
            words = await asyncio.to_thread(link_words, shown.link, offer, shown.language)
            shown.offer, shown.words = offer, words
            session.publish(LinkOffered(words=words))
        if self._open is shown:
            await self._forget(LinkOutcome.EXPIRED)


def _grant(store: Store, session: Session) -> LinkGrant:
    root = store.identity.setting(Setting.KIT_ROOT)
    public_key = store.identity.setting(Setting.KIT_PUBLIC_KEY)
    if root is None or public_key is None:
        raise CommandError(Failure.INVALID)
    following = known_kits.following(store)
    newest = packages.State.load(store)
    return LinkGrant(
        version=1,
        kit=KitKeys(
            version=1,
            root=Hash(root),
            account_secret=new_kit.own_secret(store, session),
            public_key=public_key,
        ),
        next_kit=None if following is None else following.kit,
        package=restoring.gather(store, session, number=1 if newest is None else newest.number),
    )


async def finish(session: Session) -> None:
    """Do what is left for a computer that was confirmed; harmless when nothing is. Raises RelayError."""
    stored = await session.vault.run(lambda store: store.identity.setting(Setting.LINK_CONFIRMED))
    if stored is None:
        return
    confirmed = decode(ConfirmedLink, stored)
    history = await known_history(session, session.owner.account)
    if history is None or find_device(history.lists[-1].devices, confirmed.device) is None:
        if await session.vault.run(_is_list_pending):
            return
        # The relay refused the list, so the computer was never let in, and nothing was granted.
        await session.vault.run(_forget_confirmed)
        session.publish(LinkEnded(outcome=LinkOutcome.FAILED))
        return
    try:
        await session.relay.put_link_answer(
            confirmed.link, SealedLinkGrant(sealed=confirmed.sealed)
        )
    except RelayRefusedError as error:
        is_early = session.now() < confirmed.ends_at
        if error.code in CONNECTION_REFUSALS:
            raise
        if error.code is ProblemCode.STEP_UP_NEEDED and is_early:
            raise

        def leave(store: Store) -> None:
            _forget_confirmed(store)
            store.identity.put_setting(Setting.LINK_UNFINISHED, confirmed.device)

        # Listed, and without what it needs: it has to go again.
        await session.vault.run(leave)
        session.publish(LinkEnded(outcome=LinkOutcome.FAILED))
        await remove_unfinished(session)
        return
    since = session.now() - confirmed.months * _MONTH_MILLIS if confirmed.months else 0

    def begin(store: Store) -> None:
        _forget_confirmed(store)
        if confirmed.has_history:
            histories.begin(store, confirmed.device, since=UnixMillis(max(0, since)))
        # The package names correspondents and no more; letters to come are filed under the same patients.
        store.marks.share(session.now())
        decisions.share(store, session, confirmed.device)

    await session.vault.run(begin)
    session.publish(LinkEnded(outcome=LinkOutcome.DONE))
    tell_devices(session)
    session.wakes.outbox.set()


async def remove_unfinished(session: Session) -> None:
    """Remove a computer that was let in and never got what it needs, as soon as the relay takes it. Raises RelayError."""
    stored = await session.vault.run(lambda store: store.identity.setting(Setting.LINK_UNFINISHED))
    if stored is None:
        return
    try:
        await devices.revoke(session, DeviceId(stored))
    except RelayRefusedError as error:
        if error.code in CONNECTION_REFUSALS:
            raise
        return
    except CommandError as error:
        if error.failure is not Failure.UNKNOWN_DEVICE:
            return
    await session.vault.run(lambda store: store.identity.put_setting(Setting.LINK_UNFINISHED, None))


def _forget_confirmed(store: Store) -> None:
    store.identity.put_setting(Setting.LINK_CONFIRMED, None)


def _is_list_pending(store: Store) -> bool:
    pending = store.outbox.first_pending()
    return pending is not None and pending.encoded_key_event is not None


def _is_to_be_awaited(error: RelayError) -> bool:
    if isinstance(error, RelayUnreachableError):
        return True
    if not isinstance(error, RelayRefusedError):
        return False
    return error.code is ProblemCode.NOT_FOUND or error.code in CONNECTION_REFUSALS


# --- the new computer ----------------------------------------------------------------------------


@dataclass(slots=True, kw_only=True)
class _Joining:
    relay: Relay
    offer: OwnOffer
    device: restoring.NewDevice
    account: AccountId | None
    enrolment: Enrolment
    passphrase: str = field(repr=False)
    name: str
    ends_at: UnixMillis
    waiting: asyncio.Task[None] | None = None


class NewComputer:
    """The side that has nothing yet."""

    def __init__(
        self, around: Surroundings, *, start: Start, joined: Joined, poll_seconds: float
    ) -> None:
        self._around = around
        self._start = start
        self._joined = joined
        self._poll_seconds = poll_seconds
        self._joining: _Joining | None = None

    async def join(self, command: JoinLink) -> LinkJoined:
        """Answer a picture or twelve words, and wait from then on. Raises CommandError, RelayError."""
        around = self._around
        if around.profile.state() is not ProfileState.EMPTY:
            raise CommandError(Failure.PROFILE_EXISTS)
        secret, enrolment, account = _read(command)
        require_strong(command.passphrase)
        await self._forget(LinkOutcome.CANCELLED)
        device = restoring.NewDevice.invent(around.machine.random_bytes)
        now = around.machine.clock.now()
        offer = await asyncio.to_thread(
            lambda: make_offer(secret, device.entry(now), random_bytes=around.machine.random_bytes)
        )
        key = device.request_key
        relay = around.relay_factory(
            enrolment, Caller(request_key=key.public_key().public_bytes_raw(), sign=key.sign)
        )
        try:
            await _require_relay(relay, enrolment)
            await relay.put_link_offer(offer.link, SealedLinkOffer(sealed=offer.sealed))
        except RelayRefusedError as error:
            await relay.close()
            if error.code is ProblemCode.CONFLICT:
                raise CommandError(Failure.LINK_TAKEN) from error
            if error.code is ProblemCode.NOT_FOUND:
                raise CommandError(Failure.LINK_ENDED) from error
            raise
        except BaseException:
            await relay.close()
            raise
        words = await asyncio.to_thread(link_words, offer.link, offer.offer, command.language)
        joining = _Joining(
            relay=relay,
            offer=offer,
            device=device,
            account=account,
            enrolment=enrolment,
            passphrase=command.passphrase,
            name=command.name.strip(),
            ends_at=UnixMillis(now + LINK_SECONDS * 1000),
        )
        self._joining = joining
        joining.waiting = self._start(self._wait(joining))
        return LinkJoined(words=words, ends_at=joining.ends_at)

    async def cancel(self) -> None:
        """Wait no longer; nothing of it remains."""
        await self._forget(LinkOutcome.CANCELLED)

    async def close(self) -> None:
        """End with the engine."""
        joining, self._joining = self._joining, None
        if joining is not None:
            if joining.waiting is not None:
                joining.waiting.cancel()
                await asyncio.gather(joining.waiting, return_exceptions=True)
            await joining.relay.close()

    async def _forget(self, outcome: LinkOutcome) -> None:
        joining, self._joining = self._joining, None
        if joining is None:
            return
        if joining.waiting is not None and joining.waiting is not asyncio.current_task():
            joining.waiting.cancel()
        with contextlib.suppress(RelayError):
            await joining.relay.end_link(joining.offer.link)
        await joining.relay.close()
        self._around.publish(LinkEnded(outcome=outcome))

    async def _wait(self, joining: _Joining) -> None:
        around, was_away = self._around, False
        while self._joining is joining and around.machine.clock.now() < joining.ends_at:
            await asyncio.sleep(self._poll_seconds)
            try:
                if was_away:
                    # Whether ours is still the offer that counts.
                    await joining.relay.put_link_offer(
                        joining.offer.link, SealedLinkOffer(sealed=joining.offer.sealed)
                    )
                    was_away = False
                given = await joining.relay.link_answer(joining.offer.link)
                grant = joining.offer.open_grant(given.sealed, account=joining.account)
            except RelayError as error:
                was_away = was_away or isinstance(error, RelayUnreachableError)
                if _is_to_be_awaited(error):
                    continue
                is_taken = isinstance(error, RelayRefusedError) and (
                    error.code is ProblemCode.CONFLICT
                )
                await self._forget(LinkOutcome.TAKEN if is_taken else LinkOutcome.FAILED)
                return
            except CryptoCoreError:
                _log.warning("the answer to a link does not hold")
                await self._forget(LinkOutcome.FAILED)
                return
            await self._take(joining, grant)
            return
        if self._joining is joining:
            await self._forget(LinkOutcome.EXPIRED)

    async def _take(self, joining: _Joining, grant: LinkGrant) -> None:
        try:
            vault, owner = await _write(self._around, joining, grant)
        except (VaultError, CryptoCoreError) as error:
            _log.warning("the profile could not be written: %s", type(error).__name__)
            await self._around.profile.discard()
            await self._forget(LinkOutcome.FAILED)
            return
        self._joining = None
        await joining.relay.close()
        await self._joined(vault, owner)
        self._around.publish(LinkEnded(outcome=LinkOutcome.DONE))


async def _require_relay(relay: Relay, enrolment: Enrolment) -> None:
    described = await relay.describe()
    if described.log_keys != enrolment.log_keys:
        raise RelayUntrustedError("the relay's log is not the one of the enrolment")


def _read(command: JoinLink) -> tuple[bytes, Enrolment, AccountId | None]:
    """Read a picture's text, or words and enrolment. Raises CommandError."""
    text = command.text.strip()
    if text.casefold().startswith(LINK_PREFIX.split("/", maxsplit=1)[0]):
        try:
            invitation = parse_link(text)
        except WireError:
            raise CommandError(Failure.LINK_INVALID) from None
        return invitation.secret, invitation.enrolment, invitation.account
    try:
        secret = parse_secret_words(text)
    except UnreadableWordError as error:
        raise CommandError(Failure.LINK_INVALID, str(error.position)) from None
    except WireError:
        raise CommandError(Failure.LINK_INVALID) from None
    try:
        return secret, parse_enrolment(command.enrolment), None
    except WireError:
        raise CommandError(Failure.ENROLMENT_INVALID) from None


async def _write(around: Surroundings, joining: _Joining, grant: LinkGrant) -> tuple[Vault, Owner]:
    """Make the profile: one transaction, and then one file that makes it count. Raises VaultError, CryptoCoreError."""
    package = grant.package
    if package.enrolment and parse_enrolment(package.enrolment) != joining.enrolment:
        raise WireError("the grant is for another relay")
    owner = restoring.owner_of(package, joining.device, account_secret=grant.kit.account_secret)
    log = parse_log_identity(joining.enrolment.log_keys)
    vault = await around.profile.create(joining.passphrase)

    def fill(store: Store) -> None:
        restoring.write(
            store,
            owner,
            package,
            kit=grant.kit,
            next_kit=grant.next_kit,
            log=log,
            now=around.machine.clock.now(),
        )
        store.identity.name_device(owner.device, joining.name)
        store.identity.put_setting(Setting.JOINED, b"1")

    await vault.run(fill)
    await around.profile.seal_to_kits(await vault.run(known_kits.public_keys))
    await around.profile.confirm()
    return vault, owner


async def settle_passphrase(session: Session, profile: Profile, passphrase: str) -> None:
    """After the first sign-in of a linked computer: the account's passphrase is what unlocks it.

    Whoever mistyped it when linking could not have known. Raises VaultError.
    """
    if await session.vault.run(lambda store: store.identity.setting(Setting.JOINED)) is None:
        return
    await profile.rewrap(passphrase)
    await profile.confirm_passphrase()
    await session.vault.run(lambda store: store.identity.put_setting(Setting.JOINED, None))
