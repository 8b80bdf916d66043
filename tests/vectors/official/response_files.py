# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads vectors of the `cryptography_vectors` package, whose release is pinned to that of `cryptography`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import cryptography_vectors

if TYPE_CHECKING:
    from collections.abc import Iterator


def read_text(path: str) -> str:
    """Return a file of the package."""
    with cryptography_vectors.open_vector_file(path, "r") as file:
        return str(file.read())


def read_json(path: str) -> list[dict[str, Any]]:
    """Return the cases of a JSON file."""
    return list(json.loads(read_text(path)))


def read_records(path: str) -> Iterator[dict[str, str]]:
    """Yield the records of a NIST response file: `name = value` lines, each record begun by `count`.

    A line FAIL becomes the name `fail`; sections in brackets and comments are left out.
    """
    record: dict[str, str] = {}
    for line in read_text(path).splitlines():
        if line.strip() == "FAIL":
            record["fail"] = ""
        if line.startswith(("#", "[")) or "=" not in line:
            continue
        name, _, value = (part.strip() for part in line.partition("="))
        if name.lower() == "count":
            if record:
                yield record
            record = {}
        record[name.lower()] = value
    yield record
