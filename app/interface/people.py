# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the owner decides about correspondents: block, forget, note."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Final

from app.interface.command import Command
from app.interface.snapshots import Done
from crypto_core.wire.codec import Size
from crypto_core.wire.ids import AccountId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconsiderContact(Command[Done]):
    """Take DeclineContact back: their request waits for an answer again, and their letters with it."""

    account: AccountId


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockContact(Command[Done]):
    """Want nothing of somebody any more; letters there are stay, and nothing is sent to them."""

    account: AccountId


@dataclass(frozen=True, slots=True, kw_only=True)
class UnblockContact(Command[Done]):
    """Take BlockContact back: they are what they were before."""

    account: AccountId


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteContact(Command[Done]):
    """Note something about a correspondent, for the owner alone; empty forgets it."""

    account: AccountId
    remark: Annotated[str, Size.up_to(4096)] = field(repr=False)


COMMANDS: Final[dict[type, type]] = {
    ReconsiderContact: Done,
    BlockContact: Done,
    UnblockContact: Done,
    NoteContact: Done,
}
