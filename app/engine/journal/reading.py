# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a verified leaf of the log, or an opened entry, is in the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from app.engine.journal.deeds import DEED_OF, KIND_OF
from app.engine.ports.journal import ActState, NewAct
from app.interface.journal import Deed
from crypto_core.trust.signatures import pseudonym_of
from crypto_core.wire.assurance import AssuranceGiven, AssuranceRevoked, Vouched, VouchWithdrawn
from crypto_core.wire.audit import (
    Administered,
    DeviceListPublished,
    EnvelopeAccepted,
    EnvelopeExpired,
    FactorsChanged,
    RootChangeAnnounced,
    RootChangeVetoed,
    SessionsEnded,
    SignatureInvalid,
    SignInAttempt,
    SignInResult,
    Verb,
)
from crypto_core.wire.codec import decode
from crypto_core.wire.ids import UnixMillis, UtcOffsetMinutes

if TYPE_CHECKING:
    from app.engine.ports.vault import Store
    from app.engine.session import Session
    from crypto_core.wire.audit import AuditLeaf, AuditStatement
    from crypto_core.wire.ids import AccountId, DeviceId, DevicePseudonym
    from crypto_core.wire.journal import JournalEntry

_OF_COMPUTERS: Final[dict[Verb, tuple[type[Any], Deed]]] = {
    Verb.DEVICE_LIST_PUBLISHED: (DeviceListPublished, Deed.COMPUTERS_CHANGED),
    Verb.ROOT_CHANGE_ANNOUNCED: (RootChangeAnnounced, Deed.KIT_ANNOUNCED),
    Verb.VOUCHED: (Vouched, Deed.VOUCHED),
    Verb.VOUCH_WITHDRAWN: (VouchWithdrawn, Deed.VOUCH_WITHDRAWN),
}
_OF_THE_RELAY: Final[dict[Verb, tuple[type[Any], Deed]]] = {
    Verb.SIGN_IN: (SignInAttempt, Deed.SIGNED_IN),
    Verb.SESSIONS_ENDED: (SessionsEnded, Deed.SESSIONS_ENDED),
    Verb.FACTORS_CHANGED: (FactorsChanged, Deed.FACTOR_CHANGED),
    Verb.ROOT_CHANGE_VETOED: (RootChangeVetoed, Deed.KIT_CALLED_OFF),
    Verb.ASSURANCE_GIVEN: (AssuranceGiven, Deed.ASSURANCE_GIVEN),
    Verb.ASSURANCE_REVOKED: (AssuranceRevoked, Deed.ASSURANCE_REVOKED),
    Verb.SIGNATURE_INVALID: (SignatureInvalid, Deed.SIGNATURE_INVALID),
    Verb.ADMINISTERED: (Administered, Deed.ADMINISTERED),
}
_MOST_NUMBERS: Final = 3


def act_of_entry(entry: JournalEntry, device: DeviceId) -> NewAct:
    """Return what a computer noted."""
    deed = DEED_OF[entry.action]
    return NewAct(
        deed=deed,
        kind=KIND_OF[deed],
        at=entry.at,
        utc_offset=entry.utc_offset,
        state=ActState.LOGGED,
        device=device,
        people=entry.people,
        letter=entry.letter,
        patient=entry.patient,
        document=entry.document,
        numbers=() if entry.number is None else (entry.number,),
    )


def act_of_later_program(device: DeviceId | None, wrapped: AuditLeaf) -> NewAct:
    """Return what can be said of what only a later program can read: whose it is, and when the log had it."""
    return NewAct(
        deed=Deed.OF_A_LATER_PROGRAM,
        kind=KIND_OF[Deed.OF_A_LATER_PROGRAM],
        at=UnixMillis(wrapped.relay_time),
        utc_offset=UtcOffsetMinutes(0),
        state=ActState.LOGGED,
        device=device,
    )


