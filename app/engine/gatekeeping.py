# SPDX-License-Identifier: AGPL-3.0-or-later
"""Asks the law's table before anything about a patient goes to anybody, on whatever path it goes (R-20, R-22).

Every letter is asked about twice: when its owner sends it, and when it is sealed. In between a patient may have
withdrawn a consent, on this computer or on another one of the owner.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.engine.rights.gate import Case, decide
from app.engine.rights.standing import covers, standing
from app.engine.times import latest_time
from app.interface.failures import CommandError, Failure
from app.interface.professions import category_of
from app.interface.rights import Purpose, RecipientRights, Ruling
from crypto_core.wire.decisions import DecisionKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.engine.ports.vault import Store
    from app.engine.session import Session
    from app.interface.professions import Category
    from crypto_core.wire.decisions import PatientDecision
    from crypto_core.wire.ids import (
        AccountId,
        ConversationId,
        MessageId,
        PatientId,
        UnixMillis,
    )

_NAMES: Final = 500
"""How much of the names is said."""
_FAILURES: Final = {
    Ruling.NO: Failure.PATIENT_OBJECTS,
    Ruling.CONSENT: Failure.CONSENT_NEEDED,
    Ruling.ASK: Failure.CARE_NOT_SAID,
    Ruling.INFORM: Failure.PATIENT_NOT_INFORMED,
}


def subject(
    store: Store, patient: PatientId | None, conversation: ConversationId | None
) -> PatientId | None:
    """Whom a letter is about: the patient it names, or whom its conversation is filed under here."""
    if patient is not None or conversation is None:
        return patient
    return store.patients.of_conversation(conversation)


def require(
    store: Store, session: Session, patient: PatientId, accounts: Iterable[AccountId]
) -> None:
    """Refuse a letter about a patient that may not go to one of these; the gravest reason first. Raises CommandError."""
    rows = rights_of(store, session, patient, accounts)
    gravest = max((row.ruling for row in rows), default=Ruling.YES)
    if gravest is Ruling.YES:
        return
    contacts = [store.contacts.get(row.account) for row in rows if row.ruling is gravest]
    names = ", ".join(contact.name for contact in contacts if contact is not None)
    raise CommandError(_FAILURES[gravest], names[:_NAMES])


def may_leave(
    store: Store, session: Session, message: MessageId, patient: PatientId, account: AccountId
) -> bool:
    """Whether a letter about a patient may be sealed to somebody now, inside a transaction."""
    if any(
        each.kind is DecisionKind.EMERGENCY and each.letter == message and covers(each, account)
        for each in store.decisions.of(patient)
    ):
        return True
    (row,) = rights_of(store, session, patient, [account])
    return row.ruling is Ruling.YES


def rights_of(
    store: Store,
    session: Session,
    patient: PatientId,
    accounts: Iterable[AccountId],
    *,
    purpose: Purpose = Purpose.EXCHANGE,
) -> tuple[RecipientRights, ...]:
    """Ask the gate about each account, inside a transaction."""
    known = store.decisions.of(patient)
    now = latest_time(store, session)
    sender = category_of(session.owner.profession)
    return tuple(
        _rights(store, known, account, sender=sender, purpose=purpose, now=now)
        for account in accounts
    )


def _rights(
    store: Store,
    known: Sequence[PatientDecision],
    account: AccountId,
    *,
    sender: Category,
    purpose: Purpose,
    now: UnixMillis,
) -> RecipientRights:
    contact = store.contacts.get(account)
    recipient = category_of("" if contact is None else contact.profession)
    found = standing(known, account, now=now)
    decision = decide(
        Case(
            sender=sender,
            recipient=recipient,
            tie=found.tie,
            purpose=purpose,
            is_opposed=found.opposition is not None,
            has_consent=found.consent is not None,
            is_informed=found.informed is not None,
        )
    )
    consent = found.consent
    return RecipientRights(
        account=account,
        name=_name(known, account) if contact is None else contact.name,
        category=recipient,
        ruling=decision.ruling,
        rule=decision.rule,
        articles=decision.articles,
        tie=found.tie,
        opposed_at=None if found.opposition is None else found.opposition.at,
        consented_at=None if consent is None else consent.at,
        consent_until=None if consent is None or consent.terms is None else consent.terms.until,
        consent_ended=None if found.ended is None else found.ended.at,
        informed_at=None if found.informed is None else found.informed.at,
    )


def _name(known: Sequence[PatientDecision], account: AccountId) -> str:
    """The name of somebody who is no contact any more, as the newest record gives it."""
    named = (
        party.name for each in reversed(known) for party in each.parties if party.account == account
    )
    return next(named, "")
