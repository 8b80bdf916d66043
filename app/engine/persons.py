# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who a correspondent is: what stands for them, what happened to their keys, and how the owner made sure."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

from app.engine import audit, contacts, outbox
from app.engine.away import with_absences
from app.engine.correspondents import (
    CorrespondentUntrustedError,
    is_proven,
    known_history,
    refresh_history,
)
from app.engine.journal.noting import note
from app.engine.ports.relay import RelayError, RelayRefusedError
from app.engine.session import tell_contacts
from app.interface.failures import CommandError, Failure
from app.interface.shown import said_name
from app.interface.snapshots import (
    ASSURANCE_LIMIT,
    PAGE_LIMIT,
    AddedContact,
    AssuranceRow,
    CardText,
    Comparison,
    ContactDetails,
    ContactState,
    Done,
    KeyNewsKind,
    Trust,
    VerificationWords,
)
from crypto_core.errors import CryptoCoreError, WireError
from crypto_core.keys.comparison import person_words
from crypto_core.trust.assurance import (
    AssuranceReport,
    ProvenLeaf,
    assess,
    heads_of,
    verify_assurance_page,
    vouchers_of,
)
from crypto_core.wire.assurance import Vouched, VouchWithdrawn
from crypto_core.wire.audit import Verb
from crypto_core.wire.contact_card import PersonalCard, format_contact_card, parse_contact_card
from crypto_core.wire.journal import Action
from crypto_core.wire.relay_api import ProblemCode

if TYPE_CHECKING:
    from app.engine.ports.vault import Store
    from app.engine.session import Session
    from app.interface.commands import AddByCard
    from app.interface.snapshots import ContactRow
    from crypto_core.trust.key_history import KeyHistory
    from crypto_core.wire.ids import AccountId
    from crypto_core.wire.words import WordLanguage

ASK_AGAIN_MILLIS: Final = 86_400_000
_MOST_AT_ONCE: Final = 20
_MOST_VOUCHERS: Final = 100
"""Somebody for whom more colleagues stand up needs no more."""


async def show(session: Session, account: AccountId) -> ContactDetails:
    """Return all that is known of who a person is, asked just now if that is possible. Raises CommandError."""
    await session.vault.run(lambda store: _known(store, account))
    with contextlib.suppress(RelayError, CryptoCoreError):
        await refresh_assurances(session, account)

    def collect(store: Store) -> ContactDetails:
        history = store.trust.histories([account]).get(account)
        newest = None if history is None else history.newest
        return ContactDetails(
            contact=with_absences(store, session, [_known(store, account)])[0],
            computers=0 if newest is None else len(newest.devices),
            compared_at=store.contacts.compared_at(account),
            assurances=_assurances(store, session, account),
            assured_at=store.contacts.assured_at(account),
            history=store.trust.news(account, PAGE_LIMIT),
        )

    return await session.vault.run(collect)


def _assurances(store: Store, session: Session, account: AccountId) -> tuple[AssuranceRow, ...]:
    rows = []
    for each in store.contacts.assurances(account)[:ASSURANCE_LIMIT]:
        known = None if each.voucher is None else store.contacts.get(each.voucher)
        is_own = each.voucher == session.owner.account
        name = session.owner.name if is_own else "" if known is None else known.name
        rows.append(
            AssuranceRow(
                level=Trust(each.level),
                voucher=each.voucher,
                voucher_name=name,
                is_own=is_own,
                document=each.document,
                since=each.since,
                expires_at=each.expires_at,
            )
        )
    return tuple(rows)


def _known(store: Store, account: AccountId) -> ContactRow:
    known = store.contacts.get(account)
    if known is None:
        raise CommandError(Failure.UNKNOWN_ACCOUNT)
    return known


# --- changes of keys -----------------------------------------------------------------------------


async def acknowledge(session: Session, account: AccountId) -> Done:
    """Let letters go out again after a change of keys was looked at. Raises CommandError."""

    def settle(store: Store) -> None:
        _known(store, account)
        if not store.trust.settle_news(account):
            raise CommandError(Failure.NOTHING_TO_ACKNOWLEDGE)
        store.trust.add_news(account, KeyNewsKind.ACKNOWLEDGED, session.now(), is_blocking=False)
        store.outbox.hurry()
        note(store, session, Action.KEY_CHANGE_SEEN, people=[account])

    await session.vault.run(settle)
    tell_contacts(session)
    session.wakes.outbox.set()
    return Done()


# --- comparing -----------------------------------------------------------------------------------


async def words(session: Session, account: AccountId, language: WordLanguage) -> VerificationWords:
    """Return the twelve words of the owner and a person. Raises CommandError for the own account."""
    if account == session.owner.account:
        raise CommandError(Failure.OWN_ACCOUNT)
    return VerificationWords(words=person_words(session.owner.account, account, language))


async def confirm(session: Session, account: AccountId, how: Comparison) -> Done:
    """Note that the words were the same, or take that back. Raises CommandError."""
    await session.vault.run(lambda store: _compare(store, session, account, how))
    tell_contacts(session)
    session.wakes.outbox.set()
    return Done()


def _compare(store: Store, session: Session, account: AccountId, how: Comparison) -> None:
    _known(store, account)
    now = session.now()
    # The words are the same whoever holds the keys today: they do not settle a change of keys.
    store.contacts.compare(account, how, None if how is Comparison.NEVER else now)
    if how is not Comparison.NEVER:
        store.trust.add_news(account, KeyNewsKind.COMPARED, now, is_blocking=False)
        note(store, session, Action.CONTACT_COMPARED, people=[account])


