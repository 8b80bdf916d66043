# SPDX-License-Identifier: AGPL-3.0-or-later
"""Putting letters away: archive, mark to be done, remove, and take each of it back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from app.interface.command import Command
from app.interface.snapshots import ConversationIds, Done

REMOVAL_GRACE_SECONDS: Final = 30
"""How long a removed conversation can be taken back; windows offer it for ten seconds, and never later."""
REMOVED_JUST_NOW_SECONDS: Final = 600
"""What was removed no longer before an unlocking can be taken back once more for REMOVAL_GRACE_SECONDS after it."""


class Act(IntEnum):
    """What is done with conversations; each has the one that undoes it beside it."""

    ARCHIVE = 1
    """Out of the inbox; a new letter in it brings it back."""
    UNARCHIVE = 2
    FLAG = 3
    """It is to be dealt with."""
    UNFLAG = 4
    MARK_READ = 5
    """Seen here; nobody is told, for it was not opened."""
    MARK_UNREAD = 6
    REMOVE = 7
    """Gone from every list at once, and for good after REMOVAL_GRACE_SECONDS.

    Where the mailbox is locked before, at the next unlocking, or a while after it (REMOVED_JUST_NOW_SECONDS).
    """
    RESTORE = 8
    REMOVE_FILED = 9
    """As REMOVE, because it was filed in the practitioner's own records."""


UNDOES: Final[dict[Act, Act]] = {
    Act.ARCHIVE: Act.UNARCHIVE,
    Act.UNARCHIVE: Act.ARCHIVE,
    Act.FLAG: Act.UNFLAG,
    Act.UNFLAG: Act.FLAG,
    Act.MARK_READ: Act.MARK_UNREAD,
    Act.MARK_UNREAD: Act.MARK_READ,
    Act.REMOVE: Act.RESTORE,
    Act.REMOVE_FILED: Act.RESTORE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Organise(Command[Done]):
    """Do something with conversations, all in one transaction.

    Fails with UNKNOWN_CONVERSATION when one is not there (any more), and with STILL_SENDING when one that is to be
    removed has a letter that the relay does not have yet: cancel it first. REMOVE fails with TO_BE_KEPT for one that is
    filed under a patient whose letters the law wants kept; REMOVE_FILED says that the own records have it (R-32).
    """

    conversations: ConversationIds
    act: Act


COMMANDS: Final[dict[type, type]] = {Organise: Done}
