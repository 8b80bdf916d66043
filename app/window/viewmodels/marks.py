# SPDX-License-Identifier: AGPL-3.0-or-later
"""The chips of a conversation, a contact or a rung: shape, word and tone together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.interface.snapshots import (
    Comparison,
    ContactState,
    DeliveryState,
    Direction,
    Problem,
    Trust,
)
from app.window.theme.tokens import Tone
from crypto_core.wire.envelope import Urgency

if TYPE_CHECKING:
    from app.interface.snapshots import ConversationRow
    from app.window.i18n.formats import Formats
    from app.window.i18n.words import Words

SHAPES: Final[dict[Tone, str]] = {
    Tone.NEUTRAL: "",
    Tone.ACCENT: "",
    Tone.GOOD: "✓",
    Tone.WARNING: "△",
    Tone.DANGER: "✕",
}
"""The shape that says the same as the colour, for who does not see the colour."""

_DELIVERY_TONES: Final[dict[DeliveryState, Tone]] = {
    DeliveryState.QUEUED: Tone.NEUTRAL,
    DeliveryState.ACCEPTED: Tone.NEUTRAL,
    DeliveryState.DELIVERED: Tone.GOOD,
    DeliveryState.READ: Tone.GOOD,
    DeliveryState.REFUSED: Tone.DANGER,
    DeliveryState.NOT_DELIVERED: Tone.DANGER,
}

_PROBLEM_TONES: Final[dict[Problem, Tone]] = {
    Problem.CANNOT_OPEN: Tone.WARNING,
    Problem.MESSAGE_ID_REUSED: Tone.DANGER,
    Problem.ATTACHMENT_MISSING: Tone.WARNING,
    Problem.RECIPIENT_AWAY: Tone.WARNING,
    Problem.RECIPIENT_UNTRUSTED: Tone.DANGER,
    Problem.REFUSED_BY_RELAY: Tone.DANGER,
    Problem.NOT_A_CONTACT: Tone.WARNING,
    Problem.EXPIRED: Tone.DANGER,
    Problem.RELAY_FULL: Tone.WARNING,
    Problem.RECIPIENT_UNKNOWN: Tone.DANGER,
    Problem.KEYS_CHANGED: Tone.DANGER,
    Problem.KEYS_UNPROVEN: Tone.WARNING,
    Problem.RECIPIENT_BLOCKED: Tone.WARNING,
    Problem.NOT_ALLOWED: Tone.WARNING,
}

_CONTACT_TONES: Final[dict[ContactState, Tone]] = {
    ContactState.WAITING: Tone.WARNING,
    ContactState.REQUESTED: Tone.NEUTRAL,
    ContactState.ACCEPTED: Tone.GOOD,
    ContactState.DECLINED: Tone.NEUTRAL,
    ContactState.UNKNOWN: Tone.DANGER,
    ContactState.BLOCKED: Tone.NEUTRAL,
}


_TRUST_TONES: Final[dict[Trust, Tone]] = {
    Trust.SELF_DECLARED: Tone.NEUTRAL,
    Trust.VOUCHED: Tone.ACCENT,
    Trust.VERIFIED: Tone.GOOD,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A word, its tone, and the shape in front of it."""

    text: str
    tone: Tone = Tone.NEUTRAL
    shape: str = ""

    @property
    def shown(self) -> str:
        """The text with its shape."""
        return f"{self.shape} {self.text}" if self.shape else self.text


def mark(text: str, tone: Tone) -> Mark:
    """Return a mark with the shape of its tone."""
    return Mark(text=text, tone=tone, shape=SHAPES[tone])


def delivery_tone(state: DeliveryState) -> Tone:
    """Return the tone of a rung."""
    return _DELIVERY_TONES[state]


def problem_tone(problem: Problem) -> Tone:
    """Return the tone of a problem; NONE has none."""
    return _PROBLEM_TONES[problem]


def contact_mark(state: ContactState, words: Words) -> Mark:
    """Return the chip of a correspondence."""
    return mark(words.contact(state), _CONTACT_TONES[state])


def stranger_mark(state: ContactState | None, words: Words) -> Mark:
    """Return the chip of somebody whom a letter cannot go to; None for who was never asked."""
    if state in {None, ContactState.DECLINED}:
        return mark(words.problem(Problem.NOT_A_CONTACT), Tone.WARNING)
    return mark(words.contact(state), Tone.WARNING)


def trust_mark(trust: Trust, words: Words) -> Mark:
    """Return the chip that says how much is known about someone.

    A merely declared identity is common, so it is quiet: a shape, but no colour of alarm.
    """
    shape = SHAPES[Tone.WARNING] if trust is Trust.SELF_DECLARED else SHAPES[Tone.GOOD]
    return Mark(text=words.trust(trust), tone=_TRUST_TONES[trust], shape=shape)


def compared_mark(how: Comparison, words: Words) -> Mark:
    """Return the chip that says that the owner has compared words or taken a card; NEVER has none."""
    return mark(words.compared(how), Tone.GOOD)


def sign_of(row: ConversationRow) -> tuple[str, Tone] | None:
    """Return the small sign beside a sender's name, with the tone of its colour; None without a sender.

    The words to it are in the letter, and in what a screen reader says of the line.
    """
    if row.trust is None:
        return None
    is_known = row.trust is not Trust.SELF_DECLARED or row.compared is not Comparison.NEVER
    return (SHAPES[Tone.GOOD], Tone.GOOD) if is_known else (SHAPES[Tone.WARNING], Tone.NEUTRAL)


def conversation_marks(
    row: ConversationRow, words: Words, formats: Formats, *, leaves_out_patient: bool = False
) -> tuple[Mark, ...]:
    """Return the chips of a line of the mail list: about whom first, then the most pressing."""
    marks: list[Mark] = []
    if row.patient is not None and not leaves_out_patient:
        marks.append(Mark(text=words.patient(row.patient)))
    if row.problem is not Problem.NONE:
        marks.append(mark(words.problem(row.problem), _PROBLEM_TONES[row.problem]))
    if row.urgency is Urgency.URGENT:
        marks.append(mark(words.urgent(), Tone.WARNING))
    if row.has_abnormal:
        marks.append(mark(words.abnormal(), Tone.WARNING))
    if row.is_answer_wanted:
        marks.append(Mark(text=words.answer_wanted(), tone=Tone.ACCENT))
    elif row.is_flagged:
        marks.append(Mark(text=words.flagged(), tone=Tone.ACCENT))
    if row.send_at is not None:
        marks.append(Mark(text=words.leaves_at(formats.shortly(row.send_at)), tone=Tone.ACCENT))
    is_told_already = row.send_at is not None or row.problem is not Problem.NONE
    if (
        row.delivery is not None
        and row.latest_direction is Direction.SENT
        and not (
            is_told_already and row.delivery in {DeliveryState.QUEUED, DeliveryState.NOT_DELIVERED}
        )
    ):
        marks.append(mark(words.delivery(row.delivery), _DELIVERY_TONES[row.delivery]))
    if row.document_count:
        marks.append(Mark(text=words.documents(row.document_count)))
    return tuple(marks)
