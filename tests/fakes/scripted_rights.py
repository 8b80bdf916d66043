# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a scripted engine answers about patients' rights. Imports the interface only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.interface.events import RightsChanged
from app.interface.professions import Category, category_of
from app.interface.rights import (
    CheckRights,
    LetterRights,
    PatientRights,
    RecipientRights,
    RecordDecision,
    Rule,
    Ruling,
    ShowRights,
)
from app.interface.snapshots import Done
from crypto_core.wire.decisions import CareTie, DecisionKind

if TYPE_CHECKING:
    from crypto_core.wire.ids import AccountId
    from tests.fakes.scripted_engine import Practice
    from tests.fakes.scripted_owner import Handler


class ScriptedRights:
    """To whom letters about a patient may go, whoever it is: to everybody, unless the script says otherwise."""

    def __init__(self, practice: Practice) -> None:
        self._practice = practice
        self.rules: dict[AccountId, tuple[Ruling, Rule]] = {}
        self.recorded: list[RecordDecision] = []

    def handlers(self) -> dict[type, Handler]:
        """Return what is done for each command."""
        return {
            CheckRights: lambda c, _p: LetterRights(rows=tuple(self.row(each) for each in c.to)),
            ShowRights: lambda _c, _p: PatientRights(
                people=tuple(self.row(account) for account in self.rules), decisions=()
            ),
            RecordDecision: lambda c, _p: self._record(c),
        }

    def row(self, account: AccountId) -> RecipientRights:
        """How things stand with somebody."""
        ruling, rule = self.rules.get(account, (Ruling.YES, Rule.SAME_CATEGORY))
        contact = self._practice.contacts.get(account)
        is_consent = rule is Rule.CONSENT
        return RecipientRights(
            account=account,
            name="" if contact is None else contact.name,
            category=Category.OTHER if contact is None else category_of(contact.profession),
            ruling=ruling,
            rule=rule,
            articles=(),
            tie=None if ruling is Ruling.ASK else CareTie.TAKES_PART,
            opposed_at=self._practice.now if ruling is Ruling.NO else None,
            consented_at=self._practice.now if is_consent else None,
            consent_until=None,
            consent_ended=None,
            informed_at=self._practice.now if ruling is Ruling.YES else None,
        )

    def _record(self, command: RecordDecision) -> Done:
        self.recorded.append(command)
        for account in command.accounts:
            match command.kind:
                case DecisionKind.CONSENT:
                    self.rules[account] = Ruling.YES, Rule.CONSENT
                case DecisionKind.INFORMED:
                    self.rules[account] = Ruling.YES, Rule.SAME_CATEGORY
                case DecisionKind.TIE if command.tie is CareTie.NONE:
                    self.rules[account] = Ruling.CONSENT, Rule.NO_PART_IN_CARE
                case DecisionKind.TIE:
                    self.rules[account] = Ruling.INFORM, Rule.SAME_CATEGORY
                case DecisionKind.OPPOSITION:
                    self.rules[account] = Ruling.NO, Rule.OPPOSITION
                case _:
                    pass
        self._practice.tell(RightsChanged(patient=command.patient))
        return Done()
