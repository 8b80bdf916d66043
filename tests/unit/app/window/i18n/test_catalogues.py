# SPDX-License-Identifier: AGPL-3.0-or-later
"""The catalogues are complete, in step with the sources, and written as French is."""

from __future__ import annotations

import re
import shutil
from html import unescape
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QLocale

from app.window.i18n.catalogues import Language, resolve
from app.window.i18n.update import FOLDER, SOURCES, update
from app.window.i18n.words import Words

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QApplication

    from tests.unit.app.window.conftest import Speak

MESSAGE = re.compile(r"<message.*?</message>", re.DOTALL)
NARROW_SPACE = "\u202f"


def messages(language: Language) -> list[tuple[str, list[str]]]:
    """Return sources and their translations, one or one per plural form."""
    found = []
    for block in MESSAGE.findall((FOLDER / f"{language}.ts").read_text(encoding="utf-8")):
        source = re.search(r"<source>(.*?)</source>", block, re.DOTALL)
        assert source is not None
        forms = re.findall(r"<numerusform>(.*?)</numerusform>", block, re.DOTALL)
        whole = re.findall(r"<translation[^>]*>(.*?)</translation>", block, re.DOTALL)
        found.append((unescape(source.group(1)), [unescape(text) for text in forms or whole]))
    return found


FRENCH = messages(Language.FRENCH)


def test_catalogues_are_in_step_with_the_sources(tmp_path: Path) -> None:
    for language in ("fr", "en"):
        shutil.copy(FOLDER / f"{language}.ts", tmp_path)
    update(tmp_path)
    for name in ("fr.ts", "en.ts", "fr.qm", "en.qm"):
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes(), name


@pytest.mark.parametrize("language", [Language.FRENCH, Language.ENGLISH])
def test_nothing_is_left_untranslated(language: Language) -> None:
    text = (FOLDER / f"{language}.ts").read_text(encoding="utf-8")
    assert "unfinished" not in text
    assert all(form for _source, forms in messages(language) for form in forms)


def test_translations_keep_what_is_filled_in() -> None:
    for source, forms in FRENCH:
        wanted = sorted(re.findall(r"\{\w+\}|%n|%\d", source))
        for form in forms:
            plain = form.replace("%Ln", "%n")
            assert sorted(re.findall(r"\{\w+\}|%n|%\d", plain)) == wanted, source


def test_french_typography() -> None:
    for source, forms in FRENCH:
        for form in forms:
            # An address is written as machines read it, and a number stands for %Ln.
            text = form.replace("uhs:", "").replace("%Ln", "2")
            assert not re.search(r"[ \u00a0][;:?!»%]", text), source
            assert not re.search(r"\w[;:?!»]", text), source
            assert not re.search(r"«(?!\u202f)", text), source
            assert "'" not in text, source
            assert '"' not in text, source
            assert "..." not in text, source


def test_no_formatted_string_is_handed_to_the_translator() -> None:
    # It would be extracted with its braces and never be found again.
    assert not [
        path.name
        for path in SOURCES.rglob("*.py")
        if re.search(r"\btr\(\s*f[\"']", path.read_text(encoding="utf-8"))
    ]


def test_language_follows_the_system() -> None:
    french = QLocale(QLocale.Language.French, QLocale.Country.Belgium)
    german = QLocale(QLocale.Language.German)
    assert resolve(Language.SYSTEM, french) is Language.FRENCH
    assert resolve(Language.SYSTEM, german) is Language.ENGLISH
    assert resolve(Language.ENGLISH, french) is Language.ENGLISH


def test_plural_forms(speak: Speak) -> None:
    speak(Language.FRENCH)
    words = Words()
    assert [words.documents(n) for n in (0, 1, 2)] == ["0 document", "1 document", "2 documents"]
    speak(Language.ENGLISH)
    assert [words.documents(n) for n in (0, 1, 2)] == ["0 documents", "1 document", "2 documents"]
    assert words.unread(1) == "1 unread letter"


def test_dialogs_of_qt_speak_french_too(qapp: QApplication, speak: Speak) -> None:
    speak(Language.FRENCH)
    assert qapp.translate("QPlatformTheme", "Cancel") == "Annuler"
    speak(Language.ENGLISH)
    assert qapp.translate("QPlatformTheme", "Cancel") == "Cancel"
