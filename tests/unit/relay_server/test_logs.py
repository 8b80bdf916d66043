# SPDX-License-Identifier: AGPL-3.0-or-later
"""The technical log says what happened where, and repeats nothing that it was given."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

from relay_server.logs import JsonFormatter, describe


def formatted(record: logging.LogRecord) -> dict[str, Any]:
    line: dict[str, Any] = json.loads(JsonFormatter().format(record))
    return line


def record_of(message: str, *arguments: object, **extra: object) -> logging.LogRecord:
    logger = logging.getLogger("test")
    return logger.makeRecord("test", logging.INFO, "file", 1, message, arguments, None, extra=extra)


def test_only_known_fields_are_written() -> None:
    line = formatted(record_of("something happened", code="malformed", device="canary"))
    assert line["event"] == "something happened"
    assert line["code"] == "malformed"
    assert "canary" not in json.dumps(line)


def test_what_a_library_fills_in_is_left_out() -> None:
    assert formatted(record_of("connection from %s", "canary"))["event"] == "connection from %s"


def fail(error: Exception) -> None:
    raise error


def test_an_error_shows_its_class_and_places_but_not_its_text() -> None:
    record = record_of("it failed")
    try:
        try:
            fail(ValueError("canary one"))
        except ValueError as error:
            raise KeyError("canary two") from error
    except KeyError:
        record.exc_info = sys.exc_info()
    line = formatted(record)
    assert [each.split(" ")[0] for each in line["error"]] == ["KeyError", "ValueError"]
    assert "test_logs.py:" in line["error"][0]
    assert "canary" not in json.dumps(line)


def test_a_group_shows_what_is_in_it() -> None:
    group = ExceptionGroup("canary", [OSError("canary"), ExceptionGroup("inner", [TypeError()])])
    names = [each.split(" ")[0] for each in describe(group)]
    assert names == ["ExceptionGroup", "OSError", "ExceptionGroup", "TypeError"]
    assert "canary" not in " ".join(describe(group))
