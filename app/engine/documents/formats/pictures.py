# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pictures by Pillow, with the few decoders that are needed; SVG is a program and is none of them."""

from __future__ import annotations

from io import BytesIO
from operator import add
from typing import TYPE_CHECKING, Final

from PIL import (
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageFile,
    ImageOps,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    TiffTags,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from app.engine.documents.drawn import Letters, NoPageError, Pixels
from app.engine.documents.formats.picture_ends import is_damaged
from app.engine.documents.parsed import Parsed, UnreadableError
from app.interface.documents import (
    MAX_PIXELS_BYTES,
    DocumentKind,
    DocumentProblem,
    Fact,
    FactKind,
)

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile as OpenImage

_FORMATS: Final = ("PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP")
_MODULES: Final = (
    *(BmpImagePlugin, GifImagePlugin, JpegImagePlugin, MpoImagePlugin, PngImagePlugin),
    *(TiffImagePlugin, TiffTags, WebPImagePlugin),
)
"""Loaded here, because nothing can be loaded any more when a picture has come."""
_TURNED: Final = frozenset({"JPEG", "MPO", "WEBP"})
"""Of cameras and telephones, which note how they were held; the library turns a TIFF itself."""
_MAX_PIXELS: Final = 100_000_000
"""Three times what the best cameras make; four bytes each are 400 MB while it is unpacked."""
_MAX_PAGES: Final = 500
_TIFF_PLACES: Final = ((273, 279), (324, 325))
"""Tags of where strips and tiles begin, and how long they are (TIFF 6.0 sections 8 and 15)."""
_FAILURES: Final = (OSError, ValueError, SyntaxError, TypeError, KeyError, EOFError, OverflowError)
"""What Pillow raises on damaged files."""


def draw(content: bytes) -> PicturePages:
    """Open a picture; its pixels are unpacked only when it is drawn. Raises UnreadableError."""
    try:
        return PicturePages(opened(content, _FORMATS), content)
    except (*_FAILURES, UnidentifiedImageError):
        raise UnreadableError(DocumentProblem.DAMAGED) from None


def opened(content: bytes, formats: tuple[str, ...]) -> OpenImage:
    """Read a picture's head and refuse what would not fit. Raises UnreadableError and what Pillow raises."""
    # The library's own guard is a warning, or an error at another size; ours is below.
    Image.MAX_IMAGE_PIXELS = None
    image = Image.open(BytesIO(content), formats=formats)
    if image.width * image.height > _MAX_PIXELS:
        raise UnreadableError(DocumentProblem.TOO_LARGE)
    return image


def scaled(image: Image.Image, width: int) -> Pixels:
    """Return a picture in the width asked for, never larger than it is, on white where nothing is."""
    wanted = min(width, image.width)
    height = max(1, round(image.height * wanted / image.width))
    if wanted * height * 3 > MAX_PIXELS_BYTES:
        shrink = (MAX_PIXELS_BYTES / 3 / (wanted * height)) ** 0.5
        wanted, height = max(1, int(wanted * shrink)), max(1, int(height * shrink))
    if wanted * height * 3 > MAX_PIXELS_BYTES:
        raise NoPageError
    rgb = _on_white(image)
    if rgb.size != (wanted, height):
        rgb = rgb.resize((wanted, height), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return Pixels(width=rgb.width, height=rgb.height, rgb=rgb.tobytes())


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16") or image.mode in {"I", "F"}:
        least, most = image.getextrema()
        spread = max(1.0, float(most) - float(least))  # type: ignore[arg-type]
        grey = image.convert("F").point(
            lambda value: value * (255 / spread) - float(least) * 255 / spread  # type: ignore[arg-type]
        )
        return grey.convert("L").convert("RGB")
    if image.mode in {"RGBA", "LA", "PA", "La", "RGBa"} or "transparency" in image.info:
        layer = image.convert("RGBA")
        ground = Image.new("RGB", layer.size, "white")
        ground.paste(layer, mask=layer.getchannel("A"))
        return ground
    return image.convert("RGB")


def _tiff_pages(image: OpenImage, length: int) -> tuple[int, bool]:
    """Return how many pages a TIFF has, and whether one of those that are shown is not all there."""
    count = max(1, getattr(image, "n_frames", 1))
    try:
        for page in range(min(count, _MAX_PAGES)):
            image.seek(page)
            tags = image.tag_v2  # type: ignore[attr-defined]
            for starts, sizes in _TIFF_PLACES:
                ends = map(add, tags.get(starts, ()), tags.get(sizes, ()))
                if any(end > length for end in ends):
                    return count, True
        return count, False
    finally:
        image.seek(0)


class PicturePages:
    """Implements `Drawn`: one page, or those of a TIFF, which is what a fax becomes."""

    def __init__(self, image: OpenImage, content: bytes) -> None:
        """Take an open picture of the library, and its bytes. Raises UnreadableError and what Pillow raises."""
        self._image = image
        self._content = content
        self._count = 1
        problems = []
        self._is_damaged = is_damaged(content, image.format or "")
        if image.format == "TIFF":
            there, self._is_damaged = _tiff_pages(image, len(content))
            self._count = min(there, _MAX_PAGES)
            if there > _MAX_PAGES:
                problems.append(DocumentProblem.CUT)
        if self._is_damaged:
            problems.append(DocumentProblem.DAMAGED)
            self._require_something()
        width, height = self.first_page_size
        self.parsed = Parsed(
            kind=DocumentKind.PICTURE,
            facts=(Fact(kind=FactKind.DIMENSIONS, text=f"{width} × {height}"),),
            problems=tuple(problems),
        )

    @property
    def pages(self) -> int:
        """See the protocol."""
        return self._count

    @property
    def first_page_size(self) -> tuple[int, int]:
        """See the protocol: as it is held, not as the camera was."""
        width, height = self._image.size
        if self._image.format not in _TURNED:
            return width, height
        # 5 to 8 lie on their side (EXIF 2.32, tag 0x0112).
        return (
            (height, width)
            if self._image.getexif().get(0x0112, 1) in range(5, 9)
            else (width, height)
        )

    def draw(self, page: int, width: int) -> Pixels:
        """See the protocol."""
        if not 0 <= page < self._count:
            raise NoPageError
        try:
            image = self._unpacked(page, width)
            turned = ImageOps.exif_transpose(image) if image.format in _TURNED else image
            return scaled(turned, width)
        except (*_FAILURES, UnidentifiedImageError):
            raise NoPageError from None

    def _unpacked(self, page: int, width: int) -> OpenImage:
        """Return a page with its pixels. Raises what Pillow raises, and NoPageError."""
        image = self._image
        if self._count > 1:
            image.seek(page)
            if image.width * image.height > _MAX_PIXELS:
                raise NoPageError
        elif image.format == "JPEG":
            # Unpacks no more than is drawn, hence anew for each size.
            image = Image.open(BytesIO(self._content), formats=("JPEG",))
            image.draft("RGB", (2 * width, 2 * width))
        # What is there of a damaged picture is drawn, because that it is damaged has been said. A picture that
        # only turns out to be short when it is unpacked is refused: nobody was told, and missing rows look black.
        ImageFile.LOAD_TRUNCATED_IMAGES = self._is_damaged
        image.load()
        return image

    def _require_something(self) -> None:
        """Refuse a damaged picture of which nothing can be drawn. Raises UnreadableError and what Pillow raises."""
        try:
            self.draw(0, 16)
        except NoPageError:
            raise UnreadableError(DocumentProblem.DAMAGED) from None

    def letters(self, page: int) -> Letters:
        """See the protocol: a picture has none."""
        if not 0 <= page < self._count:
            raise NoPageError
        return Letters()

    def text(self, most: int) -> str:
        """See the protocol: a picture has none."""
        del most
        return ""
