# SPDX-License-Identifier: AGPL-3.0-or-later
"""Shapes that cost careless readers the square of their length; the time limit of the suite is the judge."""

from __future__ import annotations

import pytest

from app.engine.documents.formats import cda, fhir, hprim, mail, mailbox, xdm
from app.engine.documents.formats.markup import parse_markup
from app.engine.documents.formats.texts import decode, unescape
from app.engine.documents.parsed import UnreadableError
from app.interface.documents import DocumentProblem
from tests.corpus.documents.make_corpus import archive, bomb, cda_file, cda_text, entry, zipped

pytestmark = pytest.mark.timeout(60)
MANY = 300_000


@pytest.mark.parametrize(
    "piece",
    [
        "<",
        "<!--",
        "<a",
        "<a ",
        '<a b="',
        "<a b='\"",
        "</",
        "</p",
        "<![CDATA[",
        "<?",
        "&#",
        "<p>",
        "<td>",
        "<li><ul>",
        "<script>",
    ],
)
def test_markup_without_ends_is_read_in_one_pass(piece: str) -> None:
    tree, _is_cut = parse_markup(piece * MANY)
    assert tree.tag == "html"


def test_a_number_of_any_length_is_no_character() -> None:
    assert unescape("&#" + "9" * 5000 + ";&#x" + "f" * 5000 + ";&eacute;") == "\ufffd\ufffdé"


def test_boundaries_without_parts_are_counted() -> None:
    letter = (
        b"From: a@b\nTo: c@d\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\n" * MANY
    )
    assert DocumentProblem.CUT in mail.read(letter).problems


def test_fields_without_end_are_cut() -> None:
    letter = b"From: a@b\nTo: c@d\n" + b"X: y\n" * MANY
    assert DocumentProblem.DAMAGED in mail.read(letter).problems


def test_encoded_words_in_great_number_are_decoded() -> None:
    letter = b"From: a@b\nSubject: " + b"=?utf-8?Q?=C3?= " * 10_000 + b"\n\nx"
    assert mail.read_letter(letter).subject


def test_a_mailbox_of_nothing_but_beginnings_is_cut() -> None:
    box = b"From a Thu Jan  1 00:00:00 1970\n\n" * 100_000
    assert DocumentProblem.CUT in mailbox.read(box).problems


def test_a_file_of_nothing_but_patients_is_cut() -> None:
    record = (
        b"1\r\nA\r\nB\r\n\r\n\r\n\r\n01/01/1970\r\n\r\n\r\n01/01/2026\r\nX\r\nY\r\n****FIN****\r\n"
    )
    assert DocumentProblem.CUT in hprim.read(record * 20_000).problems


def test_a_table_of_a_million_fields_is_cut() -> None:
    row = "<tr>" + "<td>1</td>" * 300 + "</tr>"
    parsed = cda.read(cda_text(f"<table>{row * 300}</table>"))
    assert DocumentProblem.CUT in parsed.problems
    assert max(len(row) for block in parsed.blocks for row in block.rows) == 200


def test_too_many_elements_are_refused() -> None:
    with pytest.raises(UnreadableError) as refused:
        cda.read(cda_text("<br/>" * 400_000))
    assert refused.value.problem is DocumentProblem.TOO_LARGE


def test_a_packed_file_that_grows_too_much_is_damaged() -> None:
    import zlib  # noqa: PLC0415 - of this test only

    parsed = cda.read(cda_file(zlib.compress(bytes(400_000_000 // 8)), more=' compression="ZL"'))
    assert DocumentProblem.DAMAGED in parsed.problems
    assert not parsed.parts


def test_an_archive_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(UnreadableError) as refused:
        xdm.read(bomb(90 * 1024 * 1024))
    assert refused.value.problem is DocumentProblem.TOO_LARGE


def test_an_archive_of_too_many_files_is_refused() -> None:
    files = [(f"IHE_XDM/S/{number}", b"") for number in range(1_100)]
    with pytest.raises(UnreadableError) as refused:
        xdm.read(zipped([("IHE_XDM/S/METADATA.XML", b"<a/>"), *files]))
    assert refused.value.problem is DocumentProblem.TOO_LARGE


def test_a_list_that_is_an_archive_is_refused() -> None:
    with pytest.raises(UnreadableError):
        xdm.read(zipped([("IHE_XDM/S/METADATA.XML", archive([("a", b"")], [entry("a", b"")]))]))


def test_json_of_too_many_elements_is_refused() -> None:
    with pytest.raises(UnreadableError) as refused:
        fhir.read(b'{"resourceType":"Bundle","entry":[' + b"0," * 2_000_000 + b"0]}")
    assert refused.value.problem is DocumentProblem.TOO_LARGE


def test_results_that_contain_each_other_end() -> None:
    circle = b"""{"resourceType":"Bundle","entry":[
      {"fullUrl":"a","resource":{"resourceType":"Observation","valueString":"un","hasMember":[{"reference":"b"}]}},
      {"fullUrl":"b","resource":{"resourceType":"Observation","valueString":"deux","hasMember":[{"reference":"a"}]}},
      {"fullUrl":"r","resource":{"resourceType":"PractitionerRole","practitioner":{"reference":"r"}}},
      {"resource":{"resourceType":"Composition","author":[{"reference":"r"}]}}]}"""
    rows = [row for block in fhir.read(circle).blocks for row in block.rows]
    assert [row[1].text for row in rows] == ["un", "deux"]


def test_bytes_of_no_encoding_are_text_all_the_same() -> None:
    assert decode(bytes(range(256)))[1]
