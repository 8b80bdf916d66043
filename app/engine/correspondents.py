# SPDX-License-Identifier: AGPL-3.0-or-later
"""Key histories of other accounts (and the own): fetched, verified, held against the map of keys, kept, told.

What happened to a person's keys becomes a sentence about the person; what nobody expects stops letters to them.
What happened to the own keys and was not done here becomes a question, "was it you?", if one of the own computers
did it, and an alarm if nobody knows who did.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from app.engine.audit import see_checkpoint
from app.engine.ports.relay import RelayUntrustedError
from app.engine.session import Session, raise_alarm, tell_contacts, tell_devices
from app.engine.tokens import Ended
from app.interface.snapshots import AlarmKind, ContactState, KeyNewsKind
from crypto_core.errors import CryptoCoreError, KeyMapMismatchError, StaleKeyMapError
from crypto_core.trust.assurance import heads_of
from crypto_core.trust.devices import find_device
from crypto_core.trust.key_history import KeyHistory, RecordedEvent
from crypto_core.trust.key_map import check_key_answer
from crypto_core.trust.signatures import pseudonym_of, sha256
from crypto_core.trust.tlog_proof import parse_proof, verify_tlog_proof
from crypto_core.wire.audit import AuditLeaf, AuditStatement
from crypto_core.wire.codec import decode
from crypto_core.wire.devices import KeyEventKind
from crypto_core.wire.key_map import KEY_MAP_FRESH_SECONDS, MapEntry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.engine.ports.vault import Store
    from crypto_core.wire.devices import DeviceEntry, DeviceList
    from crypto_core.wire.ids import AccountId, DevicePseudonym, Hash, UnixMillis
    from crypto_core.wire.key_map import KeyMapAnswer
    from crypto_core.wire.relay_api import LoggedKeyEvent

_OWN_NEWS: Final = {
    KeyNewsKind.COMPUTER_ADDED: AlarmKind.OWN_COMPUTER_ADDED,
    KeyNewsKind.COMPUTER_REMOVED: AlarmKind.OWN_COMPUTER_REMOVED,
    KeyNewsKind.KIT_CHANGE_ANNOUNCED: AlarmKind.OWN_KIT_ANNOUNCED,
    KeyNewsKind.KIT_CHANGE_VETOED: AlarmKind.OWN_KIT_CALLED_OFF,
    KeyNewsKind.RESTORED: AlarmKind.OWN_KEYS_REPLACED,
}
"""What another own computer may have done, or who has the kit, and how it is told."""

_CORRESPONDENTS: Final = frozenset(
    {ContactState.ACCEPTED, ContactState.REQUESTED, ContactState.WAITING}
)


class CorrespondentUntrustedError(RelayUntrustedError):
    """What the relay handed out for an account does not verify, or contradicts what was known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _NewEvent:
    """A verified event, and the histories before and after it."""

    before: KeyHistory
    after: KeyHistory
    recorded: RecordedEvent
    statement: bytes
    """What its leaf wraps."""
    proof: str

    @property
    def actor(self) -> DevicePseudonym:
        """The device that published it, or the relay for a veto."""
        return decode(AuditStatement, self.statement).actor

    @property
    def publisher_was_listed(self) -> bool:
        """Whether a device published it that was one of the account's already."""
        newest = self.before.newest
        return newest is not None and any(
            pseudonym_of(entry.device) == self.actor for entry in newest.devices
        )


async def known_history(session: Session, account: AccountId) -> KeyHistory | None:
    """What the vault has about an account."""
    histories = await session.vault.run(lambda store: store.trust.histories([account]))
    return histories.get(account)


async def is_proven(session: Session, account: AccountId) -> bool:
    """Whether the log has committed to exactly the known keys of an account within a day (PROTOCOL §7)."""
    proven_at = await session.vault.run(lambda store: store.trust.proven_at(account))
    return session.now() - proven_at <= KEY_MAP_FRESH_SECONDS * 1000


async def refresh_history(
    session: Session, account: AccountId, *, complete_to: int = 0
) -> KeyHistory:
    """Fetch the key events that are not known yet, verify each, keep and tell them, and check the map of keys.

    `complete_to` is the size of a log that was verified before this is called: every event up to there must
    now be known. A map that is too old is told and no error: see `is_proven`. Raises
    CorrespondentUntrustedError, and RelayError (a refusal NOT_FOUND for an unknown account).
    """
    history, newest = await _fetch(session, account, complete_to)
    try:
        await _check_map(session, history, newest)
    except KeyMapMismatchError:
        # Perhaps something happened between two pages; once more, and then it is no accident.
        history, newest = await _fetch(session, account, complete_to)
        try:
            await _check_map(session, history, newest)
        except KeyMapMismatchError as error:
            await _contradicted(session, account)
            raise CorrespondentUntrustedError("the log contradicts the keys") from error
    await _check_pin(session, history)
    if account == session.owner.account:
        await _notice_removal(session, history)
    return history


