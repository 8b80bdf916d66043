# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every code has a text that says what happened and what to do, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.interface.failures import Failure
from app.interface.snapshots import (
    AlarmKind,
    ContactState,
    DeliveryState,
    Problem,
    Trust,
)
from app.window.i18n.catalogues import Language
from app.window.i18n.errors import Errors, Explanation
from app.window.i18n.words import Words
from app.window.theme.tokens import Tone
from app.window.viewmodels.marks import contact_mark, delivery_tone, problem_tone
from crypto_core.wire.content import RefusalReason

if TYPE_CHECKING:
    from tests.unit.app.window.conftest import Speak

LANGUAGES = (Language.FRENCH, Language.ENGLISH)
# Words that UX forbids on any screen.
TECHNICAL = ("hash", "ciphertext", "token", "protocol", "clé privée", "jeton", "protocole")


def check(explanation: Explanation) -> None:
    """Look whether an explanation is one."""
    for text in (explanation.what, explanation.do):
        assert text.endswith(".")
        assert not any(word in text.lower() for word in TECHNICAL)
    assert explanation.what != explanation.do


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("failure", Failure)
def test_every_failure(speak: Speak, language: Language, failure: Failure) -> None:
    speak(language)
    check(Errors().failure(failure))
    # Why a session ended is a word between programs.
    has_detail = failure is not Failure.SIGN_IN_NEEDED
    assert ("(bilan.pdf)" in Errors().failure(failure, "bilan.pdf").what) is has_detail


@pytest.mark.parametrize(
    ("seconds", "french", "english"),
    [
        (0, "1 seconde.", "1 second."),
        (45, "45 secondes.", "45 seconds."),
        (60, "1 minute.", "1 minute."),
        (61, "2 minutes.", "2 minutes."),
        (3600, "60 minutes.", "60 minutes."),
        (3601, "2 heures.", "2 hours."),
    ],
)
def test_how_long_to_wait_is_said_in_words(
    speak: Speak, seconds: int, french: str, english: str
) -> None:
    for language, words in ((Language.FRENCH, french), (Language.ENGLISH, english)):
        speak(language)
        explanation = Errors().failure(Failure.TOO_MANY_ATTEMPTS, str(seconds))
        assert explanation.do.endswith(words)
        assert str(seconds) not in explanation.what


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refused_sign_in_does_not_say_which_of_the_two_was_wrong(
    speak: Speak, language: Language
) -> None:
    speak(language)
    explanation = Errors().failure(Failure.SECOND_FACTOR_REFUSED)
    assert "code" not in explanation.what
    assert "pass" not in explanation.what


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("problem", [each for each in Problem if each is not Problem.NONE])
def test_every_problem(speak: Speak, language: Language, problem: Problem) -> None:
    speak(language)
    check(Errors().problem(problem))
    assert Words().problem(problem)
    assert problem_tone(problem) in {Tone.WARNING, Tone.DANGER}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", AlarmKind)
def test_every_alarm(speak: Speak, language: Language, kind: AlarmKind) -> None:
    speak(language)
    check(Errors().alarm(kind))


@pytest.mark.parametrize("reason", RefusalReason)
def test_every_reason_to_refuse(speak: Speak, reason: RefusalReason) -> None:
    speak(Language.FRENCH)
    assert Errors().refusal(reason)


def test_every_state_has_a_word(speak: Speak) -> None:
    speak(Language.FRENCH)
    words = Words()
    assert all(words.delivery(state) and delivery_tone(state) for state in DeliveryState)
    assert all(contact_mark(state, words).text for state in ContactState)
    assert all(words.trust(trust) for trust in Trust)
