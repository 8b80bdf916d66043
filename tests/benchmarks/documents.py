# SPDX-License-Identifier: AGPL-3.0-or-later
"""Opening an encrypted document against opening the same one plain: same process, same pages, in turns.

Both count from the question to the first page's pixels. The plain one is read from the disk by the same
readers; the encrypted one comes out of its sealed file, verified to its last byte.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import time
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from app.engine.documents.readers import ReaderProcesses
from app.engine.vault.files import SealedFiles
from crypto_core.wire.ids import BlobId
from crypto_core.wire.limits import MIB
from tests.benchmarks.result import Result, at_most

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

PAGES: Final = 50
REACH: Final = 1.5
_ROUNDS: Final = 15
_WIDTH: Final = 1000
_KEY: Final = bytes(range(32))
_PREFIX: Final = bytes(7)
_BLOB: Final = BlobId(bytes(16))


def measure() -> list[Result]:
    """Return the one figure."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_opened(Path(folder)))


async def _opened(folder: Path) -> list[Result]:
    plain = folder / "report.pdf"
    plain.write_bytes(_report())
    files = SealedFiles(folder / "files")
    sealed = files.seal(
        files.inspect(str(plain)), _BLOB, key=_KEY, prefix=_PREFIX, report=lambda _: None
    )

    def load() -> bytes:
        return files.load(_BLOB, key=_KEY, size=sealed.size, sha256=sealed.sha256)

    readers = ReaderProcesses()
    ways: dict[str, Callable[[], bytes]] = {"plain": plain.read_bytes, "encrypted": load}
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    # One round that does not count: the first process finds nothing in the system's memory.
    for number in range(_ROUNDS + 1):
        for name, way in ways.items():
            taken = await _timed(lambda way=way: _shown(readers, way))  # type: ignore[misc]
            if number:
                seconds[name].append(taken)
    await readers.close()
    median = {name: statistics.median(taken) for name, taken in seconds.items()}
    return [
        at_most(
            f"documents: first page of {PAGES}, encrypted / plain",
            median["encrypted"] / median["plain"],
            REACH,
            f"{1000 * median['encrypted']:.0f} ms and {1000 * median['plain']:.0f} ms with their"
            f" process; {sealed.size / MIB:.1f} MiB",
        )
    ]


async def _shown(readers: ReaderProcesses, way: Callable[[], bytes]) -> None:
    opened = await readers.open(await asyncio.to_thread(way), name="report.pdf")
    if opened.document.pages != PAGES:
        raise RuntimeError("this is not what was to be measured")
    await opened.page(0, _WIDTH)
    await opened.close()


async def _timed(act: Callable[[], Awaitable[None]]) -> float:
    begun = time.perf_counter()
    await act()
    return time.perf_counter() - begun


def _report() -> bytes:
    """A report as a scanner makes it: text, and a picture on each page, that does not compress well."""
    file = BytesIO()
    canvas = Canvas(file)
    for number in range(PAGES):
        noise = Image.frombytes("L", (300, 300), os.urandom(90_000))
        canvas.drawString(72, 760, f"Compte rendu, page {number + 1}")
        canvas.drawImage(ImageReader(noise), 72, 100, 400, 400)
        canvas.showPage()
    canvas.save()
    return file.getvalue()