async def _fetch(
    session: Session, account: AccountId, complete_to: int
) -> tuple[KeyHistory, KeyMapAnswer]:
    base = await known_history(session, account) or KeyHistory(account=account)
    history = base
    while True:
        answer = await session.relay.key_events(account, after=history.number)
        added: list[_NewEvent] = []
        try:
            for logged in answer.events:
                added.append(await _continued(session, history, logged))
                history = added[-1].after
        except CryptoCoreError as error:
            raise CorrespondentUntrustedError("the key events do not verify") from error
        is_last = not (answer.more and answer.events)
        await _keep(session, account, base, added, complete_to if is_last else 0)
        if is_last:
            break
    if history.newest is None:
        raise CorrespondentUntrustedError("the account has no devices")
    return history, answer.newest


async def _continued(session: Session, history: KeyHistory, logged: LoggedKeyEvent) -> _NewEvent:
    """Verify one event and its place in the log."""
    verified = verify_tlog_proof(logged.proof, log=session.log)
    after = history.continued(
        logged.event,
        leaf=verified.leaf,
        log_index=verified.index,
        log_key=session.log.ed25519.public_key,
    )
    await see_checkpoint(session, parse_proof(logged.proof).checkpoint)
    leaf = decode(AuditLeaf, verified.leaf)
    return _NewEvent(
        before=history,
        after=after,
        recorded=RecordedEvent(
            event=logged.event, log_index=verified.index, relay_time=leaf.relay_time
        ),
        statement=leaf.statement,
        proof=logged.proof,
    )


# --- the map of keys -----------------------------------------------------------------------------


async def _check_map(session: Session, history: KeyHistory, newest: KeyMapAnswer) -> None:
    """Hold a history against what the log commits to. Raises KeyMapMismatchError, CorrespondentUntrustedError."""
    account = history.account
    try:
        view = check_key_answer(
            newest,
            account=account,
            shown=MapEntry(number=history.number, head=history.head),
            log=session.log,
            now=session.now(),
        )
        await see_checkpoint(session, parse_proof(newest.receipt).checkpoint)
    except KeyMapMismatchError:
        raise
    except StaleKeyMapError as error:
        await _tell_old_map(session, account, error.relay_time)
        return
    except CryptoCoreError as error:
        raise CorrespondentUntrustedError("the map of keys does not verify") from error
    await session.vault.run(lambda store: store.trust.note_proven(account, view.relay_time))


async def _tell_old_map(session: Session, account: AccountId, relay_time: int) -> None:
    """Warn about an accepted contact or the own account; a first contact waits instead."""
    states = await session.vault.run(lambda store: store.contacts.states([account]))
    if account == session.owner.account or states.get(account) is ContactState.ACCEPTED:
        day = datetime.fromtimestamp(relay_time / 1000, tz=UTC).strftime("%Y-%m-%d")
        await raise_alarm(session, AlarmKind.KEY_MAP_OLD, day)


async def _check_pin(session: Session, history: KeyHistory) -> None:
    """Hold a history against what the owner's other computer, or the recovery package, knew of it."""
    account = history.account
    pin = await session.vault.run(lambda store: store.trust.pin(account))
    if pin is None:
        return
    events = await session.vault.run(lambda store: store.trust.key_events(account))
    if pin.number > len(events) or heads_of(events)[pin.number - 1] != pin.head:
        await _contradicted(session, account)
        raise CorrespondentUntrustedError("the keys are not those that were known before")
    await session.vault.run(lambda store: store.trust.put_pin(account, None))


async def _contradicted(session: Session, account: AccountId) -> None:
    """Hold letters back, also when the relay shows something else the next time."""

    def note(store: Store) -> None:
        if account != session.owner.account and not store.trust.is_blocked(account):
            store.trust.add_news(account, KeyNewsKind.CONTRADICTED, session.now(), is_blocking=True)

    await session.vault.run(note)
    await raise_alarm(session, AlarmKind.KEY_MAP_CONTRADICTED, account.hex())


# --- keeping and telling -------------------------------------------------------------------------


