# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is handed over as a picture or a small text file: contact cards, links, a relay's enrolment, a kit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Final

from app.interface.command import Command
from app.interface.snapshots import PathText
from crypto_core.wire.codec import Size

MAX_CODE_BYTES: Final = 16 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeText:
    """What a file says; empty if nobody could find anything in it."""

    text: Annotated[str, Size.up_to(MAX_CODE_BYTES)] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadCode(Command[CodeText]):
    """Read the QR picture in an image, or a small text file; also while locked.

    A process without secrets looks into the file. Fails with FILE_UNREADABLE.
    """

    path: PathText = field(repr=False)


COMMANDS: Final[dict[type, type]] = {ReadCode: CodeText}
