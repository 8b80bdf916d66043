# SPDX-License-Identifier: AGPL-3.0-or-later
"""DICOM by pydicom: the head, and its frames in eight bits, through the window that the file asks for.

Unpacked frames, and those packed as JPEG or JPEG 2000 (by Pillow). Others are said to be packed otherwise.
"""

from __future__ import annotations

import sys
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import pydicom
import pydicom.config
import pydicom.encaps
import pydicom.uid
from PIL import Image, Jpeg2KImagePlugin, JpegImagePlugin

from app.engine.documents.drawn import Letters, NoPageError, Pixels
from app.engine.documents.formats.dates import birth_date, shown_date
from app.engine.documents.formats.pictures import opened, scaled
from app.engine.documents.formats.texts import one_line
from app.engine.documents.parsed import Parsed, UnreadableError
from app.interface.documents import (
    DocumentKind,
    DocumentPatient,
    DocumentProblem,
    Fact,
    FactKind,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pydicom.dataset import FileDataset

_MODULES: Final = (Jpeg2KImagePlugin, JpegImagePlugin, pydicom.encaps)
_MAX_FRAMES: Final = 5_000
_MAX_PIXELS: Final = 64_000_000
_UNPACKED: Final[frozenset[str]] = frozenset(
    {
        pydicom.uid.ImplicitVRLittleEndian,
        pydicom.uid.ExplicitVRLittleEndian,
        pydicom.uid.DeflatedExplicitVRLittleEndian,
    }
)
_PACKED: Final[dict[str, tuple[str, ...]]] = {
    pydicom.uid.JPEGBaseline8Bit: ("JPEG",),
    pydicom.uid.JPEG2000Lossless: ("JPEG2000",),
    pydicom.uid.JPEG2000: ("JPEG2000",),
}
_PIXELS: Final = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")
_FACTS: Final = (
    ("PatientSex", FactKind.SEX),
    ("StudyDescription", FactKind.TITLE),
    ("SeriesDescription", FactKind.ACT),
    ("InstitutionName", FactKind.ORGANISATION),
    ("Modality", FactKind.MODALITY),
    ("AccessionNumber", FactKind.IDENTIFIER),
    ("Manufacturer", FactKind.SOFTWARE),
)


def draw(content: bytes) -> DicomFrames:
    """Open a DICOM file. Raises UnreadableError."""
    try:
        return DicomFrames(pydicom.dcmread(BytesIO(content)))
    except (MemoryError, RecursionError):
        raise UnreadableError(DocumentProblem.TOO_LARGE) from None
    except Exception:  # noqa: BLE001 - the library says nothing about what it raises on damage
        raise UnreadableError(DocumentProblem.DAMAGED) from None


class DicomFrames:
    """Implements `Drawn`."""

    def __init__(self, dataset: FileDataset) -> None:
        self._dataset = dataset
        self._syntax = str(getattr(dataset.file_meta, "TransferSyntaxUID", ""))
        self._width = _number(dataset, "Columns")
        self._height = _number(dataset, "Rows")
        self._samples = _number(dataset, "SamplesPerPixel", 1)
        self._bits = _number(dataset, "BitsAllocated")
        is_picture = self._width > 0 < self._height
        has_picture = is_picture and any(name in dataset for name in _PIXELS)
        is_drawable = has_picture and self._is_drawable()
        claimed = max(1, _number(dataset, "NumberOfFrames", 1))
        there, is_short = self._frames_there(claimed) if is_drawable else (0, False)
        self._count = min(there, _MAX_FRAMES)
        problems = []
        if has_picture and not is_drawable:
            problems.append(DocumentProblem.PICTURE_PACKED)
        if is_short or (is_picture and not has_picture):
            problems.append(DocumentProblem.DAMAGED)
        if there > _MAX_FRAMES:
            problems.append(DocumentProblem.CUT)
        self.parsed = Parsed(
            kind=DocumentKind.DICOM,
            facts=tuple(self._facts()),
            patient=self._patient(),
            problems=tuple(problems),
        )

    @property
    def pages(self) -> int:
        """See the protocol."""
        return self._count

    @property
    def first_page_size(self) -> tuple[int, int]:
        """See the protocol."""
        return (self._width, self._height) if self._count else (0, 0)

    def draw(self, page: int, width: int) -> Pixels:
        """See the protocol."""
        if not 0 <= page < self._count:
            raise NoPageError
        try:
            if self._syntax in _PACKED:
                return scaled(self._packed_frame(page), width)
            return scaled(self._frame(page), width)
        except (NoPageError, MemoryError):
            raise
        except Exception:  # noqa: BLE001 - as above
            raise NoPageError from None

    def letters(self, page: int) -> Letters:
        """See the protocol: what is burnt into a frame is no text."""
        if not 0 <= page < self.pages:
            raise NoPageError
        return Letters()

    def text(self, most: int) -> str:
        """See the protocol: its facts are all there is to read."""
        del most
        return ""

    # --- inside ------------------------------------------------------------------------------

    def _is_drawable(self) -> bool:
        if self._width * self._height > _MAX_PIXELS or self._samples not in {1, 3}:
            return False
        if "PixelData" not in self._dataset:
            return False
        if self._syntax in _PACKED:
            return True
        wanted = {1: {8, 16}, 3: {8}}[self._samples]
        return self._syntax in _UNPACKED and self._bits in wanted

    def _frames_there(self, claimed: int) -> tuple[int, bool]:
        """Return how many frames have pixels, the last of them perhaps not all; and whether pixels are missing."""
        pixels = self._dataset.PixelData or b""
        if self._syntax in _PACKED:
            try:
                items = BytesIO(pixels)
                # The first item is a list of where frames begin.
                pydicom.encaps.parse_basic_offsets(items)
                fragments, _ = pydicom.encaps.parse_fragments(items)
            except Exception:  # noqa: BLE001 - as above; the head may still be read
                return 0, True
            # A frame has at least a fragment of its own.
            return min(claimed, fragments), fragments < claimed
        length = self._frame_bytes()
        if len(pixels) >= claimed * length:
            return claimed, False
        # Less than a row is nothing to look at.
        whole, rest = divmod(len(pixels), length)
        return whole + (rest >= length // self._height), True

    def _frame_bytes(self) -> int:
        return self._width * self._height * self._samples * self._bits // 8

    def _packed_frame(self, page: int) -> Image.Image:
        frame = pydicom.encaps.get_frame(
            self._dataset.PixelData, page, number_of_frames=self._count
        )
        image: Image.Image = opened(frame, _PACKED[self._syntax])
        if image.mode.startswith("I"):
            return self._windowed(image.convert("I"))
        if self._samples == 1:
            return self._windowed(image.convert("L").convert("I"))
        return image.convert("RGB")

    def _frame(self, page: int) -> Image.Image:
        size = (self._width, self._height)
        length = self._frame_bytes()
        # Of a file that broke off, and was said to be so, the rows that are missing are zeros.
        raw = self._dataset.PixelData[page * length : (page + 1) * length].ljust(length, b"\0")
        if self._samples == 3:
            return self._coloured(size, raw)
        if self._bits == 8:
            return self._windowed(Image.frombytes("L", size, raw).convert("I"))
        mode = "I;16S" if _number(self._dataset, "PixelRepresentation") else "I;16"
        return self._windowed(Image.frombytes("I", size, raw, "raw", mode))

    def _coloured(self, size: tuple[int, int], raw: bytes) -> Image.Image:
        mode = "YCbCr" if str(self._dataset.PhotometricInterpretation) == "YBR_FULL" else "RGB"
        if _number(self._dataset, "PlanarConfiguration") == 1:
            plane = size[0] * size[1]
            bands = [
                Image.frombytes("L", size, raw[start : start + plane])
                for start in range(0, 3 * plane, plane)
            ]
            return Image.merge(mode, bands).convert("RGB")
        return Image.frombytes(mode, size, raw).convert("RGB")

    def _windowed(self, image: Image.Image) -> Image.Image:
        """Map values to grey (DICOM PS3.3 C.11.2), by the whole range where the file names no window."""
        slope = _real(self._dataset, "RescaleSlope", 1.0) or 1.0
        offset = _real(self._dataset, "RescaleIntercept", 0.0)
        across = _real(self._dataset, "WindowWidth", 0.0)
        if across >= 1:
            low = _real(self._dataset, "WindowCenter", 0.0) - across / 2
        else:
            values = [float(value) * slope + offset for value in _extremes(image)]
            low, across = min(values), max(1.0, max(values) - min(values))
        is_inverted = str(self._dataset.get("PhotometricInterpretation", "")) == "MONOCHROME1"
        # One linear step, which is all that Pillow does with wide values.
        factor, shift = slope * 255 / across, (offset - low) * 255 / across
        if is_inverted:
            factor, shift = -factor, 255 - shift
        step: Callable[[Any], Any] = lambda value: value * factor + shift  # noqa: E731 - Pillow looks into it
        return image.convert("F").point(step).convert("L")

    def _facts(self) -> Iterator[Fact]:
        person = self._person()
        if person:
            yield Fact(kind=FactKind.PATIENT, text=person)
        for keyword, kind in _FACTS:
            text = one_line(_text(self._dataset, keyword))
            if text:
                yield Fact(kind=kind, text=text)
        birth = shown_date(_text(self._dataset, "PatientBirthDate"))
        if birth:
            yield Fact(kind=FactKind.BIRTH_DATE, text=birth)
        time = _text(self._dataset, "StudyTime")[:4] if _text(self._dataset, "StudyTime") else ""
        date = shown_date(_text(self._dataset, "StudyDate") + (time if time.isdigit() else ""))
        if date:
            yield Fact(kind=FactKind.DATE, text=date)
        author = one_line(_text(self._dataset, "ReferringPhysicianName").replace("^", " "))
        if author:
            yield Fact(kind=FactKind.RECIPIENT, text=author)
        if self._width and self._height:
            yield Fact(kind=FactKind.DIMENSIONS, text=f"{self._width} × {self._height}")

    def _person(self) -> str:
        parts = _text(self._dataset, "PatientName").split("=")[0].split("^")
        return one_line(" ".join(part for part in (*parts[:1], *parts[1:2]) if part))

    def _patient(self) -> DocumentPatient | None:
        family, _, rest = _text(self._dataset, "PatientName").split("=")[0].partition("^")
        if not family.strip():
            return None
        return DocumentPatient(
            family_name=one_line(family),
            given_name=one_line(rest.split("^")[0]),
            birth_date=birth_date(_text(self._dataset, "PatientBirthDate")),
        )


def _extremes(image: Image.Image) -> tuple[float, float]:
    least, most = image.getextrema()
    if isinstance(least, tuple) or isinstance(most, tuple):
        raise NoPageError
    return float(least), float(most)


def _value(dataset: FileDataset, keyword: str) -> object:
    """A field's first value, or None; a field that makes no sense is as if it were not there."""
    try:
        value = dataset.get(keyword)
        return value[0] if isinstance(value, (list, pydicom.multival.MultiValue)) else value
    except (ValueError, TypeError, IndexError, KeyError, AttributeError, NotImplementedError):
        return None


def _text(dataset: FileDataset, keyword: str) -> str:
    value = _value(dataset, keyword)
    return "" if value is None else str(value)


def _number(dataset: FileDataset, keyword: str, default: int = 0) -> int:
    try:
        return min(max(0, int(str(_value(dataset, keyword)))), sys.maxsize)
    except ValueError:
        return default


def _real(dataset: FileDataset, keyword: str, default: float) -> float:
    try:
        value = float(str(_value(dataset, keyword)))
    except ValueError:
        return default
    return value if abs(value) < 1e12 else default
