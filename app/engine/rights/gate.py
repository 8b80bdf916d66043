# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whether something about a patient may go to somebody: the law as one table (requirements R-20 and R-22).

Articles are those of the Code de la santé publique (CSP) and of the general regulation on data protection (RGPD).
What was decided stays with the edition of the table by which it was: an act of 2026 is read by the rules of 2026.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from app.interface.professions import Category
from app.interface.rights import Purpose, Rule, Ruling
from crypto_core.wire.decisions import CareTie

if TYPE_CHECKING:
    from collections.abc import Callable

EDITION: Final = date(2026, 11, 24)
"""When this table was last held against the texts."""


ARTICLES: Final = {
    Rule.NO_PATIENT: (),
    Rule.OPPOSITION: ("CSP L1110-4 IV", "RGPD 21"),
    Rule.CONSENT: ("RGPD 9(2)(a)", "CSP L1110-4 III"),
    Rule.PATIENT: ("CSP L1111-7",),
    Rule.OUTSIDE_SECRECY: ("CSP R1110-2", "RGPD 9(2)(a)"),
    Rule.TIE_UNKNOWN: ("CSP L1110-4 II",),
    Rule.NO_PART_IN_CARE: ("CSP L1110-4 II", "RGPD 9(2)(a)"),
    Rule.SHARING_OUTSIDE_TEAM: ("CSP L1110-4 III",),
    Rule.SAME_CATEGORY: ("CSP L1110-4 IV",),
    Rule.OTHER_CATEGORY: ("CSP R1110-3",),
}
"""Where each rule stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """All that the table asks."""

    sender: Category
    recipient: Category
    tie: CareTie | None
    """What the recipient has to do with the care; None while the sender has not said."""
    purpose: Purpose = Purpose.EXCHANGE
    names_patient: bool = True
    is_opposed: bool = False
    """An opposition of the patient's covers the recipient."""
    has_consent: bool = False
    """A consent of the patient's, or of who decides for them, covers the recipient and what is sent."""
    is_informed: bool = False
    """The patient was told that such things go to this recipient."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The table's answer."""

    ruling: Ruling
    rule: Rule

    @property
    def articles(self) -> tuple[str, ...]:
        """Where the rule stands."""
        return ARTICLES[self.rule]


_TABLE: Final[tuple[tuple[Rule, Ruling, Callable[[Case], bool]], ...]] = (
    (Rule.NO_PATIENT, Ruling.YES, lambda case: not case.names_patient),
    # Nobody objects to what goes to themselves.
    (Rule.PATIENT, Ruling.YES, lambda case: case.tie is CareTie.SELF),
    (Rule.OPPOSITION, Ruling.NO, lambda case: case.is_opposed),
    (Rule.CONSENT, Ruling.YES, lambda case: case.has_consent),
    (
        Rule.OUTSIDE_SECRECY,
        Ruling.CONSENT,
        lambda case: Category.OTHER in {case.sender, case.recipient},
    ),
    (Rule.TIE_UNKNOWN, Ruling.ASK, lambda case: case.tie is None),
    (Rule.NO_PART_IN_CARE, Ruling.CONSENT, lambda case: case.tie is CareTie.NONE),
    (
        Rule.SHARING_OUTSIDE_TEAM,
        Ruling.CONSENT,
        lambda case: case.tie is CareTie.TAKES_PART and case.purpose is Purpose.SHARING,
    ),
    (Rule.SAME_CATEGORY, Ruling.INFORM, lambda case: case.sender is case.recipient),
    (Rule.OTHER_CATEGORY, Ruling.INFORM, lambda _: True),
)
"""The first rule that holds decides."""


def decide(case: Case) -> Decision:
    """Look a case up."""
    rule, ruling = next((rule, ruling) for rule, ruling, holds in _TABLE if holds(case))
    is_done = ruling is Ruling.INFORM and case.is_informed
    return Decision(ruling=Ruling.YES if is_done else ruling, rule=rule)
