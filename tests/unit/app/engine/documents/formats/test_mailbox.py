# SPDX-License-Identifier: AGPL-3.0-or-later
"""Mailboxes of other programs, letter by letter."""

from __future__ import annotations

from io import BytesIO

import pytest

from app.engine.documents import taking
from app.engine.documents.formats import limits, mail, mailbox
from app.engine.documents.formats.kinds import kind_of
from app.engine.documents.parsed import UnreadableError
from app.engine.ports.documents import NotMailError, ReadLetter
from app.interface.documents import DocumentKind, DocumentProblem
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


HEAD = b"From: lea@exemple.invalid\nSubject: %d\n\nTexte %d.\n"


@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b"\n\n"])
@pytest.mark.parametrize(
    ("begin", "between"),
    [
        (b"From lea@exemple.invalid Tue Mar  5 09:01:00 2024", b"\n"),
        (b"From lea@exemple.invalid Tue Mar  5 09:01:00 2024", b""),
        (b"From - Tue Mar 05 09:01:00 2024", b"\n"),
        (b"From - Sat Apr 12 2025 15:59:28", b"\n"),
        (b"From lea@exemple.invalid Tue Mar  5 09:01:00 +0100 2024", b"\n"),
        (b"From 1234567890@xxx Tue Mar 05 09:01:00 +0000 2024", b"\n"),
        (b"From ", b"\n"),
        (b"From - ", b"\n"),
        (b"From lea@exemple.invalid", b"\n"),
        (b"From MAILER-DAEMON Fri Jul  8 12:08:34 2011", b"\n"),
        (b"From lea@exemple.invalid 5 Mar 2024", b"\n"),
        (b"From lea@exemple.invalid Mar 5, 2024 9:01:00 AM GMT+01:00", b""),
    ],
)
def test_every_letter_is_found_however_its_program_begins_it(
    begin: bytes, between: bytes, before: bytes, ends: bytes
) -> None:
    box = b"".join(begin + b"\n" + HEAD % (number, number) + between for number in (1, 2, 3))
    box = before + box.replace(b"\n", ends) if ends != b"\n" else before + box
    assert kind_of(box) is DocumentKind.MAILBOX
    found = list(mailbox.letters(BytesIO(box)))
    assert [mail.subject_of(letter.content) for letter in found] == ["1", "2", "3"]
    rest = BytesIO(box)
    rest.seek(found[1].offset)
    assert [each.end for each in mailbox.letters(rest, offset=found[1].offset)] == [
        each.end for each in found[1:]
    ]


def test_a_folder_that_an_older_program_began_loses_no_letter_of_the_newer_one() -> None:
    box = b"From - Tue Mar 05 09:01:00 2024\n" + HEAD % (1, 1) + b"\n"
    box += b"".join(
        b"From \nX-Mozilla-Status: 0001\n" + HEAD % (number, number) + b"\n" for number in (2, 3)
    )
    assert len(list(mailbox.letters(BytesIO(box)))) == 3


@pytest.mark.parametrize(
    "prose",
    [
        b"From now on\nSubject: to change.",
        b"From Monday 8:30 on, we are open.\nTo: be confirmed.",
        b"From \nhere to there.",
        b"From Monday\nTo: be confirmed.",
        b"From: nobody\nTo: nobody",
        b"From the office of Dr Lea\nTel: 01 02 03 04 05",
        b"From 2020 to 2024\nDate: to come",
        b"From 8:30 in 2024 until the end of the holidays that follow\nDate: to come",
    ],
)
def test_prose_is_never_taken_for_a_letter(prose: bytes) -> None:
    box = b"From a Thu Jan  1 00:00:00 1970\n" + HEAD % (1, 1) + b"\n" + prose + b"\n\nFin.\n"
    (letter,) = mailbox.letters(BytesIO(box))
    assert letter.content.endswith(prose + b"\n\nFin.\n")


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


def test_a_mailbox_that_ends_within_a_line_says_so() -> None:
    box = BEGIN + HEAD % (1, 1) + b"\n" + BEGIN + HEAD % (2, 2) + b"\n"
    assert mailbox.read(box).problems == ()
    parsed = mailbox.read(box[:-4])
    assert parsed.problems == (DocumentProblem.DAMAGED,)
    assert [part.problems for part in parsed.parts] == [(), (DocumentProblem.DAMAGED,)]


def test_lines_of_the_older_mac_are_read() -> None:
    box = (BEGIN + HEAD % (1, 1) + b"\n" + BEGIN + HEAD % (2, 2) + b"\n").replace(b"\n", b"\r")
    assert kind_of(box) is DocumentKind.MAILBOX
    found = list(mailbox.letters(BytesIO(box)))
    assert [mail.read_letter(each.content).text for each in found] == ["Texte 1.", "Texte 2."]
    assert [(each.offset, each.end) for each in found] == [
        (0, len(box) // 2),
        (len(box) // 2, len(box)),
    ]
    assert not any(each.is_broken for each in found)
    rest = BytesIO(box[len(box) // 2 :])
    assert list(mailbox.letters(rest, number=1, offset=len(box) // 2)) == found[1:]


class _Whole:
    """A file that is there at once."""

    def __init__(self, content: bytes) -> None:
        self._content = BytesIO(content)

    def readline(self, size: int, /) -> bytes:
        return self._content.readline(size)

    def start(self, size: int) -> bytes:
        return self._content.getvalue()[:size]


def taken(content: bytes) -> list[ReadLetter]:
    feed = _Whole(content)
    return [each.letter for each in taking.letters(feed, offset=0, is_skipping=False)]


@pytest.mark.parametrize(
    "junk", [bytes(4096) + b"\n", b"\xff\xfe\x00rien\n", b"rien\nqui soit\n\n"]
)
def test_a_mailbox_with_a_damaged_beginning_loses_no_other_letter(junk: bytes) -> None:
    box = junk + BEGIN + HEAD % (1, 1) + b"\n" + BEGIN + HEAD % (2, 2) + b"\n"
    damaged, *letters = taken(box)
    assert (damaged.offset, damaged.end, damaged.problem) == (0, len(junk), DocumentProblem.DAMAGED)
    assert [letter.subject for letter in letters] == ["1", "2"]
    assert letters[-1].end == len(box)


PARTED = (
    b"From: lea@exemple.invalid\nSubject: 1\nContent-Type: multipart/mixed; boundary=z\n\n"
    b"--z\n\nUn\n--z\nContent-Disposition: attachment; filename=boite.mbox\n\n"
    + BEGIN
    + HEAD % (9, 9)
    + b"--z--\n"
)


@pytest.mark.parametrize("first", [HEAD % (1, 1), PARTED])
def test_a_mailbox_without_its_first_line_loses_no_letter(first: bytes) -> None:
    assert [letter.subject for letter in taken(first)] == ["1"]
    box = first + b"\n" + BEGIN + HEAD % (2, 2) + b"\n"
    assert [letter.subject for letter in taken(box)][-1] == "2"
    assert taken(box)[-1].end == len(box)


def test_what_is_no_mail_is_none() -> None:
    for content in (b"", b"rien\n", b"From now on\nrien\n", bytes(100)):
        with pytest.raises(NotMailError):
            taken(content)


def test_a_letter_within_which_the_file_ends_is_taken_over_in_part() -> None:
    box = BEGIN + HEAD % (1, 1) + b"\n" + BEGIN + HEAD % (2, 2)
    assert [letter.is_cut for letter in taken(box)] == [False, False]
    assert [letter.is_cut for letter in taken(box[:-3])] == [False, True]
