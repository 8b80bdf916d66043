# SPDX-License-Identifier: AGPL-3.0-or-later
"""What patients decide about their information: recorded, told to the owner's other computers, asked before anything goes.

See `app/design/rights.md`; the records themselves are those of `crypto_core/spec/decisions.md`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from app.engine import patients
from app.engine.gatekeeping import rights_of
from app.engine.journal.noting import note
from app.engine.outbox import has_other_computers, new_message_id, queue
from app.engine.rights.standing import covers, holds, in_force, who
from app.engine.times import latest_time
from app.interface.events import RightsChanged
from app.interface.failures import CommandError, Failure
from app.interface.rights import (
    CheckRights,
    DecisionRow,
    LetterRights,
    PatientRights,
    RecordDecision,
    Ruling,
    ShowRights,
)
from app.interface.snapshots import PAGE_LIMIT, Done
from crypto_core.errors import CryptoCoreError
from crypto_core.trust.audit import record_salt
from crypto_core.trust.decisions import stated, verify_decision
from crypto_core.trust.devices import find_device
from crypto_core.wire.codec import encode
from crypto_core.wire.decisions import (
    Capacity,
    CareTie,
    Channel,
    ConsentTerms,
    DecisionId,
    DecisionKind,
    KeptDecision,
    OwnDecisions,
    Party,
    PatientDecision,
    is_sound,
)
from crypto_core.wire.envelope import MessageKind
from crypto_core.wire.journal import Action
from crypto_core.wire.labels import PATIENT_DECISION
from crypto_core.wire.limits import (
    JOURNAL_SALT_BYTES,
    MAX_DECISIONS_SEEN,
    MAX_DECISIONS_TOGETHER,
)
from crypto_core.wire.signed import Signed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.engine.handlers import Handlers
    from app.engine.ports.vault import Store
    from app.engine.session import Session
    from crypto_core.trust.key_history import KeyHistory
    from crypto_core.wire.ids import AccountId, DeviceId, MessageId, PatientId, UnixMillis
    from crypto_core.wire.signed import SigningPublicKey

_ID_BYTES: Final = 16
_ACTIONS: Final = {
    DecisionKind.CONSENT: Action.CONSENT_GIVEN,
    DecisionKind.WITHDRAWAL: Action.CONSENT_WITHDRAWN,
    DecisionKind.OPPOSITION: Action.OPPOSITION_STATED,
    DecisionKind.LIFTING: Action.OPPOSITION_LIFTED,
    DecisionKind.INFORMED: Action.PATIENT_INFORMED,
    DecisionKind.TIE: Action.CARE_STATED,
    DecisionKind.EMERGENCY: Action.SENT_IN_EMERGENCY,
}


# --- recording -----------------------------------------------------------------------------------


async def record(session: Session, command: RecordDecision) -> Done:
    """Record a decision. Raises CommandError."""
    if command.kind is DecisionKind.EMERGENCY:
        raise CommandError(Failure.INVALID)
    await session.vault.run(lambda store: keep(store, session, command))
    session.wakes.outbox.set()
    session.publish(RightsChanged(patient=command.patient))
    return Done()


def keep(store: Store, session: Session, command: RecordDecision) -> PatientDecision:
    """Sign and keep a record, note it, and have the other computers told; inside a transaction. Raises CommandError."""
    patients.required(store, command.patient)
    known = store.decisions.of(command.patient)
    decision = PatientDecision(
        version=1,
        decision=DecisionId(session.random(_ID_BYTES)),
        account=session.owner.account,
        device=session.owner.device,
        patient=command.patient,
        kind=command.kind,
        at=session.now(),
        utc_offset=session.machine.clock.utc_offset(),
        seen=_overridden(known, command),
        parties=_parties(store, command),
        channel=command.channel,
        capacity=command.capacity,
        by=command.by.strip(),
        terms=_terms(command),
        evidence=None,
        number=None if command.tie is None else int(command.tie),
        letter=None,
        text=command.text.strip(),
    )
    if command.kind is DecisionKind.LIFTING and not decision.seen:
        raise CommandError(Failure.NOTHING_TO_LIFT)
    _add(store, session, decision)
    if command.kind is DecisionKind.LIFTING:
        _object_to_the_others(store, session, known, decision)
    return decision


def state_informed(
    store: Store, session: Session, patient: PatientId, accounts: Sequence[AccountId]
) -> None:
    """Record that these take part in the care and that the patient knows, of whom it is open; in a transaction.

    Raises CommandError.
    """
    rows = rights_of(store, session, patient, accounts)
    unsaid = tuple(row.account for row in rows if row.ruling is Ruling.ASK)
    if unsaid:
        tie = CareTie.TAKES_PART
        keep(
            store,
            session,
            RecordDecision(patient=patient, kind=DecisionKind.TIE, accounts=unsaid, tie=tie),
        )
    untold = unsaid + tuple(row.account for row in rows if row.ruling is Ruling.INFORM)
    if untold:
        keep(
            store,
            session,
            RecordDecision(patient=patient, kind=DecisionKind.INFORMED, accounts=untold),
        )


def carry_over(store: Store, session: Session, gone: PatientId, kept: PatientId) -> None:
    """Let what one of two patients has forbidden hold for the one that they become; in a transaction.

    Oppositions, consents that were withdrawn, and that somebody takes no part in the care. What a patient has allowed
    under the other number is asked again: if two were made one by mistake, nothing was allowed for the wrong one.
    """
    known = store.decisions.of(gone)
    if not known:
        return

    def of(kind: DecisionKind) -> list[PatientDecision]:
        return [each for each in known if each.kind is kind]

    overridden = {each for consent in of(DecisionKind.CONSENT) for each in consent.seen}
    overridden |= {each for tie in of(DecisionKind.TIE) for each in tie.seen}
    strict = in_force(of(DecisionKind.OPPOSITION), of(DecisionKind.LIFTING))
    strict += [each for each in of(DecisionKind.WITHDRAWAL) if each.decision not in overridden]
    strict += [
        each
        for each in of(DecisionKind.TIE)
        if each.decision not in overridden and each.number == int(CareTie.NONE)
    ]
    for each in strict:
        _add(
            store,
            session,
            replace(
                each,
                decision=DecisionId(session.random(_ID_BYTES)),
                device=session.owner.device,
                patient=kept,
                at=session.now(),
                utc_offset=session.machine.clock.utc_offset(),
                seen=(),
                evidence=None,
            ),
        )


def keep_emergency(
    store: Store,
    session: Session,
    patient: PatientId,
    *,
    letter: MessageId,
    accounts: Sequence[AccountId],
    reason: str,
) -> None:
    """Record why a letter goes to these against what the rules say; inside the transaction that sends it."""
    command = RecordDecision(
        patient=patient, kind=DecisionKind.EMERGENCY, accounts=tuple(accounts), text=reason
    )
    _add(
        store,
        session,
        PatientDecision(
            version=1,
            decision=DecisionId(session.random(_ID_BYTES)),
            account=session.owner.account,
            device=session.owner.device,
            patient=patient,
            kind=DecisionKind.EMERGENCY,
            at=session.now(),
            utc_offset=session.machine.clock.utc_offset(),
            seen=(),
            parties=_parties(store, command),
            channel=Channel.WRITTEN,
            capacity=Capacity.PATIENT,
            by="",
            terms=None,
            evidence=None,
            number=None,
            letter=letter,
            text=reason.strip(),
        ),
    )


def _add(store: Store, session: Session, decision: PatientDecision) -> PatientDecision:
    if not is_sound(decision):
        raise CommandError(Failure.INVALID)
    body = encode(decision)
    signed = Signed(body=body, signature=session.keys.signing.sign(PATIENT_DECISION, body))
    kept = KeptDecision(record=signed, nonce=session.random(JOURNAL_SALT_BYTES))
    store.decisions.add(decision, kept)
    if has_other_computers(store, session):
        told = OwnDecisions(version=1, decisions=(kept,))
        queue(
            store, session, MessageKind.DECISIONS, (told,), to=[], message=new_message_id(session)
        )
    note(
        store,
        session,
        _ACTIONS[decision.kind],
        patient=decision.patient,
        letter=decision.letter,
        people=[each.account for each in decision.parties if each.account is not None],
        number=decision.number,
        salt=record_salt(kept.nonce, encode(signed)),
    )
    return decision


def _object_to_the_others(
    store: Store, session: Session, known: Sequence[PatientDecision], lifting: PatientDecision
) -> None:
    """An objection to several people that is over for one of them goes on for the others, in a record of its own."""
    for each in known:
        if each.decision not in lifting.seen:
            continue
        others = tuple(party for party in each.parties if not covers(lifting, who(party)))
        if each.parties and others:
            _add(
                store,
                session,
                replace(
                    each,
                    decision=DecisionId(session.random(_ID_BYTES)),
                    device=session.owner.device,
                    at=session.now(),
                    utc_offset=session.machine.clock.utc_offset(),
                    seen=(),
                    parties=others,
                    evidence=None,
                ),
            )


def _overridden(
    known: Sequence[PatientDecision], command: RecordDecision
) -> tuple[DecisionId, ...]:
    """What a new record of this kind has to name, so that it holds beside what is known here."""

    def of(kind: DecisionKind) -> list[PatientDecision]:
        return [each for each in known if each.kind is kind]

    def meets(decision: PatientDecision) -> bool:
        if not decision.parties or not command.accounts:
            return True
        return any(covers(decision, account) for account in command.accounts)

    match command.kind:
        case DecisionKind.CONSENT:
            found = [each for each in of(DecisionKind.WITHDRAWAL) if meets(each)]
        case DecisionKind.LIFTING:
            opposed = in_force(of(DecisionKind.OPPOSITION), of(DecisionKind.LIFTING))
            # An objection to everybody is not over because it is for one of them.
            found = [
                each
                for each in opposed
                if bool(each.parties) is bool(command.accounts) and meets(each)
            ]
        case DecisionKind.TIE:
            found = [each for each in of(DecisionKind.TIE) if meets(each)]
        case _:
            found = []
    return tuple(each.decision for each in found[-MAX_DECISIONS_SEEN:])


def _parties(store: Store, command: RecordDecision) -> tuple[Party, ...]:
    parties = []
    for account in dict.fromkeys(command.accounts):
        contact = store.contacts.get(account)
        if contact is None:
            raise CommandError(Failure.NOT_A_CONTACT)
        parties.append(Party(account=account, name=contact.name, profession=contact.profession))
    outside = (name.strip() for name in command.outside)
    parties += [Party(account=None, name=name, profession="") for name in outside if name]
    return tuple(parties)


def _terms(command: RecordDecision) -> ConsentTerms | None:
    wish = command.consent
    if wish is None:
        return None
    return ConsentTerms(
        purpose=wish.purpose.strip() or wish.purpose,
        data=tuple(sorted(set(wish.data))),
        basis=wish.basis,
        notice=None,
        until=wish.until,
    )


# --- asking --------------------------------------------------------------------------------------


async def check(session: Session, command: CheckRights) -> LetterRights:
    """Say of each recipient whether a letter about a patient may go to them. Raises CommandError."""

    def look(store: Store) -> LetterRights:
        patients.required(store, command.patient)
        asked = [each for each in command.to if each != session.owner.account]
        return LetterRights(rows=rights_of(store, session, command.patient, asked))

    return await session.vault.run(look)


async def show(session: Session, command: ShowRights) -> PatientRights:
    """Show everything that was recorded about a patient. Raises CommandError."""

    def look(store: Store) -> PatientRights:
        patients.required(store, command.patient)
        known = store.decisions.of(command.patient)
        now = latest_time(store, session)
        named = dict.fromkeys(
            party.account
            for each in reversed(known)
            for party in each.parties
            if party.account is not None
        )
        return PatientRights(
            people=rights_of(store, session, command.patient, list(named)[:PAGE_LIMIT]),
            decisions=tuple(_row(each, known, now=now) for each in reversed(known[-PAGE_LIMIT:])),
        )

    return await session.vault.run(look)


def _row(
    decision: PatientDecision, known: Sequence[PatientDecision], *, now: UnixMillis
) -> DecisionRow:
    terms = decision.terms
    return DecisionRow(
        decision=decision.decision,
        kind=decision.kind,
        at=decision.at,
        parties=decision.parties,
        is_in_force=holds(decision, known, now=now),
        channel=decision.channel,
        capacity=decision.capacity,
        by=decision.by,
        tie=None if decision.number is None else CareTie(decision.number),
        purpose="" if terms is None else terms.purpose,
        data=() if terms is None else terms.data,
        until=None if terms is None else terms.until,
        text=decision.text,
    )


# --- own computers -------------------------------------------------------------------------------


def share(store: Store, session: Session, device: DeviceId) -> None:
    """Tell a computer that is new every record there is."""
    everything = list(store.decisions.all())
    for start in range(0, len(everything), MAX_DECISIONS_TOGETHER):
        queue(
            store,
            session,
            MessageKind.DECISIONS,
            (
                OwnDecisions(
                    version=1, decisions=tuple(everything[start:][:MAX_DECISIONS_TOGETHER])
                ),
            ),
            to=[(session.owner.account, device)],
            message=new_message_id(session),
            is_for_own=False,
        )


def receive(
    store: Store, session: Session, told: OwnDecisions, history: KeyHistory | None
) -> tuple[PatientId, ...]:
    """Keep what another computer of the owner has recorded; return whose records are new. Nothing else is believed."""
    changed: dict[PatientId, None] = {}
    for kept in told.decisions:
        try:
            claimed = stated(kept.record)
            key = _key_of(history, claimed.device)
            if claimed.account != session.owner.account or key is None:
                continue
            decision = verify_decision(key, kept.record)
        except CryptoCoreError:
            continue
        if store.erasures.erased_at(decision.patient) is None and store.decisions.add(
            decision, kept
        ):
            changed[decision.patient] = None
    return tuple(changed)


def _key_of(history: KeyHistory | None, device: DeviceId) -> SigningPublicKey | None:
    for each in () if history is None else history.lists:
        entry = find_device(each.devices, device)
        if entry is not None:
            return entry.signing
    return None


HANDLERS: Final[Handlers] = {
    RecordDecision: lambda session, command, _: record(session, command),
    CheckRights: lambda session, command, _: check(session, command),
    ShowRights: lambda session, command, _: show(session, command),
}