async def _keep(  # noqa: C901 - one decision per line, inside one transaction
    session: Session,
    account: AccountId,
    base: KeyHistory,
    added: Sequence[_NewEvent],
    complete_to: int,
) -> None:
    is_own = account == session.owner.account

    def keep(store: Store) -> tuple[list[tuple[AlarmKind, str]], bool]:
        pin = store.trust.pin(account)
        known_before = max(base.number, 0 if pin is None else pin.number)
        made_here = store.outbox.key_event_statements() if is_own else ()
        alarming: list[tuple[AlarmKind, str]] = []
        has_news = False
        for each in added:
            for fingerprint in _fingerprints(each):
                claim_key(store, fingerprint, account)
            store.trust.add_key_event(account, each.after.number, each.recorded, proof=each.proof)
            if not 0 < known_before < each.after.number or each.statement in made_here:
                continue
            for kind, is_blocking in _news(each):
                has_news = True
                if is_own:
                    alarming.append(_own_news(session, each, kind))
                    continue
                at = each.recorded.relay_time
                store.trust.add_news(account, kind, at, is_blocking=is_blocking)
                if is_blocking:
                    detail = f"{account.hex()} {each.after.number}"
                    alarming.append((AlarmKind.KEYS_CHANGED, detail))
        if added and not (base.number or is_own):
            store.trust.add_news(account, KeyNewsKind.FIRST_SEEN, session.now(), is_blocking=False)
        store.trust.note_complete(account, complete_to)
        is_told = is_own or store.contacts.states([account]).get(account) in _CORRESPONDENTS
        return alarming if is_told else [], has_news

    alarming, has_news = await session.vault.run(keep)
    for alarm, detail in alarming:
        await raise_alarm(session, alarm, detail)
    if is_own and added and base.number:
        tell_devices(session)
    elif has_news:
        tell_contacts(session)


def _own_news(session: Session, each: _NewEvent, kind: KeyNewsKind) -> tuple[AlarmKind, str]:
    """How a change of the own keys is told that this computer did not make.

    A thief who has one of the own computers looks like its owner, so nothing stays unsaid. What bears this very
    computer's signature, or nobody's that was there before, cannot be the owner's doing elsewhere.
    """
    is_by_sibling = each.publisher_was_listed and each.actor != pseudonym_of(session.owner.device)
    is_explained = is_by_sibling or kind is KeyNewsKind.KIT_CHANGE_VETOED
    alarm = _OWN_NEWS.get(kind) if is_explained else None
    word = kind.name.lower().replace("_", "-")
    return alarm or AlarmKind.OWN_KEYS_CHANGED, f"{each.after.number} {word}"


def _news(each: _NewEvent) -> list[tuple[KeyNewsKind, bool]]:
    """What an event is as a sentence about a person, and whether it has to be looked at (PROTOCOL §2).

    Expected is what one of the person's computers did that was one of them before.
    """
    event = each.recorded.event
    if event.kind is KeyEventKind.ROOT_CHANGE:
        return [(KeyNewsKind.KIT_CHANGE_ANNOUNCED, False)]
    if event.kind is KeyEventKind.ROOT_VETO:
        return [(KeyNewsKind.KIT_CHANGE_VETOED, False)]
    if event.certificate is not None:
        return [(KeyNewsKind.RESTORED, True)]
    before, after = _entries(each.before.newest), _entries(each.after.newest)
    if after and before and not after.keys() & before.keys():
        return [(KeyNewsKind.ALL_COMPUTERS_NEW, True)]
    news: list[tuple[KeyNewsKind, bool]] = []
    if after.keys() - before.keys():
        news.append((KeyNewsKind.COMPUTER_ADDED, not each.publisher_was_listed))
    if before.keys() - after.keys():
        news.append((KeyNewsKind.COMPUTER_REMOVED, False))
    return news


def _entries(listed: DeviceList | None) -> dict[bytes, DeviceEntry]:
    return {} if listed is None else {entry.device: entry for entry in listed.devices}


def _fingerprints(each: _NewEvent) -> tuple[Hash, ...]:
    if each.recorded.event.kind is not KeyEventKind.DEVICE_LIST or each.after.newest is None:
        return ()
    return tuple(sha256(key) for entry in each.after.newest.devices for key in _public_keys(entry))


def _public_keys(entry: DeviceEntry) -> tuple[bytes, ...]:
    return entry.request_key, entry.signing.ed25519, entry.signing.ml_dsa_65


def claim_key(store: Store, fingerprint: Hash, account: AccountId) -> None:
    """Remember whose a public key is. Raises CorrespondentUntrustedError if it was seen under another account."""
    owner = store.trust.key_owner(fingerprint)
    if owner is not None and owner != account:
        raise CorrespondentUntrustedError("a public key was seen under another account")
    if owner is None:
        store.trust.claim_key(fingerprint, account)


async def _notice_removal(session: Session, history: KeyHistory) -> None:
    """Stop when the own history, verified, does not name this computer any more."""
    newest = history.newest
    if newest is None or find_device(newest, session.owner.device) is not None:
        return
    await removed(session, at=history.relay_time)


async def removed(session: Session, *, at: UnixMillis | None = None) -> None:
    """This computer is none of the account's any more: say so once, and use the session no longer."""
    await session.tokens.end(Ended.REMOVED)
    await raise_alarm(session, AlarmKind.DEVICE_REMOVED, str(session.now() if at is None else at))
    # Whoever waits for a sign-in learns that there will be none.
    session.wakes.signed_in.set()
    session.wakes.status.set()
