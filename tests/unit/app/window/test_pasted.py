# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is pasted from other programs: their lists and bold come along, everything else stays outside."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.window.marked_text import MarkedText, marked
from app.window.pasted import MAX_MARKUP, from_markup, from_plain

WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head>
<style><!-- p.MsoNormal {font-size:11pt} @import url("https://tracker.example/x.css"); --></style>
<!--[if gte mso 9]><xml><o:shapedefaults v:ext="edit"/></xml><![endif]--></head><body>
<p class=MsoNormal>Bonjour <b>Claire</b>,<o:p></o:p></p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
<p class=MsoListParagraph style='text-indent:-18pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='font-family:Symbol'><span style='mso-list:Ignore'>·<span style='font:7pt "Times"'>&nbsp;&nbsp; </span>
</span></span><![endif]>flexion compl&egrave;te</p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><span style='mso-list:Ignore'>1.</span>marche</p>
</body></html>"""


def test_a_letter_of_an_office_program_keeps_its_lists_and_bold() -> None:
    pasted = from_markup(WORD)
    expected = marked("Bonjour **Claire**,\n\n- flexion complète\n1. marche")
    assert pasted.text == expected.text
    assert pasted.marks == expected.marks


@pytest.mark.parametrize(
    ("markup", "written"),
    [
        ("<p>un</p><p>deux</p>", "un\n\ndeux"),
        ("un<br>deux<br/><br>trois", "un\ndeux\n\ntrois"),
        ("<div>un</div><div>deux</div>", "un\ndeux"),
        ("<ul><li>un<li>deux</ul>fin", "- un\n- deux\nfin"),
        ("<ol><li><p>un</p></li><li>deux</li></ol>", "1. un\n1. deux"),
        ("<ul><li></li></ul><p>fin</p>", "fin"),
        ("<b>a<i>b</i></b>c", "**ab**c"),
        ("<b style='font-weight:normal'>a</b><span style='font-weight: 700'>b</span>", "a**b**"),
        ("<h2>Titre</h2>texte", "**Titre**\n\ntexte"),
        (
            "<table><tr><td>CRP</td><td>48</td></tr><tr><td>Hb</td><td>13</td></tr></table>",
            "CRP\t48\nHb\t13",
        ),
        ("<pre>a  b\n c</pre>", "a  b\n c"),
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("  mot \n  mot  ", "mot mot"),
        ("3 < 4", "3 < 4"),
    ],
)
def test_markup_is_read(markup: str, written: str) -> None:
    assert from_markup(markup) == marked(written)


@pytest.mark.parametrize(
    "markup",
    [
        "<img src='https://tracker.example/p.png' alt='x'>",
        "<script>fetch('https://tracker.example')</script>",
        "<style>body { background: url(https://tracker.example/a) }</style>",
        "<link rel=stylesheet href='file:///etc/passwd'>",
        "<iframe src='file:///etc/passwd'>inside</iframe>",
        "<object data='https://tracker.example'>inside</object>",
        "<svg><text>inside</text></svg>",
        "<div style='display:none'>inside <b>more</b></div>",
        "<!-- inside -->",
        "<span style='background:url(https://tracker.example)'></span>",
    ],
)
def test_nothing_hidden_or_foreign_comes_along(markup: str) -> None:
    assert from_markup(f"avant {markup}après").text.replace("\n", " ") == "avant après"


@given(st.text(alphabet=st.sampled_from("<>/!-pbliour a\"'=&;\n"), max_size=200))
def test_any_markup_gives_settled_text(markup: str) -> None:
    pasted = from_markup(markup)
    assert pasted.settled() == pasted


@pytest.mark.parametrize("unit", ["<!--", "<a ", "</", "<b>", "<p>x", "<a href='", "&", "<li>"])
def test_markup_that_never_ends_does(unit: str) -> None:
    # A reader that looks for an end from every beginning would take minutes.
    assert len(from_markup(unit * MAX_MARKUP).text) <= MAX_MARKUP


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>Posologie : <del cite='x'>10</del><ins>20</ins> mg</p>", "Posologie : 20 mg"),
        ("<p><s>HTA</s><strike>a</strike> TA 14/9</p>", "TA 14/9"),
        ("<p>x <span style='text-decoration: underline line-through'>10</span>20</p>", "x 20"),
        ("<p><span style='text-decoration:underline'>10</span> mg</p>", "10 mg"),
        ("<p>GB 10<sup>9</sup>/L, 10<sup>-3</sup>, H<sub>2</sub>O</p>", "GB 10⁹/L, 10⁻³, H₂O"),
        ("<p>10<span style='vertical-align:super'><b>12</b></span></p>", "10¹²"),
        ("<p>le 1<sup>er</sup> mai</p>", "le 1er mai"),
    ],
)
def test_doses_and_exponents_say_what_they_said(markup: str, text: str) -> None:
    assert from_markup(markup).text == text


def test_pieces_whose_end_was_left_out_end_where_the_next_begins() -> None:
    pasted = from_markup("<ul><li>un<li><b>deux<li>trois</ul><p>quatre<p>cinq")
    assert (
        pasted.text
        == from_markup(
            "<ul><li>un</li><li><b>deux</b></li><li>trois</li></ul><p>quatre</p><p>cinq</p>"
        ).text
    )


def test_a_row_of_a_table_is_a_line_whatever_its_cells_hold() -> None:
    cell = "<td><p class=MsoNormal>{}<o:p></o:p></p></td>"
    rows = [("CRP", "48", "mg/L"), ("VS", "", "12")]
    markup = "".join(f"<tr>{''.join(cell.format(each) for each in row)}</tr>\n" for row in rows)
    table = f"<p>Bilan</p><table>{markup}</table><p>Fin</p>"
    assert from_markup(table).text == "Bilan\n\nCRP\t48\tmg/L\nVS\t\t12\n\nFin"


def test_a_letter_inside_a_table_keeps_its_lines() -> None:
    markup = "<table><tr><td><p>Chère consœur,</p><p>merci.</p><ul><li>un</li><li>deux</li></ul></td></tr></table>"
    assert from_markup(markup).text.split("\n") == ["Chère consœur,", "merci.", "un", "deux"]


def test_plain_text_is_taken_as_it_is() -> None:
    assert from_plain("a\r\nb\x00\u2029c") == MarkedText(text="a\nb\nc")
