# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which correspondents are away: what they say of it is kept, and shown with them until it is over."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from app.interface.shown import person_name, shown_line
from app.interface.snapshots import AwayRow, ContactState, DraftRecipient
from crypto_core.wire.absences import believed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.engine.ports.vault import Store
    from app.engine.session import Session
    from app.interface.snapshots import ContactRow
    from crypto_core.wire.content import AbsenceNotice, Away
    from crypto_core.wire.ids import AccountId, UnixMillis


def receive(store: Store, session: Session, sender: AccountId, notice: AbsenceNotice) -> bool:
    """Take a contact's notice; False if an equally new one was there. Whoever else sends one is not heard."""
    if store.contacts.states([sender]).get(sender) is not ContactState.ACCEPTED:
        return False
    is_newer, away = believed(
        notice, sender=sender, known=store.absences.stated_at(sender), now=session.now()
    )
    if is_newer:
        store.absences.put(sender, replace(notice, away=away))
    return is_newer


def with_absences(
    store: Store, session: Session, rows: Sequence[ContactRow]
) -> tuple[ContactRow, ...]:
    """Say of contacts whether they are, or will be, away."""
    said = store.absences.of_contacts()
    now = session.now()
    return tuple(
        replace(row, away=_row(store, session, said[row.account], now))
        if row.state is ContactState.ACCEPTED
        and row.account in said
        and now < said[row.account].until
        else row
        for row in rows
    )


def _row(store: Store, session: Session, away: Away, now: UnixMillis) -> AwayRow:
    named, known = away.replacement, None
    if named is not None:
        known = store.contacts.get(named.account)
    is_contact = known is not None and known.state is ContactState.ACCEPTED
    shown = None
    if named is not None:
        source = known if is_contact and known is not None else named
        shown = DraftRecipient(
            account=named.account,
            name=person_name(named.account, shown_line(source.name)),
            profession=shown_line(source.profession),
        )
    return AwayRow(
        since=away.since,
        until=away.until,
        is_now=away.since <= now,
        text=away.text,
        replacement=shown,
        is_contact=is_contact,
        is_owner=named is not None and named.account == session.owner.account,
    )
