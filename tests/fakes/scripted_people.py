# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a scripted engine answers about who a correspondent is. Imports the interface only."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from app.interface.commands import (
    AcknowledgeKeyChange,
    AddByCard,
    ConfirmVerified,
    ShowCard,
    ShowContact,
    ShowVerificationWords,
    Vouch,
    WithdrawVouch,
)
from app.interface.events import ContactsChanged
from app.interface.failures import CommandError, Failure
from app.interface.people import BlockContact, NoteContact, ReconsiderContact, UnblockContact
from app.interface.snapshots import (
    AddedContact,
    AssuranceRow,
    CardText,
    Comparison,
    ContactDetails,
    ContactRow,
    ContactState,
    Done,
    KeyNewsKind,
    KeyNewsRow,
    Trust,
    VerificationWords,
)
from crypto_core.wire.ids import AccountId, UnixMillis
from crypto_core.wire.words import words_from_bits

if TYPE_CHECKING:
    from crypto_core.wire.assurance import DocumentKind
    from tests.fakes.scripted_engine import Practice
    from tests.fakes.scripted_owner import Handler

CARD_PREFIX: Final = "uhs:contact/"
OWN_CARD: Final = f"{CARD_PREFIX}{'3kwd7qlmzp5tnrxa' * 8}"
SOMEBODYS_CARD: Final = f"{CARD_PREFIX}{'b2jq6vyhofc4slmu' * 8}"
_DAY: Final = 24 * 60 * 60_000