def act_of_leaf(
    store: Store,
    session: Session,
    statement: AuditStatement,
    wrapped: AuditLeaf,
    *,
    device: DeviceId | None = None,
) -> NewAct | None:
    """Return what a leaf says that the relay can read; None for what is no act of the owner's journal.

    An envelope is one only if it was a letter that is here. Raises WireError for what is not its verb's content.
    """
    if statement.verb is Verb.ENVELOPE_ACCEPTED and device is not None:
        return _accepted(store, decode(EnvelopeAccepted, statement.content), device)
    if statement.verb is Verb.ENVELOPE_EXPIRED and device is None:
        return _expired(store, decode(EnvelopeExpired, statement.content), wrapped)
    known = (_OF_THE_RELAY if device is None else _OF_COMPUTERS).get(statement.verb)
    if known is None:
        return None
    cls, deed = known
    content = decode(cls, statement.content)
    people: tuple[AccountId, ...] = ()
    if deed in {Deed.VOUCHED, Deed.VOUCH_WITHDRAWN}:
        people = (content.account,)
    elif content.account != session.owner.account:
        return None
    if isinstance(content, SignInAttempt) and content.result is not SignInResult.ACCEPTED:
        deed = Deed.SIGN_IN_REFUSED
    actor = getattr(content, "device", None)
    return NewAct(
        deed=deed,
        kind=KIND_OF[deed],
        at=getattr(content, "at", wrapped.relay_time),
        utc_offset=getattr(content, "utc_offset", UtcOffsetMinutes(0)),
        state=ActState.LOGGED,
        device=device if actor is None else _device_of(store, session, actor),
        people=people,
        numbers=_numbers(content),
    )


def _accepted(store: Store, content: EnvelopeAccepted, device: DeviceId) -> NewAct | None:
    found = store.journal.letter_of(content.envelope)
    if found is None:
        return None
    return NewAct(
        deed=Deed.ACCEPTED_BY_RELAY,
        kind=KIND_OF[Deed.ACCEPTED_BY_RELAY],
        at=content.at,
        utc_offset=content.utc_offset,
        state=ActState.LOGGED,
        device=device,
        people=found.people,
        letter=found.letter,
        patient=found.patient,
    )


def _expired(store: Store, content: EnvelopeExpired, wrapped: AuditLeaf) -> NewAct | None:
    found = store.journal.letter_of(content.envelope)
    if found is None:
        return None
    slots = store.outbox.slot_accounts(content.envelope)
    people = tuple(
        dict.fromkeys(account for account, device in slots if device in content.undelivered)
    )
    return NewAct(
        deed=Deed.NOT_DELIVERED,
        kind=KIND_OF[Deed.NOT_DELIVERED],
        at=UnixMillis(wrapped.relay_time),
        utc_offset=UtcOffsetMinutes(0),
        state=ActState.LOGGED,
        people=people or found.people,
        letter=found.letter,
        patient=found.patient,
    )


def _device_of(store: Store, session: Session, actor: DevicePseudonym) -> DeviceId | None:
    """Which of the owner's computers is meant; None for one that was none of them."""
    history = store.trust.histories([session.owner.account]).get(session.owner.account)
    lists = () if history is None else history.lists
    return next(
        (
            entry.device
            for each in lists
            for entry in each.devices.devices
            if pseudonym_of(entry.device) == actor
        ),
        None,
    )


def _numbers(content: object) -> tuple[int, ...]:
    """What an act counts or names."""
    match content:
        case SignInAttempt():
            kinds = tuple(int(each) for each in content.factors)
            is_accepted = content.result is SignInResult.ACCEPTED
            return (kinds if is_accepted else (int(content.result), *kinds))[:_MOST_NUMBERS]
        case SessionsEnded():
            return (content.count,)
        case FactorsChanged():
            return int(content.kind), int(content.change)
        case DeviceListPublished() | RootChangeAnnounced() | RootChangeVetoed():
            return (content.sequence,)
        case AssuranceGiven(level=word) | Administered(act=word):
            return (int(word),)
    return ()
