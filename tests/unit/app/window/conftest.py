# SPDX-License-Identifier: AGPL-3.0-or-later
"""Languages for tests of texts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from app.window.i18n.catalogues import Catalogues, Language

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QApplication

Speak = Callable[[Language], Catalogues]


@pytest.fixture
def speak(qapp: QApplication) -> Iterator[Speak]:
    """Return what changes the language of the application, until the end of the test."""
    catalogues = Catalogues(qapp, Language.ENGLISH)

    def change(language: Language) -> Catalogues:
        catalogues.choose(language)
        return catalogues

    yield change
    catalogues.remove()
