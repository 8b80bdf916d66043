# SPDX-License-Identifier: AGPL-3.0-or-later
"""Letters of ordinary mail: their text, and their documents by place."""

from __future__ import annotations

import binascii
import datetime as dt

import pytest

from app.engine.documents.formats import mail
from app.engine.documents.formats.kinds import kind_of
from app.engine.documents.parsed import UnreadableError
from app.interface.documents import BlockKind, DocumentKind, DocumentProblem, FactKind
from tests.corpus.documents.make_corpus import GOOD, PDF, PICTURE, b64, hprim, xdm

HEAD = b"From: a@exemple.invalid\nTo: b@exemple.invalid\nSubject: essai\n"


def text_of(letter: bytes) -> str:
    return mail.read_letter(letter).text


def test_two_documents_of_one_name_are_two_documents() -> None:
    parts = mail.read(GOOD["lettre.eml"]()).parts
    assert [(part.kind, part.name) for part in parts[:2]] == [
        (DocumentKind.PDF, "résultat.pdf"),
        (DocumentKind.PICTURE, "résultat.pdf"),
    ]
    assert [part.content for part in parts[:2]] == [PDF, PICTURE]


def test_documents_are_known_by_their_place() -> None:
    letter = mail.read_letter(GOOD["lettre.eml"]())
    assert [part.position for part in letter.attachments] == [(1,), (2,), (3,), (4,), (5,)]


def test_an_xdm_without_a_disposition_is_not_missed() -> None:
    part = mail.read(GOOD["lettre.eml"]()).parts[2]
    assert part.kind is DocumentKind.XDM
    assert part.content == xdm()


def test_a_letter_in_a_letter_is_a_document() -> None:
    part = mail.read(GOOD["lettre.eml"]()).parts[3]
    assert (part.kind, part.name) == (DocumentKind.MAIL, "Demande.eml")


def test_winmail_is_an_unknown_document() -> None:
    part = mail.read(GOOD["lettre.eml"]()).parts[4]
    assert (part.kind, part.name) == (DocumentKind.UNKNOWN, "winmail.dat")


def test_the_head_is_decoded_over_the_ends_of_its_words() -> None:
    facts = {fact.kind: fact.text for fact in mail.read(GOOD["lettre.eml"]()).facts}
    assert facts[FactKind.SUBJECT] == "Résultats d’Élodie"
    assert facts[FactKind.SENDER] == "Dr Nadia Férrat <nadia.ferrat@exemple.invalid>"
    assert facts[FactKind.DATE] == "2026-11-18T09:30"


def test_of_two_forms_of_one_text_the_plain_one_is_shown() -> None:
    parsed = mail.read(GOOD["lettre.eml"]())
    assert [block.text for block in parsed.blocks] == ["Cher confrère,", "voici les résultats."]
    assert DocumentProblem.ACTIVE_CONTENT not in parsed.problems


def test_what_an_import_needs_is_there() -> None:
    letter = mail.read_letter(GOOD["lettre.eml"]())
    assert letter.message_id == "resultats.261118@exemple.invalid"
    assert letter.references == ("premier.261101@exemple.invalid", "demande.261117@exemple.invalid")
    assert letter.recipients.endswith("<karim.benali@exemple.invalid>, secretariat@exemple.invalid")
    assert letter.date == dt.datetime(2026, 11, 18, 8, 30, tzinfo=dt.UTC)
    assert letter.text == "Cher confrère,\n\nvoici les résultats."


def test_html_alone_becomes_text_and_nothing_of_it_runs_or_is_fetched() -> None:
    parsed = mail.read(GOOD["lettre-html.eml"]())
    assert set(parsed.problems) == {
        DocumentProblem.REMOTE_CONTENT,
        DocumentProblem.ACTIVE_CONTENT,
    }
    texts = [block.text for block in parsed.blocks]
    assert "Elle va mieux\xa0: 10⁹/L été.\nÀ vendredi." in texts
    assert not any("caché" in text or "color" in text for text in texts)
    (table,) = (block for block in parsed.blocks if block.kind is BlockKind.TABLE)
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["Mesure", "Valeur"],
        ["Poids", "64,5"],
    ]


def test_a_link_that_lies_shows_where_it_leads() -> None:
    assert "https://banque.invalid (http://hameconnage.invalid/x)" in text_of(
        GOOD["lettre-html.eml"]()
    )


def test_a_signature_is_said_and_not_shown_as_a_document() -> None:
    parsed = mail.read(GOOD["lettre-signee.eml"]())
    assert parsed.problems == (DocumentProblem.SIGNED,)
    assert parsed.parts == ()


