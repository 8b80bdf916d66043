# SPDX-License-Identifier: AGPL-3.0-or-later
"""What marks say of correspondents and of what the owner wrote: read from their rows, and written into them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from app.engine.ports.vault import Setting
from app.interface.shown import said_name
from app.interface.snapshots import PAGE_LIMIT, ContactRow, ContactState, Trust
from app.interface.writing import Signature, Template, TemplateId
from crypto_core.errors import WireError
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.content import (
    MarkedPerson,
    MarkedWriting,
    MarkField,
    MarkSubject,
    OwnMark,
    Stamp,
    Standing,
)
from crypto_core.wire.envelope import Urgency
from crypto_core.wire.ids import AccountId, DeviceId, UnixMillis
from crypto_core.wire.letters import valid_marks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlcipher3.dbapi2 import Connection

    from app.engine.ports.vault import ContactStore, DraftStore, IdentityStore

OF_CONTACTS: Final = frozenset({MarkField.CONTACT, MarkField.BLOCKED, MarkField.REMARK})
OF_DECISIONS: Final = OF_CONTACTS | {MarkField.TEMPLATE, MarkField.SIGNATURE}
BEFORE_ALL: Final = Stamp(time=UnixMillis(0), count=0, device=DeviceId(bytes(16)))
_STANDINGS: Final = {
    ContactState.REQUESTED: Standing.REQUESTED,
    ContactState.WAITING: Standing.WAITING,
    ContactState.ACCEPTED: Standing.ACCEPTED,
    ContactState.DECLINED: Standing.DECLINED,
    ContactState.UNKNOWN: Standing.UNKNOWN,
}
_STATES: Final = {standing: state for state, standing in _STANDINGS.items()}
_BENEATH: Final = "iif(state = 6, coalesce(state_before, 4), state)"
"""Where a correspondence stands beneath a block."""


class MarkedDecisions:
    """Correspondents, remarks, templates and the signature, as marks have them."""

    def __init__(
        self,
        connection: Connection,
        *,
        contacts: ContactStore,
        drafts: DraftStore,
        identity: IdentityStore,
    ) -> None:
        self._db = connection
        self._contacts = contacts
        self._drafts = drafts
        self._identity = identity

    def people(self) -> Mapping[AccountId, tuple[bool, str]]:
        """Who is blocked, and what everybody is called."""
        rows = self._db.execute("select account, state, name from contact")
        return {
            AccountId(account): (state == ContactState.BLOCKED, name)
            for account, state, name in rows
        }

    def holds(self, field: MarkField, subject: bytes) -> OwnMark | None:
        """What holds here of a subject, without its stamp; None of what is not here."""
        person, writing = None, None
        match field:
            case MarkField.CONTACT | MarkField.BLOCKED | MarkField.REMARK:
                contact = self._contacts.get(AccountId(subject))
                if contact is None:
                    return None
                if field is MarkField.CONTACT:
                    person = self._person(contact)
                elif field is MarkField.REMARK and contact.remark:
                    writing = _written(contact.remark)
                is_blocked = contact.state is ContactState.BLOCKED
                is_on = bool(person or writing) or (field is MarkField.BLOCKED and is_blocked)
            case MarkField.TEMPLATE:
                writing = self._template(subject)
                is_on = writing is not None
            case _:
                try:
                    writing = self._signature()
                except WireError:
                    # Another version of the program wrote it, and what it says is not known here.
                    return None
                is_on = writing is not None
        return OwnMark(
            field=field,
            subject=MarkSubject(subject),
            stamp=BEFORE_ALL,
            is_on=is_on,
            person=person,
            writing=writing,
        )

    def apply(self, mark: OwnMark, now: UnixMillis) -> bool:
        """Let a mark hold here; False if whom it is about is not here yet, or there is no room for it."""
        match mark.field:
            case MarkField.CONTACT:
                return self._stand(mark, now)
            case MarkField.BLOCKED:
                return self._block(mark)
            case MarkField.REMARK:
                return self._note(mark)
            case MarkField.TEMPLATE:
                return self._keep_template(mark)
            case _:
                return self._sign(mark)

    def _person(self, known: ContactRow) -> MarkedPerson:
        return MarkedPerson(
            name=said_name(known.account, known.name),
            profession=known.profession,
            place=known.place,
            note=known.note,
            standing=_STANDINGS[self._beneath(known.account)],
        )

    def _beneath(self, account: AccountId) -> ContactState:
        (state,) = self._db.execute(
            f"select {_BENEATH} from contact where account = ?", (account,)
        ).fetchone()
        return ContactState(state)

    def _template(self, number: bytes) -> MarkedWriting | None:
        for each in self._drafts.templates():
            if each.template == number:
                return MarkedWriting(
                    name=each.name,
                    subject=each.subject,
                    text=each.text,
                    marks=each.marks,
                    is_urgent=each.urgency is Urgency.URGENT,
                    is_answer_wanted=each.is_answer_wanted,
                )
        return None

    def _signature(self) -> MarkedWriting | None:
        stored = self._identity.setting(Setting.SIGNATURE)
        if stored is None:
            return None
        signature = decode(Signature, stored)
        return replace(_written(signature.text), marks=signature.marks)

    def _stand(self, mark: OwnMark, now: UnixMillis) -> bool:
        account, said = AccountId(bytes(mark.subject)), mark.person
        if said is None:
            return False
        state = _STATES[said.standing]
        known = self._contacts.get(account)
        if known is None:
            known = ContactRow(
                account=account,
                name="",
                profession="",
                place="",
                note="",
                state=state,
                trust=Trust.SELF_DECLARED,
                since=now,
            )
        elif self._beneath(account) is not ContactState.ACCEPTED or state is ContactState.DECLINED:
            self._db.execute(
                "update contact set state = iif(state = 6, 6, ?1),"
                f" state_before = iif(state = 6, ?1, state_before), since = iif({_BENEATH} = ?1, since, ?2)"
                " where account = ?3",
                (int(state), now, account),
            )
            known = self._contacts.get(account) or known
        # Else the other computer has not had the answer yet, which comes to all of them.
        self._contacts.put(
            replace(
                known,
                name=said_name(account, known.name) or said.name,
                profession=known.profession or said.profession,
                place=known.place or said.place,
                note=known.note or said.note,
            )
        )
        return True

    def _block(self, mark: OwnMark) -> bool:
        account = AccountId(bytes(mark.subject))
        if self._contacts.get(account) is None:
            return False
        if mark.is_on:
            self._contacts.block(account)
        else:
            self._contacts.unblock(account)
        return True

    def _note(self, mark: OwnMark) -> bool:
        account = AccountId(bytes(mark.subject))
        if self._contacts.get(account) is None:
            return False
        self._contacts.note(account, "" if mark.writing is None else mark.writing.text)
        return True

    def _keep_template(self, mark: OwnMark) -> bool:
        number, said = TemplateId(bytes(mark.subject)), mark.writing
        if said is None:
            self._drafts.remove_template(number)
            return True
        known = {each.template for each in self._drafts.templates()}
        if number not in known and len(known) >= PAGE_LIMIT:
            return False
        self._drafts.put_template(
            Template(
                template=number,
                name=said.name,
                subject=said.subject,
                text=said.text,
                marks=valid_marks(said.text, said.marks),
                urgency=Urgency.URGENT if said.is_urgent else Urgency.NORMAL,
                is_answer_wanted=said.is_answer_wanted,
            )
        )
        return True

    def _sign(self, mark: OwnMark) -> bool:
        said = mark.writing
        kept = (
            None
            if said is None
            else encode(Signature(text=said.text, marks=valid_marks(said.text, said.marks)))
        )
        self._identity.put_setting(Setting.SIGNATURE, kept)
        return True


def _written(text: str) -> MarkedWriting:
    return MarkedWriting(
        name="", subject="", text=text, marks=(), is_urgent=False, is_answer_wanted=False
    )
