# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a sender should know of recipients, for the glance before sending; and who may be sent to at all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from app.engine.away import with_absences
from app.engine.gatekeeping import rights_of, subject
from app.engine.namesakes import are_alike
from app.engine.patients import required, tag_of
from app.interface.failures import CommandError, Failure
from app.interface.shown import short_address
from app.interface.snapshots import Comparison, ContactState, Trust
from app.interface.writing import CheckedRecipient, Doubt, Namesake, SendCheck
from crypto_core.wire.limits import MAX_SLOTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.engine.ports.vault import Store
    from app.engine.session import Session
    from app.interface.snapshots import ContactRow
    from app.interface.writing import CheckRecipients
    from crypto_core.wire.ids import AccountId

_NAMES: Final = 500
"""How much of the names is said."""
_NAMESAKES: Final = 20


async def check(session: Session, command: CheckRecipients) -> SendCheck:
    """Look at recipients as they stand; what is said here changes nothing."""

    def look(store: Store) -> SendCheck:
        everyone = {row.account: row for row in with_absences(store, session, store.contacts.all())}
        contacts = [row for row in everyone.values() if row.state is ContactState.ACCEPTED]
        asked = [account for account in command.to if account != session.owner.account]
        written_to = store.messages.written_to(asked)
        rows = [
            _stranger(account, everyone.get(account))
            if account not in everyone or everyone[account].state is not ContactState.ACCEPTED
            else _checked(everyone[account], contacts, is_first=account not in written_to)
            for account in asked
        ]
        conversation = (
            None
            if command.in_reply_to is None
            else store.messages.conversation_of(command.in_reply_to)
        )
        about = subject(store, command.patient, conversation)
        if about is None:
            return SendCheck(rows=tuple(rows))
        patient = required(store, about)
        rights = rights_of(store, session, about, asked)
        rows = [replace(row, rights=each) for row, each in zip(rows, rights, strict=True)]
        return SendCheck(rows=tuple(rows), patient=tag_of(patient))

    return await session.vault.run(look)


def _stranger(account: AccountId, known: ContactRow | None) -> CheckedRecipient:
    """Somebody who cannot be written to yet, or any more."""
    return CheckedRecipient(
        account=account,
        name=short_address(account) if known is None else known.name,
        profession="" if known is None else known.profession,
        place="" if known is None else known.place,
        trust=Trust.SELF_DECLARED if known is None else known.trust,
        compared=Comparison.NEVER if known is None else known.compared,
        doubts=(Doubt.NOT_A_CONTACT,),
        contact=None if known is None else known.state,
    )


def _checked(
    row: ContactRow, contacts: Sequence[ContactRow], *, is_first: bool
) -> CheckedRecipient:
    others = [
        other
        for other in contacts
        if other.account != row.account and are_alike(other.name, row.name)
    ]
    doubts = [
        doubt
        for doubt, is_so in (
            (Doubt.KEYS_CHANGED, row.is_blocked),
            (Doubt.UNVERIFIED, is_unverified(row)),
            (Doubt.NAMESAKE, bool(others)),
            (Doubt.AWAY, row.away is not None and row.away.is_now),
            (Doubt.NEVER_WRITTEN, is_first),
        )
        if is_so
    ]
    return CheckedRecipient(
        account=row.account,
        name=row.name,
        profession=row.profession,
        place=row.place,
        trust=row.trust,
        compared=row.compared,
        doubts=tuple(doubts),
        others=tuple(
            Namesake(
                account=other.account,
                name=other.name,
                profession=other.profession,
                place=other.place,
            )
            for other in others[:_NAMESAKES]
        ),
        away=row.away,
    )


def require(
    store: Store, owner: AccountId, to: Sequence[AccountId], *, accepts_unverified: bool
) -> None:
    """Refuse recipients whom nothing can be sent to, or not without a choice of the owner's. Raises CommandError."""
    if not to:
        raise CommandError(Failure.NO_RECIPIENT)
    if len(to) > MAX_SLOTS:
        raise CommandError(Failure.TOO_MANY_RECIPIENTS)
    if owner in to:
        raise CommandError(Failure.OWN_ACCOUNT)
    states = store.contacts.states(to)
    for account in to:
        if states.get(account) is not ContactState.ACCEPTED:
            known = store.contacts.get(account)
            name = short_address(account) if known is None else known.name
            raise CommandError(Failure.NOT_A_CONTACT, name)
    if not accepts_unverified:
        rows = [store.contacts.get(account) for account in to]
        unknown = [row.name for row in rows if row is not None and is_unverified(row)]
        if unknown:
            raise CommandError(Failure.UNVERIFIED_RECIPIENT, ", ".join(unknown)[:_NAMES])


def is_unverified(row: ContactRow) -> bool:
    """Whether writing to somebody takes a choice of the owner's that was not made yet (R-01)."""
    return (
        row.trust is Trust.SELF_DECLARED
        and row.compared is Comparison.NEVER
        and not row.is_accepted_unverified
    )