def test_an_encrypted_letter_is_said_to_be_protected() -> None:
    parsed = mail.read(GOOD["lettre-chiffree.eml"]())
    assert parsed.problems == (DocumentProblem.PROTECTED,)
    assert [part.name for part in parsed.parts] == ["smime.p7m"]


def test_a_laboratory_s_file_as_the_text_is_a_document() -> None:
    (part,) = mail.read(HEAD + b"Content-Type: text/plain\n\n" + hprim("latin-1")).parts
    assert part.kind is DocumentKind.HPRIM


@pytest.mark.parametrize(
    ("head", "body", "text"),
    [
        (b"Content-Type: text/plain; charset=iso-8859-1", "été".encode("cp1252"), "été"),
        (b"Content-Type: text/plain; charset=inconnu", "été".encode(), "été"),
        (b"Content-Type: text/plain", "été".encode("mac_roman"), "été"),
        (b"Content-Type: text/plain; charset=utf-7", b"+AOk-t+AOk-", "été"),
        (b"Content-Type: text/plain; charset=rot13", b"lettre", "lettre"),
        (
            b"Content-Type: text/plain\nContent-Transfer-Encoding: base64",
            b"w6l0w6k=\n--\nliste",
            "été",
        ),
        (b"Content-Type: n'importe quoi", b"lettre", "lettre"),
        (b"Content-Type: multipart/mixed", b"sans limite", "sans limite"),
        (b"X-Rien: 1", b"lettre", "lettre"),
    ],
)
def test_letters_of_ten_years_ago_are_read(head: bytes, body: bytes, text: str) -> None:
    assert text_of(HEAD + head + b"\n\n" + body) == text


def test_a_missing_last_boundary_loses_no_document() -> None:
    whole = GOOD["lettre.eml"]()
    cut = whole[: whole.rindex(b"--dehors--")]
    parsed = mail.read(cut)
    assert len(parsed.parts) == 5
    assert DocumentProblem.DAMAGED in parsed.problems


def test_a_boundary_with_special_signs_is_only_itself() -> None:
    letter = (
        HEAD
        + b'Content-Type: multipart/mixed; boundary="a.*(b"\n\n--axx(b\n--a.*(b\n\nun\n--a.*(b--\n'
    )
    assert text_of(letter) == "un"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\courrier\\lettre.pdf", "lettre.pdf"),
        (".cache", "cache"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("x" * 900 + ".pdf", "x" * 237 + ".pdf"),
    ],
)
def test_no_name_is_a_path_or_lies(name: str, shown: str) -> None:
    letter = (
        HEAD
        + f'Content-Type: application/pdf; name="{name}"'.replace("\\", "\\\\").encode()
        + b"\nContent-Transfer-Encoding: base64\n\n"
        + b64(PDF).encode()
    )
    (part,) = mail.read(letter).parts
    assert part.name == shown
    assert part.content == PDF


def test_a_document_without_a_name_is_called_by_its_place() -> None:
    letter = HEAD + b"Content-Type: application/pdf\n\n" + PDF
    assert mail.read(letter).parts[0].name == "document-1.pdf"


@pytest.mark.parametrize(
    "date", [b"hier", b"", b"Wed, 99 Nov 2026 25:00:00 +9999", b"31 Dec 9999 23:59:00 -1200"]
)
def test_a_date_that_makes_no_sense_is_none(date: bytes) -> None:
    assert mail.read_letter(HEAD + b"Date: " + date + b"\n\nx").date is None


@pytest.mark.parametrize(
    ("date", "moment"),
    [
        ("5 Mar 2014", "2014-03-05T00:00:00+00:00"),
        ("mar., 5 mars 2024 09:01", "2024-03-05T09:01:00+00:00"),
        ("jeu. 1er août 2019 à 18h05", "2019-08-01T18:05:00+00:00"),
        ("Tuesday, March 5, 2024 9:01 PM", "2024-03-05T21:01:00+00:00"),
        ("Wed, 15 juil. 2015 12:00:01 +0200", "2015-07-15T12:00:01+02:00"),
        ("2024-03-05T09:01:00+01:00", "2024-03-05T09:01:00+01:00"),
        ("2024-03-05 09:01", "2024-03-05T09:01:00+00:00"),
        ("Tue, 5 Mar 2024 09:01:00 +0100 (CET)", "2024-03-05T09:01:00+01:00"),
    ],
)
def test_dates_are_read_as_programs_wrote_them(date: str, moment: str) -> None:
    found = mail.read_letter(HEAD + f"Date: {date}\n\nx".encode()).date
    assert found is not None
    assert found.isoformat() == moment


