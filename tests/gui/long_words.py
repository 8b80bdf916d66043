# SPDX-License-Identifier: AGPL-3.0-or-later
"""A language that does not exist, whose words are longer than those of the languages that do."""

from __future__ import annotations

from PySide6.QtCore import QTranslator


class LongWords(QTranslator):
    """Makes every text of ours longer by two fifths, as some languages do."""

    def translate(
        self,
        _context: str,
        source: str,
        _disambiguation: str | None = None,
        n: int = -1,
    ) -> str:
        """Return the text with a tail."""
        return f"{source.replace('%n', str(n))} {'ẅ' * max(1, len(source) * 2 // 5)}"

    def isEmpty(self) -> bool:  # noqa: N802 - Qt calls it
        """Return that there are translations."""
        return False
