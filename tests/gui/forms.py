# SPDX-License-Identifier: AGPL-3.0-or-later
"""Fills the first run in as a person does, step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QLineEdit

from crypto_core.trust.signatures import sha256
from crypto_core.wire.enrolment import Enrolment, format_enrolment
from tests.fakes.sample_log import SampleLog
from tests.fakes.scripted_engine import PASSPHRASE

if TYPE_CHECKING:
    from app.window.views.components.fields import Field
    from app.window.views.registration import RegistrationPage

ENROLMENT: Final = format_enrolment(
    Enrolment(
        version=1,
        url="https://relay.example:8443",
        spki_sha256=sha256(b"relay"),
        log_keys=SampleLog().log_keys,
    )
)
INVITATION: Final = "AAAA-BBBB"


def write(field: Field, text: str) -> None:
    """Put a text into a field."""
    answer = field.answer
    if isinstance(answer, QLineEdit):
        answer.setText(text)
    else:
        answer.setPlainText(text)


def fill(page: RegistrationPage, **texts: str) -> None:
    """Answer every question, correctly but for what is given; stop where a step is not accepted."""
    relay, person, secret = page.relay, page.person, page.secret
    steps: tuple[dict[str, tuple[Field, str]], ...] = (
        {"enrolment": (relay.enrolment, ENROLMENT), "invitation": (relay.invitation, INVITATION)},
        {
            "name": (person.name, "Dr Claire Martin"),
            "profession": (person.profession, "Ostéopathe"),
            "place": (person.place, "Valbonne"),
            "rpps": (person.rpps, ""),
        },
        {"passphrase": (secret.passphrase, PASSPHRASE), "again": (secret.again, PASSPHRASE)},
    )
    for number, questions in enumerate(steps):
        for name, (field, answer) in questions.items():
            write(field, texts.get(name, answer))
        if number < len(steps) - 1:
            page.next.click()
