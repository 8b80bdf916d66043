# SPDX-License-Identifier: AGPL-3.0-or-later
"""The owner is away: what is said of it, and the one answer that each sender gets meanwhile.

Contacts are told in advance by sealed notices, which need nobody at home; the automatic answer goes only while the
computer on which the absence was said is unlocked. Notices are made by the outbox, from what is in the vault.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from app.engine.journal.noting import note
from app.engine.outbox import new_message_id, queue, speaks
from app.engine.ports.absence import OwnAbsence
from app.engine.recipients import is_unverified
from app.engine.session import tell_contacts
from app.interface.absence import Absence, AbsenceState, SaveAbsence, ShowAbsence
from app.interface.failures import CommandError, Failure
from app.interface.shown import person_name
from app.interface.snapshots import ContactState, DraftRecipient
from crypto_core.wire.absences import is_possible
from crypto_core.wire.content import Away, Letter, Replacement
from crypto_core.wire.envelope import MessageKind
from crypto_core.wire.ids import UnixMillis
from crypto_core.wire.journal import Action

if TYPE_CHECKING:
    from app.engine.handlers import Handlers
    from app.engine.ports.vault import NewLetter, Store
    from app.engine.session import Session
    from crypto_core.wire.content import AbsenceNotice
    from crypto_core.wire.envelope import OuterHeader
    from crypto_core.wire.ids import DeviceId, MessageId

_LOOK_AGAIN_SECONDS: Final = 600.0
"""A clock that was set, or a computer that slept, is noticed after this at the latest."""


# --- the owner's ---------------------------------------------------------------------------------


async def show(session: Session) -> AbsenceState:
    """The absence that is going on or to come."""
    return await session.vault.run(lambda store: _state(store, session))


async def save(session: Session, command: SaveAbsence) -> AbsenceState:
    """Be away, or not any more. Raises CommandError."""

    def keep(store: Store) -> AbsenceState:
        away = None if command.absence is None else _checked(store, session, command.absence)
        before = store.absences.own()
        if away is None and _coming(store, session) is None:
            return _state(store, session)
        if _coming(store, session) is None:
            store.absences.forget_answers()
        store.absences.put_own(
            OwnAbsence(
                # Later than what it replaces, whatever the clock says.
                stated_at=UnixMillis(max(session.now(), before.stated_at + 1 if before else 0)),
                device=session.owner.device,
                away=away,
            )
        )
        named = None if away is None else away.replacement
        if away is None:
            note(store, session, Action.ABSENCE_ENDED)
        else:
            people = () if named is None else (named.account,)
            note(store, session, Action.ABSENCE_SAID, people=people)
        return _state(store, session)

    state = await session.vault.run(keep)
    _ring(session)
    return state


def _checked(store: Store, session: Session, absence: Absence) -> Away:
    if not is_possible(absence.since, absence.until, session.now()):
        raise CommandError(Failure.ABSENCE_PERIOD_INVALID)
    named = absence.replacement
    replacement: Replacement | None = None
    if named is not None:
        known = store.contacts.get(named.account)
        if known is None or known.state is not ContactState.ACCEPTED:
            raise CommandError(Failure.NOT_A_CONTACT, person_name(named.account, named.name))
        replacement = Replacement(
            account=known.account, name=known.name, profession=known.profession
        )
    return Away(
        since=absence.since,
        until=absence.until,
        replacement=replacement,
        text=absence.text.strip(),
    )


def _coming(store: Store, session: Session) -> Away | None:
    """The owner's absence, if it is not over."""
    own = store.absences.own()
    if own is None or own.away is None or own.away.until <= session.now():
        return None
    return own.away


def away_until(store: Store, now: UnixMillis) -> UnixMillis | None:
    """Until when the owner is away, None if they are not."""
    own = store.absences.own()
    if own is None or own.away is None or not own.away.since <= now < own.away.until:
        return None
    return own.away.until


