# SPDX-License-Identifier: AGPL-3.0-or-later
"""Notes beside documents: what is understood, what is refused, and that nothing else ever happens."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.folders.notes import Note, NotedPatient, NoteError, parse_note
from app.engine.ports.folders import MAX_NOTE_BYTES
from crypto_core.wire.limits import MAX_ATTACHMENTS, MAX_SLOTS


def test_a_note_says_who_what_and_about_whom() -> None:
    note = parse_note(
        b"# du logiciel\r\nTo: Boris ; uhs:abc\r\nto: Boris\r\nSubject: Bilan: suite\r\n"
        b"patient: Durand; Lucie; 1984-02-29\r\nfile: a.pdf\r\nfile: b.pdf\r\nurgent: Oui\r\n"
        b"answer: yes\r\n\r\nBonjour,\r\n\r\nci-joint.\r\n"
    )
    assert note == Note(
        to=("Boris", "uhs:abc"),
        subject="Bilan: suite",
        text="Bonjour,\n\nci-joint.",
        patient=NotedPatient(family_name="Durand", given_name="Lucie", birth_date="1984-02-29"),
        files=("a.pdf", "b.pdf"),
        is_urgent=True,
        is_answer_wanted=True,
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_french_keys_are_read_in_the_encodings_of_old_software(encoding: str) -> None:
    text = "À : Zoé Lefèvre\nObjet : été\npatient : Noël ; Zoé ; 01/02/1980\nréponse : non\nfichier : é.pdf\n"
    note = parse_note(text.encode(encoding))
    assert (note.to, note.subject, note.files) == (("Zoé Lefèvre",), "été", ("é.pdf",))
    assert note.patient is not None
    assert note.patient.birth_date == "1980-02-01"


def test_empty_lines_before_the_first_count_for_nothing() -> None:
    note = parse_note(b"\xef\xbb\xbf\r\n \r\nto: Boris\r\n\r\nBonjour")
    assert (note.to, note.text) == (("Boris",), "Bonjour")
    with pytest.raises(NoteError) as error:
        parse_note(b"\n\nto: Boris\nBonjour")
    assert error.value.line == 4


def test_an_empty_note_asks_for_nothing() -> None:
    assert parse_note(b"") == parse_note(b"\n") == Note()


@pytest.mark.parametrize(
    ("note", "line"),
    [
        ("destinatire: Boris", 1),
        ("to: Boris\nsans deux-points", 2),
        ("to:", 1),
        ("subject: a\nsubject: b", 2),
        ("file: ../a.pdf", 1),
        ("file: a/b.pdf", 1),
        ("file: C:\\a.pdf", 1),
        ("file: ..", 1),
        ("file: .cache", 1),
        ("file: autre.pdf.UHS.txt", 1),
        ("to: Bo\u202eris", 1),
        ("to: Bo\x00ris", 1),
        ("urgent: peut-être", 1),
        ("patient: Durand", 1),
        ("patient: ;Lucie", 1),
        ("patient: a;b;c;d", 1),
        ("patient: Durand;Lucie;1984-02-30", 1),
        ("patient: Durand;Lucie;19840229", 1),
        ("patient: " + "é" * 101 + ";Lucie", 1),
        ("subject: " + "s" * 1001, 1),
        (";".join(["to: a", *(str(each) for each in range(MAX_SLOTS))]), 1),
        ("\n".join(f"file: {each}" for each in range(MAX_ATTACHMENTS + 1)), MAX_ATTACHMENTS + 1),
    ],
)
def test_what_is_not_meant_is_refused_at_its_line(note: str, line: int) -> None:
    with pytest.raises(NoteError) as refused:
        parse_note(note.encode())
    assert refused.value.line == line


def test_a_note_that_is_too_large_is_refused() -> None:
    with pytest.raises(NoteError):
        parse_note(b"#" * (MAX_NOTE_BYTES + 1))


@given(st.binary(max_size=300))
def test_any_bytes_are_a_note_or_refused(content: bytes) -> None:
    with contextlib.suppress(NoteError):
        parse_note(content)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["to", "à", "objet", "patient", "file", "urgent", "answer", "x"]),
            st.text(max_size=30),
        ),
        max_size=6,
    )
)
def test_no_note_names_a_file_elsewhere(lines: list[tuple[str, str]]) -> None:
    text = "\n".join(f"{key}: {value}" for key, value in lines)
    try:
        note = parse_note(text.encode(errors="replace"))
    except NoteError:
        return
    for name in note.files:
        assert "/" not in name
        assert "\\" not in name
        assert not name.startswith(".")
