# SPDX-License-Identifier: AGPL-3.0-or-later
"""Notes what is done, in the transaction that does it; nothing is said to anybody yet.

What only repeats is one act: a letter or document looked at again within ten minutes, and a search that is still
being typed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.engine.journal.deeds import DEED_OF, KIND_OF
from app.engine.ports.journal import ActState, NewAct
from app.interface.journal import Deed
from crypto_core.keys.journal import salted, salted_with
from crypto_core.wire.codec import encode
from crypto_core.wire.content import ReceiptState
from crypto_core.wire.journal import FIELDS, Action, JournalEntry
from crypto_core.wire.limits import MAX_SLOTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.engine.ports.vault import Store
    from app.engine.session import Session
    from crypto_core.wire.content import Receipt
    from crypto_core.wire.ids import (
        AccountId,
        ConversationId,
        MessageId,
        PatientId,
        UnixMillis,
        UtcOffsetMinutes,
    )

SAME_LOOK_MILLIS: Final = 600_000
SAME_SEARCH_MILLIS: Final = 60_000

_LOOKS: Final = frozenset({Action.READ, Action.DOCUMENT_SHOWN})
TOLD: Final = {
    ReceiptState.DELIVERED: Deed.DELIVERED_TO,
    ReceiptState.READ: Deed.READ_BY,
    ReceiptState.REFUSED: Deed.REFUSED_BY,
}
_SEARCHES: Final = frozenset({Action.SEARCHED, Action.DIRECTORY_SEARCHED})


def note(
    store: Store,
    session: Session,
    action: Action,
    *,
    letter: MessageId | None = None,
    people: Sequence[AccountId] = (),
    patient: PatientId | None = None,
    document: int | None = None,
    number: int | None = None,
    salt: bytes | None = None,
) -> None:
    """Note an act inside the transaction that carries it out. Raises WireError for fields that its action has not.

    A `salt` commits to a record (`crypto_core.trust.audit.record_salt`); otherwise it is drawn.
    """
    now = session.now()
    if action in _LOOKS and letter is not None:
        before = store.journal.newest_with(session.owner.device, DEED_OF[action], letter, document)
        if before is not None and 0 <= now - before < SAME_LOOK_MILLIS:
            return
    at = now
    if action in _SEARCHES:
        at = _begun(store, session, action, now)
    entry = JournalEntry(
        version=1,
        action=action,
        at=at,
        utc_offset=session.machine.clock.utc_offset(),
        letter=letter,
        people=tuple(dict.fromkeys(people))[:MAX_SLOTS],
        patient=patient,
        document=document,
        number=number,
    )
    deed = DEED_OF[action]
    store.journal.add(
        NewAct(
            deed=deed,
            kind=KIND_OF[deed],
            at=at,
            utc_offset=entry.utc_offset,
            state=ActState.NOTED,
            device=session.owner.device,
            people=entry.people,
            letter=letter,
            patient=patient,
            document=document,
            numbers=() if number is None else (number,),
        ),
        encoded_opened=encode(
            salted(entry, random_bytes=session.random) if salt is None else salted_with(entry, salt)
        ),
    )
    session.noted.tell()


def note_letter(
    store: Store,
    session: Session,
    action: Action,
    letter: MessageId,
    *,
    document: int | None = None,
    number: int | None = None,
) -> None:
    """Note an act with a letter that is here: who it is of, and under whom it is filed, is looked up."""
    parties = store.journal.parties(letter)
    if parties is None:
        return
    if "number" in FIELDS[action].needs and number is None:
        number = parties.documents
    note(
        store,
        session,
        action,
        letter=letter,
        people=parties.people,
        patient=parties.patient,
        document=document,
        number=number,
    )


def note_conversation(
    store: Store, session: Session, action: Action, conversation: ConversationId
) -> None:
    """Note an act with each letter of a conversation that is not removed."""
    for letter in store.journal.letters_of(conversation):
        note_letter(store, session, action, letter)


def note_told(
    store: Store,
    letter: MessageId,
    account: AccountId,
    receipt: Receipt,
    utc_offset: UtcOffsetMinutes,
) -> None:
    """Note what a correspondent's receipt says of a letter, once whatever number of computers they have."""
    deed = TOLD[receipt.state]
    if store.journal.has_told(deed, letter, account):
        return
    parties = store.journal.parties(letter)
    store.journal.add(
        NewAct(
            deed=deed,
            kind=KIND_OF[deed],
            at=receipt.at,
            utc_offset=utc_offset,
            state=ActState.TOLD,
            people=(account,),
            letter=letter,
            patient=None if parties is None else parties.patient,
            numbers=() if receipt.reason is None else (int(receipt.reason),),
        )
    )


def _begun(store: Store, session: Session, action: Action, now: UnixMillis) -> UnixMillis:
    """When a search began that is still being typed; the act that said so gives way to this one."""
    last = store.journal.newest_own(session.owner.device)
    if (
        last is None
        or last.state is not ActState.NOTED
        or last.new.deed is not DEED_OF[action]
        or not 0 <= now - last.new.at < SAME_SEARCH_MILLIS
    ):
        return now
    store.journal.withdraw(last.act)
    return last.new.at