def _state(store: Store, session: Session) -> AbsenceState:
    own, away = store.absences.own(), _coming(store, session)
    if own is None or away is None:
        return AbsenceState(absence=None)
    named = away.replacement
    is_here = speaks(store, session)
    states = [row.state for row in store.contacts.all()]
    return AbsenceState(
        absence=Absence(
            since=away.since,
            until=away.until,
            replacement=None
            if named is None
            else DraftRecipient(
                account=named.account, name=named.name, profession=named.profession
            ),
            text=away.text,
        ),
        is_now=away.since <= session.now(),
        is_here=is_here,
        contacts=states.count(ContactState.ACCEPTED),
        told=store.absences.told_count(own.stated_at) if is_here else 0,
        answered=store.absences.answered_count(),
    )


# --- the answer ----------------------------------------------------------------------------------


def answer(store: Store, session: Session, letter: NewLetter) -> bool:
    """Queue the one answer that a letter's sender gets in this absence, in the transaction that keeps the letter.

    False, and nothing is done, if there is none: a program is not answered, nor is anybody to whom the owner would
    have to say first that they want to write, nor anybody twice.
    """
    now = session.now()
    own = store.absences.own()
    if own is None or own.away is None or not speaks(store, session):
        return False
    if not (own.away.text and own.away.since <= now < own.away.until) or letter.is_automatic:
        return False
    sender = store.contacts.get(letter.sender)
    if sender is None or sender.state is not ContactState.ACCEPTED:
        return False
    if sender.is_blocked or is_unverified(sender):
        return False
    if not store.absences.note_answered(sender.account, letter.message, now):
        return False
    queue(
        store,
        session,
        MessageKind.AUTOMATIC_ANSWER,
        (Letter(version=1, subject=letter.subject, text=own.away.text),),
        to=[sender.account],
        message=new_message_id(session),
        conversation=letter.conversation,
        in_reply_to=letter.message,
    )
    return True


def note_own_answer(
    store: Store, session: Session, outer: OuterHeader, answered: MessageId | None
) -> None:
    """Another computer of the owner has answered: this one will not, if it ever takes the absence over."""
    others = {each.account for each in outer.recipients} - {session.owner.account}
    for account in others:
        store.absences.note_answered(account, answered, session.now())


def receive_own(store: Store, session: Session, device: DeviceId, notice: AbsenceNotice) -> bool:
    """Take over what the owner said on another computer; False if something newer was said."""
    own = store.absences.own()
    if own is not None and notice.stated_at <= own.stated_at:
        return False
    if _coming(store, session) is None:
        store.absences.forget_answers()
    store.absences.put_own(OwnAbsence(stated_at=notice.stated_at, device=device, away=notice.away))
    return True


# --- the clock -----------------------------------------------------------------------------------


async def keep_time(session: Session) -> None:
    """Say when an absence begins or ends, the owner's or a correspondent's, until cancelled."""
    bell = session.wakes.absences
    while True:
        bell.clear()
        now = session.now()
        following = await session.vault.run(lambda store: _next_moment(store, session))
        seconds = _LOOK_AGAIN_SECONDS
        if following is not None:
            seconds = min(seconds, (following - now) / 1000 + 0.1)
        try:
            async with asyncio.timeout(seconds):
                await bell.wait()
        except TimeoutError:
            if following is not None and following <= session.now():
                _ring(session)


def _next_moment(store: Store, session: Session) -> UnixMillis | None:
    now = session.now()
    own = store.absences.own()
    known = [*store.absences.of_contacts().values()]
    if own is not None and own.away is not None:
        known.append(own.away)
    moments = [moment for away in known for moment in (away.since, away.until) if moment > now]
    return min(moments, default=None)


def _ring(session: Session) -> None:
    session.wakes.absences.set()
    session.wakes.status.set()
    session.wakes.outbox.set()
    session.wakes.connection.set()
    tell_contacts(session)


HANDLERS: Final[Handlers] = {
    ShowAbsence: lambda session, _, __: show(session),
    SaveAbsence: lambda session, command, _: save(session, command),
}
