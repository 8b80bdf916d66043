# SPDX-License-Identifier: AGPL-3.0-or-later
"""PDF, pictures, DICOM and plain text: what is shown of good ones, and what becomes of bad ones."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pypdfium2
import pytest
from PIL import Image, ImageFile
from pydicom.uid import JPEG2000Lossless, JPEGLosslessSV1

from app.engine.documents.drawn import NoPageError
from app.engine.documents.formats import dicom as dicom_format
from app.engine.documents.formats import pdf as pdf_format
from app.engine.documents.formats import pictures, text, unshown
from app.engine.documents.formats.kinds import kind_of
from app.engine.documents.parsed import UnreadableError
from app.interface.documents import (
    BOX_BYTES,
    MAX_PIXELS_BYTES,
    WHOLE_PAGE,
    DocumentKind,
    DocumentPatient,
    DocumentProblem,
    FactKind,
)
from tests.corpus.documents import make_corpus
from tests.fakes.foreign_files import dicom, fax, jpeg, pdf, picture, png_bomb, written_pdf
from tests.fakes.people import SeededBytes

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.engine.documents.drawn import Drawn, Pixels

pytestmark = pytest.mark.filterwarnings("ignore")
"""As in a reader: libraries warn about every second damaged file."""

DRAWERS: dict[str, Callable[[bytes], Drawn]] = {
    "pdf": pdf_format.draw,
    "picture": pictures.draw,
    "dicom": dicom_format.draw,
}


def at(pixels: Pixels, across: float, down: float) -> tuple[int, int, int]:
    """The colour at a place, from 0 to 1."""
    place = 3 * (int(down * pixels.height) * pixels.width + int(across * pixels.width))
    red, green, blue = pixels.rgb[place : place + 3]
    return red, green, blue


def noise(name: str) -> bytes:
    """A picture in which no row is like another."""
    image = Image.frombytes("RGB", (96, 96), SeededBytes("noise")(96 * 96 * 3))
    file = BytesIO()
    image.save(file, name)
    return file.getvalue()


# --- PDF -----------------------------------------------------------------------------------------


def test_a_pdf_has_pages_text_and_facts() -> None:
    opened = pdf_format.draw(pdf(["Bonjour", "À demain"], title="Compte rendu"))
    assert opened.pages == 2
    assert opened.first_page_size == (595, 842)
    facts = {fact.kind: fact.text for fact in opened.parsed.facts}
    assert facts[FactKind.TITLE] == "Compte rendu"
    assert facts[FactKind.PAGES] == "2"
    assert opened.text(10_000).split() == ["Bonjour", "À", "demain"]
    assert len(opened.text(4)) == 4
    pixels = opened.draw(0, 400)
    assert (pixels.width, len(pixels.rgb)) == (400, 3 * 400 * pixels.height)
    assert at(pixels, 0.9, 0.9) == (255, 255, 255)
    with pytest.raises(NoPageError):
        opened.draw(2, 400)


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_letters_lie_where_their_ink_is_however_the_page_is_turned(turned: int) -> None:
    document: Any = pypdfium2.PdfDocument(pdf(["Épaule"]))
    document[0].set_rotation(turned)
    document[0].set_cropbox(60, 100, 500, 760)
    file = BytesIO()
    document.save(file)
    opened = pdf_format.draw(file.getvalue())
    letters = opened.letters(0)
    assert letters.text == "Épaule"
    boxes = [struct.unpack_from(">4H", letters.boxes, 8 * place) for place in range(6)]
    page = opened.draw(0, 800)
    paper = Image.frombytes("RGB", (page.width, page.height), page.rgb).convert("L")
    ink = paper.point(lambda value: 255 if value < 128 else 0).getbbox()
    assert ink is not None
    scale = (page.width / WHOLE_PAGE, page.height / WHOLE_PAGE)
    for side, place in enumerate(ink):
        ends = [box[side] * scale[side % 2] for box in boxes]
        # A letter's box is as high as its line, so the ink ends a little inside.
        outermost = min(ends) if side < 2 else max(ends)
        assert abs(outermost - place) < 16
    with pytest.raises(NoPageError):
        opened.letters(1)


def test_pictures_have_no_letters() -> None:
    for drawn in (pictures.draw(jpeg(20, 20)), dicom_format.draw(dicom(bytes(4), 2, 2))):
        assert drawn.letters(0).text == ""
        with pytest.raises(NoPageError):
            drawn.letters(1)


def test_what_was_filled_into_a_form_is_drawn() -> None:
    empty = pdf_format.draw(pdf(["x"], filled_in=" ")).draw(0, 400)
    filled = pdf_format.draw(pdf(["x"], filled_in="Dupont")).draw(0, 400)
    assert empty.rgb != filled.rgb


def test_a_pdf_with_a_password_is_protected() -> None:
    with pytest.raises(UnreadableError) as refused:
        pdf_format.draw(pdf(["secret"], password="x"))
    assert refused.value.problem is DocumentProblem.PROTECTED


def test_files_inside_a_pdf_are_parts() -> None:
    inner = jpeg(20, 20)
    (part,) = pdf_format.draw(pdf(["x"], enclosed={"photo.jpg": inner})).parsed.parts
    assert (part.kind, part.name, part.content) == (DocumentKind.PICTURE, "photo.jpg", inner)


PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %b] >>"


@pytest.mark.parametrize(
    ("root", "problem"),
    [
        (
            b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>",
            DocumentProblem.ACTIVE_CONTENT,
        ),
        (b"/OpenAction << /S /Launch /F (calc.exe) >>", DocumentProblem.ACTIVE_CONTENT),
        (
            b"/OpenAction << /S /SubmitForm /F (http://192.0.2.1/) >>",
            DocumentProblem.REMOTE_CONTENT,
        ),
    ],
)
def test_what_a_pdf_would_do_is_said_and_not_done(root: bytes, problem: DocumentProblem) -> None:
    content = written_pdf(
        [b"<< /Type /Catalog /Pages 2 0 R %b >>" % root, PAGES, PAGE % b"200 200"]
    )
    opened = pdf_format.draw(content)
    assert problem in opened.parsed.problems
    assert opened.draw(0, 100).width == 100


@pytest.mark.parametrize("name", ["/Launch", "/L#61unch", "/#4c#61#75#6e#63#68"])
@pytest.mark.parametrize("is_packed", [True, False])
def test_what_a_pdf_would_do_is_found_however_it_is_written(name: str, *, is_packed: bool) -> None:
    root, action = b"/OpenAction 4 0 R", b"<< /S %b /F (calc.exe) >>" % name.encode()
    content = (
        make_corpus.packed_pdf(root, action)
        if is_packed
        else written_pdf(
            [b"<< /Type /Catalog /Pages 2 0 R %b >>" % root, PAGES, PAGE % b"99 99", action]
        )
    )
    assert pdf_format.draw(content).parsed.problems == (DocumentProblem.ACTIVE_CONTENT,)


def test_a_stream_is_not_taken_for_what_a_pdf_would_do() -> None:
    inside = b"/JS /Launch /SubmitForm endstrea m"
    stream = b"<< /Length %d >>\nstream\n%b\nendstream" % (len(inside), inside)
    catalog = b"<< /Type /Catalog /Pages 2 0 R %b >>"
    assert (
        pdf_format.draw(
            written_pdf([catalog % b"", PAGES, PAGE % b"99 99", stream])
        ).parsed.problems
        == ()
    )
    # Nor does anything pass for the beginning of a stream.
    hidden = b"/X (>>stream\r\n) /OpenAction << /S /Launch /F (calc.exe) >>"
    opened = pdf_format.draw(written_pdf([catalog % hidden, PAGES, PAGE % b"99 99"]))
    assert opened.parsed.problems == (DocumentProblem.ACTIVE_CONTENT,)


def test_an_action_is_found_wherever_the_copy_is_cut_into_pieces() -> None:
    padding = b"(" + b"x" * 65_400 + b")"
    for more in range(120, 150):
        root = b"/X %b /Y (%b) /Z << /S /Launch >>" % (padding, b"y" * more)
        content = written_pdf(
            [b"<< /Type /Catalog /Pages 2 0 R %b >>" % root, PAGES, PAGE % b"99 99"]
        )
        assert pdf_format.draw(content).parsed.problems == (DocumentProblem.ACTIVE_CONTENT,)


def test_a_pdf_that_its_owner_locked_tells_what_it_would_do() -> None:
    content = pdf(["x"], owner_password="x", script="app.alert(1)")
    assert pdf_format.draw(content).parsed.problems == (DocumentProblem.ACTIVE_CONTENT,)


@pytest.mark.parametrize("size", [b"14000 14000", b"1 14400", b"14400 1", b"0 0", b"-5 1e30"])
def test_a_page_of_any_size_stays_within_bounds(size: bytes) -> None:
    content = written_pdf([b"<< /Type /Catalog /Pages 2 0 R >>", PAGES, PAGE % size])
    opened = pdf_format.draw(content)
    try:
        pixels = opened.draw(0, 4096)
    except NoPageError:
        return
    assert len(pixels.rgb) == 3 * pixels.width * pixels.height <= MAX_PIXELS_BYTES


def test_pages_that_contain_each_other_end() -> None:
    loop = written_pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 1000000 >>",
        ]
    )
    try:
        opened = pdf_format.draw(loop)
    except UnreadableError:
        return
    assert opened.pages <= 10_000
    with pytest.raises(NoPageError):
        opened.draw(5, 100)


def test_a_stream_that_unpacks_to_much_draws_a_page() -> None:
    squares = zlib.compress(b"0 0 10 10 re f\n" * 200_000)
    content = written_pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            PAGES,
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] /Contents 4 0 R >>",
            b"<< /Length %d /Filter /FlateDecode >>\nstream\n%b\nendstream"
            % (len(squares), squares),
        ]
    )
    assert pdf_format.draw(content).draw(0, 64).width == 64


# --- pictures ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP"])
def test_the_usual_pictures_are_drawn(name: str) -> None:
    content = picture(name)
    assert kind_of(content) is DocumentKind.PICTURE
    opened = pictures.draw(content)
    assert (opened.pages, opened.first_page_size) == (1, (20, 10))
    assert opened.draw(0, 10).width == 10
    # Never larger than it is: that is the window's matter.
    assert opened.draw(0, 4000).width == 20


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_pictures_of_every_depth_are_drawn(mode: str) -> None:
    pixels = pictures.draw(picture("PNG", mode)).draw(0, 20)
    # What is transparent is paper.
    assert at(pixels, 0.5, 0.5) == ((255,) * 3 if mode in {"LA", "RGBA"} else (0,) * 3)


@pytest.mark.parametrize(
    ("orientation", "red_at"), [(1, (0.1, 0.5)), (3, (0.9, 0.5)), (6, (0.5, 0.1))]
)
def test_a_photograph_stands_as_it_was_taken(orientation: int, red_at: tuple[float, float]) -> None:
    opened = pictures.draw(jpeg(400, 200, orientation=orientation))
    assert opened.first_page_size == ((200, 400) if orientation == 6 else (400, 200))
    red, _, blue = at(opened.draw(0, 100), *red_at)
    assert red > 200
    assert blue < 50


def test_a_fax_has_its_pages() -> None:
    opened = pictures.draw(fax(3))
    assert opened.pages == 3
    assert [opened.draw(page, 999).width for page in range(3)] == [30, 31, 32]
    with pytest.raises(NoPageError):
        opened.draw(3, 100)


def test_a_picture_that_would_fill_the_memory_is_refused_by_its_head() -> None:
    with pytest.raises(UnreadableError) as refused:
        pictures.draw(png_bomb(60_000, 60_000))
    assert refused.value.problem is DocumentProblem.TOO_LARGE


@pytest.mark.parametrize("name", ["PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP"])
@pytest.mark.parametrize("left", [0.5, 0.9, 0.999])
def test_a_picture_that_broke_off_is_shown_as_far_as_it_goes_and_it_is_said(
    name: str, left: float
) -> None:
    content = noise(name)
    assert pictures.draw(content).parsed.problems == ()
    cut = content[: int(len(content) * left)]
    if name == "WEBP":
        # Its library unpacks no part of one.
        with pytest.raises(UnreadableError) as refused:
            pictures.draw(cut)
        assert refused.value.problem is DocumentProblem.DAMAGED
        return
    opened = pictures.draw(cut)
    assert opened.parsed.problems == (DocumentProblem.DAMAGED,)
    whole, part = pictures.draw(content).draw(0, 96), opened.draw(0, 96)
    assert (part.width, part.height) == (96, 96)
    # A BMP begins with its lowest row; of a GIF every second row may come later.
    there = slice(-96 * 3, None) if name == "BMP" else slice(96 * 3)
    assert part.rgb[there] == whole.rgb[there]
    # A whole picture that is drawn after it may have no holes again.
    pictures.draw(content).draw(0, 96)
    assert not ImageFile.LOAD_TRUNCATED_IMAGES


@pytest.mark.parametrize("name", ["PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP"])
def test_what_is_behind_a_picture_is_not_its_damage(name: str) -> None:
    assert pictures.draw(noise(name) + b"\0more").parsed.problems == ()


def test_a_png_with_a_wrong_sum_is_damaged() -> None:
    content = bytearray(noise("PNG"))
    content[len(content) // 2] ^= 1
    assert pictures.draw(bytes(content)).parsed.problems == (DocumentProblem.DAMAGED,)


def test_a_small_picture_inside_is_not_the_end_of_a_photograph() -> None:
    inner = jpeg(16, 16)
    content = noise("JPEG")
    content = content[:2] + b"\xff\xe5" + struct.pack(">H", len(inner) + 2) + inner + content[2:]
    assert pictures.draw(content).parsed.problems == ()
    assert pictures.draw(content[:-200]).parsed.problems == (DocumentProblem.DAMAGED,)


def test_more_pages_than_are_shown_are_said() -> None:
    opened = pictures.draw(fax(501))
    assert (opened.pages, opened.parsed.problems) == (500, (DocumentProblem.CUT,))


def test_a_picture_that_was_drawn_small_is_drawn_large_again() -> None:
    opened = pictures.draw(jpeg(1600, 800))
    assert [opened.draw(0, width).width for width in (50, 1600, 200)] == [50, 1600, 200]


def test_a_picture_that_ends_too_early_has_no_page() -> None:
    with pytest.raises(NoPageError):
        pictures.draw(png_bomb(1000, 1000)).draw(0, 100)


def test_a_drawing_program_is_no_picture() -> None:
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()"><script/></svg>'
    assert kind_of(drawing) is DocumentKind.TEXT
    with pytest.raises(UnreadableError):
        pictures.draw(drawing)


# --- DICOM ---------------------------------------------------------------------------------------


def test_a_frame_is_drawn_through_its_window() -> None:
    frame = b"".join(value.to_bytes(2, "little") for value in (0, 1000, 1500, 2000, 3000, 65535))
    opened = dicom_format.draw(dicom(frame, 1, 6, WindowCenter=1500, WindowWidth=1000))
    assert opened.parsed.patient == DocumentPatient(
        family_name="DUPONT", given_name="Amélie", birth_date="1980-01-31"
    )
    facts = {fact.kind: fact.text for fact in opened.parsed.facts}
    assert (facts[FactKind.MODALITY], facts[FactKind.DATE]) == ("CR", "2026-11-20")
    greys = list(opened.draw(0, 6).rgb[::3])
    assert greys[0] == greys[1] == 0
    assert 120 <= greys[2] <= 135
    assert greys[3] == greys[4] == greys[5] == 255


def test_negative_values_inverted_greys_and_colours_are_drawn() -> None:
    signed = b"".join(value.to_bytes(2, "little", signed=True) for value in (-1000, 0, 1000))
    dark_first = dicom_format.draw(dicom(signed, 1, 3, PixelRepresentation=1)).draw(0, 3)
    assert list(dark_first.rgb[::3]) == [0, 127, 255]
    light_first = dicom_format.draw(
        dicom(signed, 1, 3, PixelRepresentation=1, PhotometricInterpretation="MONOCHROME1")
    ).draw(0, 3)
    assert list(light_first.rgb[::3])[::2] == [255, 0]
    coloured = dicom_format.draw(
        dicom(
            bytes((255, 0, 0, 0, 0, 255)),
            1,
            2,
            SamplesPerPixel=3,
            BitsAllocated=8,
            PlanarConfiguration=0,
            PhotometricInterpretation="RGB",
        )
    ).draw(0, 2)
    assert coloured.rgb == bytes((255, 0, 0, 0, 0, 255))


def test_several_frames_are_pages() -> None:
    opened = dicom_format.draw(dicom(bytes(2 * 4) + b"\xff\xff" * 4, 2, 2, NumberOfFrames=2))
    assert opened.pages == 2
    with pytest.raises(NoPageError):
        opened.draw(2, 10)


@pytest.mark.parametrize(
    ("claimed", "there", "pages"),
    [
        ({"rows": 65535}, 8, 1),
        ({"NumberOfFrames": 999_999}, 8, 1),
        ({"NumberOfFrames": 3}, 8, 1),
        ({"NumberOfFrames": 3}, 20, 3),
        ({"rows": 60, "columns": 60}, 8, 0),
        ({}, 0, 0),
    ],
)
def test_frames_that_are_not_there_are_no_pages_and_it_is_said(
    claimed: dict[str, int], there: int, pages: int
) -> None:
    content = dicom(b"\xff" * there, **{"rows": 2, "columns": 2, **claimed})  # type: ignore[arg-type]
    opened = dicom_format.draw(content)
    assert (opened.pages, opened.parsed.problems) == (pages, (DocumentProblem.DAMAGED,))
    assert opened.parsed.patient is not None
    for page in range(pages):
        assert opened.draw(page, 100).width == 2
    with pytest.raises(NoPageError):
        opened.draw(pages, 100)


def test_a_frame_that_broke_off_is_shown_as_far_as_it_goes() -> None:
    whole = dicom(b"\xff" * 200, 10, 10)
    opened = dicom_format.draw(whole[:-100])
    assert opened.parsed.problems == (DocumentProblem.DAMAGED,)
    pixels = opened.draw(0, 10)
    assert at(pixels, 0.5, 0.1) == (255, 255, 255)
    assert at(pixels, 0.5, 0.9) == (0, 0, 0)


def test_a_file_that_broke_off_before_its_frames_says_so() -> None:
    whole = dicom(bytes(8), 2, 2)
    opened = dicom_format.draw(whole[: whole.rindex(b"\xe0\x7f")])
    assert (opened.pages, opened.parsed.problems) == (0, (DocumentProblem.DAMAGED,))


def test_packed_frames_that_are_not_there_are_no_pages() -> None:
    packed = picture("JPEG2000", "L", (8, 4))
    content = dicom(
        packed,
        4,
        8,
        syntax=JPEG2000Lossless,
        BitsAllocated=8,
        NumberOfFrames=3,
        is_packed=True,
    )
    opened = dicom_format.draw(content)
    assert (opened.pages, opened.parsed.problems) == (1, (DocumentProblem.DAMAGED,))
    assert opened.draw(0, 8).width == 8


def test_more_frames_than_are_shown_are_said() -> None:
    content = dicom(
        bytes(6000), 1, 1, NumberOfFrames=6000, BitsAllocated=8, BitsStored=8, HighBit=7
    )
    opened = dicom_format.draw(content)
    assert (opened.pages, opened.parsed.problems) == (5000, (DocumentProblem.CUT,))


def test_how_a_frame_is_packed_is_said() -> None:
    opened = dicom_format.draw(dicom(bytes(8), 2, 2, syntax=JPEGLosslessSV1, is_packed=True))
    assert opened.pages == 0
    assert opened.parsed.problems == (DocumentProblem.PICTURE_PACKED,)
    packed = picture("JPEG2000", "L", (8, 4))
    drawn = dicom_format.draw(
        dicom(packed, 4, 8, syntax=JPEG2000Lossless, BitsAllocated=8, is_packed=True)
    )
    assert drawn.draw(0, 8).width == 8


# --- text and the rest ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "mac-roman", "cp850"]
)
def test_texts_of_every_age_read_the_same(encoding: str) -> None:
    said = "Patiente âgée, très gênée à l’épaule."
    said = said.replace("’", "'") if encoding == "cp850" else said
    parsed = text.read(said.encode(encoding))
    assert [block.text for block in parsed.blocks] == [said]
    is_guessed = DocumentProblem.ENCODING_GUESSED in parsed.problems
    assert is_guessed == (encoding in {"cp1252", "mac-roman", "cp850"})


def test_a_long_text_is_cut_and_says_so() -> None:
    line = "Une ligne de texte sans fin.\n"
    parsed = text.read((line * 100_000).encode())
    assert parsed.problems == (DocumentProblem.CUT,)
    assert sum(len(block.text) for block in parsed.blocks) <= 1_000_000
    assert all(block.text.endswith(".") for block in parsed.blocks[:-1])
    assert len(text.read(b"x" * 200_000).blocks) == 4


def test_an_office_file_is_named_and_its_macro_told() -> None:
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000)
    assert unshown.read(old).problems == ()
    assert unshown.read(old + b"_VBA_PROJECT").problems == (DocumentProblem.ACTIVE_CONTENT,)


# --- damage --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("pdf", pdf(["Bonjour"], filled_in="x", enclosed={"a.txt": b"a"})),
        ("picture", jpeg(60, 40, orientation=6)),
        ("picture", picture("PNG", "RGBA")),
        ("picture", fax(2)),
        ("picture", picture("WEBP")),
        ("picture", picture("GIF")),
        ("dicom", dicom(bytes(32), 4, 4)),
    ],
)
def test_no_damage_is_more_than_a_refusal(name: str, good: bytes) -> None:
    """A fixed sequence of cuts and changed bytes: what comes is a page, or one of two refusals."""
    seeded = SeededBytes("damage")

    def chance(below: int) -> int:
        return int.from_bytes(seeded(4), "big") % below

    for _ in range(60):
        damaged = bytearray(good[: len(good) - chance(len(good) // 2)])
        for _ in range(chance(12)):
            damaged[chance(len(damaged))] = chance(256)
        try:
            opened = DRAWERS[name](bytes(damaged))
            opened.text(1000)
            letters = opened.letters(0)
            assert len(letters.boxes) == BOX_BYTES * len(letters.text)
            pixels = opened.draw(0, 50)
        except (UnreadableError, NoPageError):
            continue
        assert len(pixels.rgb) == 3 * pixels.width * pixels.height <= MAX_PIXELS_BYTES


def test_the_library_keeps_no_limit_of_its_own_that_would_warn() -> None:
    pictures.draw(picture("PNG"))
    assert Image.MAX_IMAGE_PIXELS is None