def test_who_got_a_blind_copy_is_among_the_recipients() -> None:
    letter = mail.read_letter(
        b"From: a@exemple.invalid\nBcc: Dr L\xc3\xa9a <lea@exemple.invalid>\n\nx"
    )
    assert letter.recipients == "Dr Léa <lea@exemple.invalid>"
    assert [each.address for each in letter.receivers] == ["lea@exemple.invalid"]


def uuencoded(content: bytes) -> bytes:
    lines = [binascii.b2a_uu(content[at : at + 45]) for at in range(0, len(content), 45)]
    return b"".join(lines)


@pytest.mark.parametrize("strips", [False, True])
def test_documents_in_the_text_as_older_programs_sent_them_are_documents(*, strips: bool) -> None:
    encoded = uuencoded(PDF)
    if strips:
        encoded = b"\n".join(line.rstrip() for line in encoded.split(b"\n"))
    letter = mail.read_letter(
        HEAD
        + b"\n\nBonjour,\nbegin 644 r\xe9sultat.pdf\n"
        + encoded
        + b"`\nend\n\nA demain\nbegin 644 deux.txt\n"
        + uuencoded(b"deux")
        + b"end\n"
    )
    assert [part.name for part in letter.attachments] == ["résultat.pdf", "deux.txt"]
    assert [part.content for part in letter.attachments] == [PDF, b"deux"]
    assert letter.text == "Bonjour,\n\nA demain"


def test_prose_about_beginnings_stays_prose() -> None:
    text = "begin 644 fois la phrase\nque personne ne dit\nend"
    letter = mail.read_letter(HEAD + b"\n\n" + text.encode())
    assert (letter.text, letter.attachments) == (text, ())


def test_lines_that_only_their_length_has_parted_are_joined() -> None:
    body = "Chère consœur, \nvoici la suite. \n\n>> cité deux \n>> fois\n> une fois\n -> rentré\n-- \nLéa"
    head = b"Content-Type: text/plain; charset=utf-8; format=flowed"
    assert text_of(HEAD + head + b"\n\n" + body.encode()) == (
        "Chère consœur, voici la suite. \n\n>> cité deux fois\n> une fois\n-> rentré\n-- \nLéa"
    )
    assert mail.unflowed("au \njourd \nhui", is_delsp=True) == "aujourdhui"


def test_a_letter_in_the_form_of_apple_mail_is_read() -> None:
    letter = HEAD + b"Date: 5 Mar 2014\n\nBonjour\n"
    form = b"%d       \n" % len(letter) + letter + b'<?xml version="1.0"?>\n<plist/>\n'
    assert kind_of(form) is DocumentKind.MAIL
    assert text_of(form) == "Bonjour"
    assert mail.read_letter(form).problems == ()
    short = form[: len(letter) // 2]
    assert mail.read_letter(short).problems == (DocumentProblem.DAMAGED,)


@pytest.mark.parametrize(
    ("head", "field"),
    [
        (b"", b"X-Apple-Content-Length: 51200"),
        (b"", b"X-Mozilla-External-Attachment-URL: file:///C:/Courrier/bilan.pdf"),
        (b"X-Mozilla-Status: 0401\n", b"X-Other: 1"),
    ],
)
def test_a_document_that_is_kept_elsewhere_is_said_to_be_missing(head: bytes, field: bytes) -> None:
    def letter(head: bytes, field: bytes) -> bytes:
        return (
            head
            + HEAD
            + b"Content-Type: multipart/mixed; boundary=z\n\n--z\n\nVoir\n--z\n"
            + b"Content-Disposition: attachment; filename=bilan.pdf\n"
            + field
            + b"\n\n\n--z--\n"
        )

    found = mail.read_letter(letter(head, field))
    assert found.problems == (DocumentProblem.CUT,)
    assert [part.name for part in found.attachments] == ["bilan.pdf"]
    assert mail.read_letter(letter(b"X-Mozilla-Status: 0001\n", b"X-Other: 1")).problems == ()


def test_each_field_is_read_in_the_characters_that_it_is_written_in() -> None:
    head = (
        "From: Hélène <h@exemple.invalid>\n".encode("cp1252")
        + "Subject: Été à l’hôpital\n".encode()
    )
    found = mail.read_letter(head + b"\nx\n")
    assert (found.sender, found.subject) == ("Hélène <h@exemple.invalid>", "Été à l’hôpital")


def test_a_letter_with_lines_of_the_older_mac_is_read_whole() -> None:
    head = HEAD + b"Content-Transfer-Encoding: quoted-printable\n\n"
    assert text_of((head + b"un =\ndeux\ntrois\n").replace(b"\n", b"\r")) == "un deux\ntrois"


def test_what_has_no_field_is_no_letter() -> None:
    with pytest.raises(UnreadableError):
        mail.read(b"rien\nqui soit\n\nune lettre")