class ScriptedPeople:
    """What stands for each correspondent of a practice."""

    def __init__(self, practice: Practice) -> None:
        self._practice = practice
        self.assurances: dict[AccountId, tuple[AssuranceRow, ...]] = {}
        self.history: dict[AccountId, tuple[KeyNewsRow, ...]] = {}
        self.compared_at: dict[AccountId, UnixMillis] = {}
        self.before_block: dict[AccountId, ContactState] = {}

    def handlers(self) -> dict[type, Handler]:
        """Return what is done for each command."""
        return {
            ShowContact: lambda c, _p: self._details(c.account),
            AcknowledgeKeyChange: lambda c, _p: self._acknowledge(c.account),
            ShowVerificationWords: lambda c, _p: VerificationWords(
                words=words_from_bits(sha256(c.account).digest(), 12, c.language)
            ),
            ConfirmVerified: lambda c, _p: self._confirm(c),
            ShowCard: lambda _c, _p: CardText(text=OWN_CARD),
            AddByCard: lambda c, _p: self._add(c),
            Vouch: lambda c, _p: self._vouch(c.account),
            WithdrawVouch: lambda c, _p: self._withdraw(c.account),
            ReconsiderContact: lambda c, _p: self._reconsider(c.account),
            BlockContact: lambda c, _p: self._block(c.account),
            UnblockContact: lambda c, _p: self._unblock(c.account),
            NoteContact: lambda c, _p: self._note(c),
        }

    # For the script

    def change(self, account: AccountId, **changes: object) -> None:
        """Change any field of a correspondent, and tell it."""
        contacts = self._practice.contacts
        contacts[account] = replace(contacts[account], **changes)  # type: ignore[arg-type]
        self._practice.tell(ContactsChanged())

    def vouch(self, account: AccountId, voucher: str, *, is_own: bool = False) -> None:
        """Let a colleague say who somebody is."""
        row = AssuranceRow(
            level=Trust.VOUCHED,
            voucher=AccountId(sha256(voucher.encode()).digest()[:20]),
            voucher_name=voucher,
            is_own=is_own,
            document=None,
            since=UnixMillis(self._practice.now - 40 * _DAY),
            expires_at=None,
        )
        self._assure(account, row)

    def verify(self, account: AccountId, document: DocumentKind) -> None:
        """Let the relay's operator see a document."""
        row = AssuranceRow(
            level=Trust.VERIFIED,
            voucher=None,
            voucher_name="",
            is_own=False,
            document=document,
            since=UnixMillis(self._practice.now - 100 * _DAY),
            expires_at=UnixMillis(self._practice.now + 265 * _DAY),
        )
        self._assure(account, row)

    def announce(self, account: AccountId, kind: KeyNewsKind) -> None:
        """Let somebody change something as they may: nothing is stopped."""
        row = KeyNewsRow(kind=kind, at=UnixMillis(self._practice.now - 60_000), is_blocking=False)
        self.history[account] = (row, *self.history.get(account, ()))
        self._practice.tell(ContactsChanged())

    def surprise(self, account: AccountId, kind: KeyNewsKind) -> None:
        """Let somebody come back in a way that stops letters."""
        row = KeyNewsRow(kind=kind, at=UnixMillis(self._practice.now - 60_000), is_blocking=True)
        self.history[account] = (row, *self.history.get(account, ()))
        self.change(account, is_blocked=True)

    # What the engine does

    def _assure(self, account: AccountId, row: AssuranceRow) -> None:
        self.assurances[account] = (row, *self.assurances.get(account, ()))
        known = self._known(account)
        self.change(account, trust=max(known.trust, row.level))

    def _reconsider(self, account: AccountId) -> Done:
        if self._known(account).state is ContactState.DECLINED:
            self.change(account, state=ContactState.WAITING)
        return Done()

    def _block(self, account: AccountId) -> Done:
        state = self._known(account).state
        if state is not ContactState.BLOCKED:
            self.before_block[account] = state
            self.change(account, state=ContactState.BLOCKED)
        return Done()

    def _unblock(self, account: AccountId) -> Done:
        state = self._known(account).state
        self.change(account, state=self.before_block.pop(account, state))
        return Done()

    def _note(self, command: NoteContact) -> Done:
        self._known(command.account)
        self.change(command.account, remark=command.remark.strip())
        return Done()

    def _known(self, account: AccountId) -> ContactRow:
        if account not in self._practice.contacts:
            raise CommandError(Failure.UNKNOWN_ACCOUNT)
        return self._practice.contacts[account]

    def _details(self, account: AccountId) -> ContactDetails:
        row = self._known(account)
        first = KeyNewsRow(kind=KeyNewsKind.FIRST_SEEN, at=row.since, is_blocking=False)
        return ContactDetails(
            contact=row,
            computers=2,
            compared_at=self.compared_at.get(account),
            assurances=self.assurances.get(account, ()),
            assured_at=self._practice.now,
            history=(*self.history.get(account, ()), first),
        )

    def _acknowledge(self, account: AccountId) -> Done:
        if not self._known(account).is_blocked:
            raise CommandError(Failure.NOTHING_TO_ACKNOWLEDGE)
        self._settle(account, KeyNewsKind.ACKNOWLEDGED)
        self.change(account, is_blocked=False)
        return Done()

    def _settle(self, account: AccountId, kind: KeyNewsKind) -> None:
        settled = tuple(replace(row, is_blocking=False) for row in self.history.get(account, ()))
        row = KeyNewsRow(kind=kind, at=self._practice.now, is_blocking=False)
        self.history[account] = (row, *settled)

    def _confirm(self, command: ConfirmVerified) -> Done:
        account = command.account
        self._known(account)
        if command.how is Comparison.NEVER:
            self.compared_at.pop(account, None)
        else:
            self.compared_at[account] = self._practice.now
            row = KeyNewsRow(kind=KeyNewsKind.COMPARED, at=self._practice.now, is_blocking=False)
            self.history[account] = (row, *self.history.get(account, ()))
        self.change(account, compared=command.how)
        return Done()

    def _add(self, command: AddByCard) -> AddedContact:
        if command.text.strip() == OWN_CARD:
            raise CommandError(Failure.OWN_ACCOUNT)
        if command.text.strip() != SOMEBODYS_CARD:
            raise CommandError(Failure.CARD_INVALID)
        name, profession = "Dr Émile Garnier", "cardiologue"
        account = self._practice.add_contact(
            name, profession, "Nice", state=ContactState.REQUESTED, note=command.note
        )
        if command.is_from_person:
            self.change(account, compared=Comparison.BY_CARD)
        return AddedContact(
            account=account, name=name, profession=profession, state=ContactState.REQUESTED
        )

    def _vouch(self, account: AccountId) -> Done:
        if self._known(account).compared is Comparison.NEVER:
            raise CommandError(Failure.KEYS_UNPROVEN)
        self.vouch(account, self._practice.name, is_own=True)
        return Done()

    def _withdraw(self, account: AccountId) -> Done:
        left = tuple(row for row in self.assurances.get(account, ()) if not row.is_own)
        self.assurances[account] = left
        self.change(account, trust=max((row.level for row in left), default=Trust.SELF_DECLARED))
        return Done()
