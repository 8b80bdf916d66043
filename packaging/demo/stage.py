# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every scene uses: how it speaks, how it fails, and how long it took."""

from __future__ import annotations

import hashlib
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

A = TypeVar("A")
B = TypeVar("B")


class DemoError(Exception):
    """The demonstration shows something that must not be."""


def require(is_so: bool, otherwise: str) -> None:  # noqa: FBT001 - reads as a sentence
    """Go on if something is so. Raises DemoError."""
    if not is_so:
        raise DemoError(otherwise)


def title(text: str) -> None:
    """Begin a part."""
    print(f"\n{text}", flush=True)


def say(text: str) -> None:
    """Print one line of a part."""
    print(f"  {text}", flush=True)


class Timings:
    """What took how long."""

    def __init__(self) -> None:
        self._rows: list[tuple[str, float, str]] = []

    @contextmanager
    def measured(self, step: str, detail: str = "") -> Iterator[None]:
        """Measure a step; it is listed once it has succeeded."""
        started = time.perf_counter()
        yield
        self._rows.append((step, time.perf_counter() - started, detail))

    def show(self) -> None:
        """Print the table."""
        width = max(len(step) for step, _, _ in self._rows)
        for step, seconds, detail in self._rows:
            print(f"  {step:<{width}}  {seconds:7.2f} s  {detail}".rstrip())


def both(first: Callable[[], A], second: Callable[[], B]) -> tuple[A, B]:
    """Let two people act at the same time, and return what came of it."""
    with ThreadPoolExecutor(2) as pool:
        acts = pool.submit(first), pool.submit(second)
        return acts[0].result(), acts[1].result()


def written(path: Path, text: str) -> Path:
    """Write a text and return where."""
    path.write_text(text, encoding="utf-8")
    return path


def made(folder: Path) -> Path:
    """Make a folder and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def digest(path: Path) -> str:
    """Return a file's SHA-256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sizes(paths: Sequence[Path]) -> str:
    """Return how many files of how many megabytes."""
    return f"{len(paths)} documents, {sum(path.stat().st_size for path in paths) / 1e6:.1f} MB"
