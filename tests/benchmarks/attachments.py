# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sealing and opening a large document, against OpenSSL's own speed and a plain copy of the same file.

Both the copy and ours count when they are on the disk. File to file is the engine's own adapter with all it
does: plaintext hash, hash of the sealed file, chunk tags, and the name given only in the end.
"""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from app.engine.vault.files import SealedFiles
from crypto_core.keys.streams import ChunkCipher
from crypto_core.wire.ids import BlobId
from crypto_core.wire.limits import CHUNK_BYTES, MIB
from tests.benchmarks.result import Result, at_least, at_most

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.engine.ports.files import SealedFile

SIZE: Final = 256 * MIB
MEMORY_REACH_MIB: Final = 32
_ROUNDS: Final = 5
_KEY: Final = bytes(range(32))
_PREFIX: Final = bytes(7)


def measure() -> list[Result]:
    """Return the figures in memory, file to file, and of memory."""
    with tempfile.TemporaryDirectory() as folder:
        # First the files: memory that the other part has used and not given back would hide their own.
        to_files = _file_to_file(Path(folder))
    return [*_in_memory(), *to_files]


# --- in memory -----------------------------------------------------------------------------------


def _in_memory() -> list[Result]:
    """Seal and open 256 MiB chunk by chunk, in turns with OpenSSL's own benchmark."""
    chunk = os.urandom(CHUNK_BYTES)
    speeds: dict[str, list[float]] = {"openssl": [], "seal": [], "open": []}
    for _ in range(_ROUNDS):
        speeds["openssl"].append(_openssl_speed())
        speeds["seal"].append(_speed(lambda: _seal_chunks(chunk)))
        sealed = _all_sealed(chunk)
        speeds["open"].append(_speed(lambda sealed=sealed: _open_chunks(sealed)))  # type: ignore[misc]
    median = {name: statistics.median(values) for name, values in speeds.items()}
    detail = f"{{:.0f}} MiB/s; openssl speed -evp aes-256-gcm -bytes 65536: {median['openssl']:.0f}"
    return [
        at_least(
            f"attachments: {act} in memory / openssl",
            median[act] / median["openssl"],
            0.9,
            detail.format(median[act]),
        )
        for act in ("seal", "open")
    ]


def _openssl_speed() -> float:
    """MiB per second of one core, as OpenSSL measures itself with 64 KiB blocks."""
    output = subprocess.run(
        ["openssl", "speed", "-seconds", "1", "-bytes", "65536", "-evp", "aes-256-gcm"],
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    found = re.findall(r"^AES-256-GCM\s+([0-9.]+)k\s*$", output, re.MULTILINE | re.IGNORECASE)
    return float(found[-1]) * 1000 / MIB


def _seal_chunks(chunk: bytes) -> None:
    cipher = ChunkCipher(_KEY, _PREFIX)
    count = SIZE // CHUNK_BYTES
    for number in range(count):
        cipher.seal(chunk, final=number == count - 1)


def _all_sealed(chunk: bytes) -> list[bytes]:
    """All 256 MiB and their tags, because each chunk opens at its own place only."""
    cipher = ChunkCipher(_KEY, _PREFIX)
    count = SIZE // CHUNK_BYTES
    return [cipher.seal(chunk, final=number == count - 1) for number in range(count)]


def _open_chunks(sealed: list[bytes]) -> None:
    cipher = ChunkCipher(_KEY, _PREFIX)
    for number, each in enumerate(sealed):
        cipher.open(each, final=number == len(sealed) - 1)


# --- file to file --------------------------------------------------------------------------------


def _file_to_file(folder: Path) -> list[Result]:
    source = folder / "document.bin"
    _write_random(source)
    files = SealedFiles(folder / "files")
    chosen = files.inspect(str(source))
    speeds: dict[str, list[float]] = {"copy": [], "seal": [], "open": []}
    growth = 0.0
    for number in range(_ROUNDS):
        blob = BlobId(number.to_bytes(16, "big"))
        speeds["copy"].append(_speed(lambda: _copy(source, folder / "copy.bin")))
        (folder / "copy.bin").unlink()
        with _Memory() as memory:
            sealed = files.seal(chosen, blob, key=_KEY, prefix=_PREFIX, report=_ignore)
        speeds["seal"].append(
            _speed(
                lambda blob=blob: files.seal(  # type: ignore[misc]
                    chosen, blob, key=_KEY, prefix=_PREFIX, report=_ignore
                )
            )
        )
        growth = max(growth, memory.growth_mib)

        def save(blob: BlobId = blob, sealed: SealedFile = sealed) -> None:
            files.save(
                blob,
                key=_KEY,
                size=sealed.size,
                sha256=sealed.sha256,
                name="saved.bin",
                directory=str(folder),
                report=_ignore,
            )

        speeds["open"].append(_speed(save))
        (folder / "saved.bin").unlink()
        with _Memory() as memory:
            save()
        growth = max(growth, memory.growth_mib)
        (folder / "saved.bin").unlink()
        files.remove(blob)
    median = {name: statistics.median(values) for name, values in speeds.items()}
    return [
        *(
            at_least(
                f"attachments: {act} file to file / plain copy",
                median[act] / median["copy"],
                0.5,
                f"{median[act]:.0f} MiB/s; copy to the disk: {median['copy']:.0f}",
            )
            for act in ("seal", "open")
        ),
        at_most(
            f"attachments: memory for {SIZE // MIB} MiB, in MiB above start",
            growth,
            MEMORY_REACH_MIB,
            "largest of sealing and opening, resident",
        ),
    ]


def _write_random(path: Path) -> None:
    with path.open("wb") as file:
        for _ in range(SIZE // MIB):
            file.write(os.urandom(MIB))
        os.fsync(file.fileno())


def _copy(source: Path, target: Path) -> None:
    """Copy as a program does that wants the copy to be there tomorrow."""
    with source.open("rb", buffering=0) as file, target.open("wb", buffering=0) as copy:
        while piece := file.read(MIB):
            copy.write(piece)
        os.fsync(copy.fileno())


def _speed(act: Callable[[], object]) -> float:
    """MiB per second of one act over SIZE bytes."""
    begun = time.perf_counter()
    act()
    return SIZE / MIB / (time.perf_counter() - begun)


def _ignore(done: int) -> None:
    del done


class _Memory:
    """The largest resident size while a block runs, above what it was before."""

    def __init__(self) -> None:
        self.growth_mib = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._start = _resident_mib()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(0.005):
            self.growth_mib = max(self.growth_mib, _resident_mib() - self._start)


def _resident_mib() -> float:
    if sys.platform != "linux":
        return 0.0
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / MIB
