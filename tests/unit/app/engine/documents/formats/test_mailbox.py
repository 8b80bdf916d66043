# SPDX-License-Identifier: AGPL-3.0-or-later
"""Mailboxes of other programs, letter by letter."""

from __future__ import annotations

from io import BytesIO

import pytest

from app.engine.documents.formats import limits, mailbox
from app.engine.documents.parsed import UnreadableError
from app.interface.documents import DocumentProblem
from tests.corpus.documents.make_corpus import GOOD

BOX = GOOD["boite.mbox"]()
BEGIN = b"From a@exemple.invalid Thu Jan  1 00:00:00 1970\n"


def test_a_damaged_letter_hides_none_of_the_others() -> None:
    parsed = mailbox.read(BOX)
    assert [part.title for part in parsed.parts] == ["Un", "", "Trois"]
    assert parsed.parts[1].problems == (DocumentProblem.DAMAGED,)


def test_prose_that_begins_with_from_begins_no_letter() -> None:
    first = next(mailbox.letters(BytesIO(BOX)))
    assert b"From now on, ceci est encore de la prose.\n" in first.content
    assert b"From the beginning, sans ligne vide avant.\n" in first.content


def test_one_mark_is_taken_off_lines_that_began_with_from() -> None:
    first = next(mailbox.letters(BytesIO(BOX)))
    assert b"\nFrom marqu" in first.content
    assert b"\n>From marqu" in first.content
    assert b">>From" not in first.content


def test_an_import_goes_on_where_it_was() -> None:
    whole = list(mailbox.letters(BytesIO(BOX)))
    rest = BytesIO(BOX)
    rest.seek(whole[1].offset)
    assert list(mailbox.letters(rest, number=1, offset=whole[1].offset)) == whole[1:]


def test_windows_line_ends_are_read() -> None:
    letters = list(mailbox.letters(BytesIO(BOX.replace(b"\n", b"\r\n"))))
    assert [letter.number for letter in letters] == [1, 2, 3]


def test_a_letter_of_any_length_is_cut_and_the_next_one_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mailbox, "MAX_LETTER_BYTES", 1000)
    box = BEGIN + b"Subject: long\n\n" + b"x" * 200_000 + b"\n\n" + BEGIN + b"Subject: court\n\ny\n"
    first, second = mailbox.letters(BytesIO(box))
    assert first.is_cut
    assert len(first.content) < limits.MAX_LETTER_BYTES
    assert not second.is_cut
    assert second.content == b"Subject: court\n\ny\n"


def test_a_long_line_with_from_in_it_begins_no_letter() -> None:
    padding = b"x" * (mailbox.READ_BYTES - 1)
    box = BEGIN + b"Subject: un\n\n\n" + padding + b"\n" + padding + BEGIN + b"\n"
    assert len(list(mailbox.letters(BytesIO(box)))) == 1


def test_what_has_no_beginning_is_no_mailbox() -> None:
    with pytest.raises(UnreadableError):
        mailbox.read(b"rien\n")