async def show_card(session: Session) -> CardText:
    """Return the owner's contact card."""
    owner = session.owner
    card = PersonalCard(
        version=1, account=owner.account, name=owner.name, profession=owner.profession
    )
    return CardText(text=format_contact_card(card))


async def add_by_card(session: Session, command: AddByCard) -> AddedContact:
    """Ask the person of a card to be a contact. Raises CommandError, RelayError."""
    try:
        card = parse_contact_card(command.text)
    except WireError:
        raise CommandError(Failure.CARD_INVALID) from None
    await contacts.request(session, card.account, command.note)

    def keep(store: Store) -> ContactRow:
        known = _known(store, card.account)
        if not said_name(known.account, known.name):
            store.contacts.put(contacts.named(known, name=card.name, profession=card.profession))
        if command.is_from_person:
            _compare(store, session, card.account, Comparison.BY_CARD)
        return _known(store, card.account)

    known = await session.vault.run(keep)
    tell_contacts(session)
    await contacts.tell_named(session, card.account)
    return AddedContact(
        account=known.account, name=known.name, profession=known.profession, state=known.state
    )


# --- who stands up for whom ----------------------------------------------------------------------


async def refresh_assurances(session: Session, account: AccountId) -> AssuranceReport:
    """Ask who stands up for somebody, verify and keep it. Raises RelayError, CorrespondentUntrustedError."""
    leaves: list[ProvenLeaf] = []
    has_more = True
    try:
        while has_more:
            after = leaves[-1].index if leaves else -1
            page = await session.relay.assurances(account, after=after)
            proven = verify_assurance_page(page, log=session.log, after=after)
            if proven:
                await audit.see_checkpoint(session, page.checkpoint)
            leaves += proven
            has_more = page.more and bool(proven)
        histories: dict[AccountId, KeyHistory] = {}
        for voucher in sorted(vouchers_of(leaves))[:_MOST_VOUCHERS]:
            history = await _history_of(session, voucher)
            if history is not None:
                histories[voucher] = history
        await _history_of(session, account)
        events = await session.vault.run(lambda store: store.trust.key_events(account))
        report = assess(
            leaves,
            account=account,
            heads=heads_of(events),
            histories=histories,
            log=session.log,
            now=session.now(),
        )
    except CryptoCoreError as error:
        raise CorrespondentUntrustedError("what is said of a person does not verify") from error
    trust = Trust(min(report.level, Trust.VERIFIED))
    before = await session.vault.run(lambda store: store.contacts.get(account))
    await session.vault.run(
        lambda store: store.contacts.put_assurances(account, trust, report.standing, session.now())
    )
    if before is not None and before.trust is not trust:
        tell_contacts(session)
    return report


async def refresh_due(session: Session) -> None:
    """Ask again about those correspondents who were not asked about for a day. Raises RelayError."""

    def due(store: Store) -> list[AccountId]:
        now = session.now()
        return [
            row.account
            for row in store.contacts.all()
            if row.state in {ContactState.ACCEPTED, ContactState.WAITING, ContactState.REQUESTED}
            and now - (store.contacts.assured_at(row.account) or 0) > ASK_AGAIN_MILLIS
        ]

    for account in (await session.vault.run(due))[:_MOST_AT_ONCE]:
        try:
            await refresh_assurances(session, account)
        except CorrespondentUntrustedError:
            continue
        except RelayRefusedError as error:
            if error.code is not ProblemCode.NOT_FOUND:
                raise


async def _history_of(session: Session, account: AccountId) -> KeyHistory | None:
    known = await known_history(session, account)
    if known is not None:
        return known
    try:
        return await refresh_history(session, account)
    except RelayRefusedError as error:
        if error.code is not ProblemCode.NOT_FOUND:
            raise
        return None
    except CorrespondentUntrustedError:
        return None


async def vouch(session: Session, account: AccountId) -> Done:
    """State in the log that the owner knows whose account this is. Raises CommandError, RelayError."""
    row = await session.vault.run(lambda store: _known(store, account))
    if row.compared is Comparison.NEVER:
        raise CommandError(Failure.UNVERIFIED_RECIPIENT, row.name)
    history = await refresh_history(session, account)
    if row.is_blocked or not await is_proven(session, account):
        raise CommandError(Failure.KEYS_UNPROVEN)
    owner, now = session.owner, session.now()
    await _state(
        session,
        Verb.VOUCHED,
        Vouched(
            voucher=owner.account,
            voucher_device=owner.device,
            account=account,
            number=history.number,
            head=history.head,
            at=now,
            utc_offset=session.machine.clock.utc_offset(),
        ),
    )
    await refresh_assurances(session, account)
    return Done()


async def withdraw_vouch(session: Session, account: AccountId) -> Done:
    """Take back what `vouch` said. Raises CommandError, RelayError."""
    await session.vault.run(lambda store: _known(store, account))
    owner = session.owner
    await _state(
        session,
        Verb.VOUCH_WITHDRAWN,
        VouchWithdrawn(
            voucher=owner.account,
            voucher_device=owner.device,
            account=account,
            at=session.now(),
            utc_offset=session.machine.clock.utc_offset(),
        ),
    )
    await refresh_assurances(session, account)
    return Done()


async def _state(session: Session, verb: Verb, content: object) -> None:
    """Sign a statement about another account and hand it to the relay."""
    await outbox.post_pending(session)
    async with session.locks.outbox:
        await session.vault.run(lambda store: audit.add_statement(store, session, verb, content))
    await outbox.post_pending(session)
