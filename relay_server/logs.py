# SPDX-License-Identifier: AGPL-3.0-or-later
"""The technical log: JSON lines on standard error, without identifiers, addresses or content.

A line has a fixed event text and named numbers. Texts of exceptions are left out, because those of
libraries quote what they were given; the class and the places in the code say enough to find a fault.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

LOGGER: Final = logging.getLogger("relay")

# Only these reach the log; anything else that a call adds by mistake is dropped.
_FIELDS: Final = (
    "code",
    "count",
    "leaf_index",
    "route",
    "size",
    "state",
    "status",
    "version",
    "waited_ms",
)


class JsonFormatter(logging.Formatter):
    """One line of JSON per record, made of fixed texts and the known fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            # The template of a library's record, never what was filled into it.
            "event": record.msg if isinstance(record.msg, str) else type(record.msg).__name__,
        }
        line |= {name: getattr(record, name) for name in _FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = describe(record.exc_info[1])
        return json.dumps(line, ensure_ascii=True)


def describe(error: BaseException) -> list[str]:
    """Return class and places of an error and its causes, without any text it carries."""
    described: list[str] = []
    current: BaseException | None = error
    while current is not None:
        frames = traceback.extract_tb(current.__traceback__)
        places = " < ".join(
            f"{Path(each.filename).name}:{each.lineno}" for each in reversed(frames)
        )
        described.append(f"{type(current).__qualname__} at {places}")
        if isinstance(current, BaseExceptionGroup):
            described += [line for each in current.exceptions for line in describe(each)]
        current = current.__cause__ or current.__context__
    return described


def configure_logs() -> None:
    """Send every record of this process to standard error as JSON lines; call once, at the start."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    LOGGER.setLevel(logging.INFO)
