# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is no document, or none yet, in a watched folder."""

from __future__ import annotations

import stat
from types import SimpleNamespace

import pytest

from app.engine.vault.watched import is_hidden, is_unfinished


@pytest.mark.parametrize(
    "name",
    [
        "bilan.pdf.crdownload",
        "bilan.pdf.part",
        "Bilan.pdf.download",
        "bilan.TMP",
        "~$bilan.docx",
        "~WRL0001.tmp",
        "bilan.docx~",
        "bilan.docx.sb-1a2b3c4d-XyZ123",
        "bilan.odt.lock",
        "Thumbs.db",
        "DESKTOP.INI",
        "Icon\r",
        "@eaDir",
    ],
)
def test_what_programs_and_systems_leave_beside_documents_is_not_taken(name: str) -> None:
    assert is_unfinished(name)


@pytest.mark.parametrize("name", ["bilan.pdf", "~bilan.pdf", "partie.pdf", "db", "a.sb-2.pdf"])
def test_documents_are(name: str) -> None:
    assert not is_unfinished(name)


def test_what_the_system_hides_is_not_taken() -> None:
    hidden = SimpleNamespace(st_file_attributes=stat.FILE_ATTRIBUTE_HIDDEN)
    assert is_hidden(hidden)
    assert is_hidden(SimpleNamespace(st_flags=0x8000))
    assert not is_hidden(SimpleNamespace(st_file_attributes=stat.FILE_ATTRIBUTE_ARCHIVE))
    assert not is_hidden(SimpleNamespace())
