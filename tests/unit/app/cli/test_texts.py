# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import re
import string

import pytest

from app.cli import report, texts
from app.cli.texts import Language, Text, choose_language
from app.engine.tokens import Ended
from app.interface.failures import Failure
from app.interface.snapshots import (
    AlarmKind,
    ConnectionState,
    ContactState,
    DeliveryState,
    Problem,
    ProfileState,
)
from crypto_core.wire.content import RefusalReason


def every_text() -> list[Text]:
    found = [value for value in vars(texts).values() if isinstance(value, Text)]
    for table in vars(texts).values():
        if isinstance(table, dict):
            found += [value for value in table.values() if isinstance(value, Text)]
    return found


def test_every_code_has_its_words() -> None:
    assert set(texts.FAILURES) == set(Failure)
    assert set(texts.ALARMS) == set(AlarmKind)
    assert set(texts.PROFILES) == set(ProfileState)
    assert set(texts.CONNECTIONS) == set(ConnectionState)
    assert set(texts.CONTACTS) == set(ContactState)
    assert set(texts.DELIVERIES) == set(DeliveryState)
    assert set(texts.REASONS) == set(RefusalReason)
    assert set(texts.PROBLEMS) == set(Problem)
    assert set(texts.SESSIONS_ENDED) == set(Ended)


def test_every_failure_says_what_to_do() -> None:
    for failure in Failure:
        for language in Language:
            # What happened, and after it what to do, or that there is nothing to be done.
            assert re.search("[.;:,] .*[^ ]", report.failure(failure, "", language)), failure


@pytest.mark.parametrize(
    ("failure", "detail", "words"),
    [
        (Failure.KIT_CODE_INVALID, "3", "group 3"),
        (Failure.KIT_CODE_INVALID, "", "14 groups"),
        (Failure.LINK_INVALID, "7", "Word 7"),
        (Failure.LINK_INVALID, "", "link show"),
        (Failure.SHARES_INVALID, "missing 2", "2 more"),
        (Failure.SHARES_INVALID, "share 1", "share 1"),
        (Failure.SHARES_INVALID, "share 2 17", "word 17 of share 2"),
        (Failure.SHARES_INVALID, "", "same kit"),
        (Failure.TOO_MANY_ATTEMPTS, "40", "40 seconds"),
    ],
)
def test_numbers_are_told_in_words(failure: Failure, detail: str, words: str) -> None:
    assert words in report.failure(failure, detail, Language.ENGLISH)


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def test_both_languages_say_the_same_values() -> None:
    assert len(every_text()) > 100
    for text in every_text():
        assert placeholders(text.english) == placeholders(text.french)
        assert bool(text.english) == bool(text.french)


def test_french_spaces_do_not_break() -> None:
    for text in every_text():
        values = dict.fromkeys(placeholders(text.french), "x : y")
        spoken = text.speak(Language.FRENCH, **values).replace("x : y", "")
        assert not any(f" {sign}" in spoken for sign in ";:?!»")
        assert "« " not in spoken
    assert (
        texts.SAVED.speak(Language.FRENCH, path="a : b")
        == "Enregistré\N{NARROW NO-BREAK SPACE}: a : b"
    )


def test_words_of_the_machinery_are_not_in_sentences() -> None:
    for text in every_text():
        for word in ("ciphertext", "token", "exception", "traceback", "database", "None"):
            assert word not in text.english + text.french


@pytest.mark.parametrize(
    ("environment", "system", "language"),
    [
        ({"LANG": "fr_FR.UTF-8"}, None, Language.FRENCH),
        ({"LANG": "en_GB.UTF-8"}, "fr_FR", Language.ENGLISH),
        ({"LC_ALL": "fr_CA", "LANG": "en_US"}, None, Language.FRENCH),
        ({"LC_ALL": "", "LC_MESSAGES": "C", "LANG": "fr_FR"}, None, Language.ENGLISH),
        ({}, "French_France", Language.FRENCH),
        ({}, None, Language.ENGLISH),
    ],
)
def test_the_language_follows_the_system(
    environment: dict[str, str], system: str | None, language: Language
) -> None:
    assert choose_language(environment, system) is language
