# SPDX-License-Identifier: AGPL-3.0-or-later
"""Facts the engine tells without being asked; they say what changed, and a view asks for what it shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from app.interface.snapshots import AlarmDetail, AlarmKind, LinkOutcome, LinkWords, Status
from crypto_core.wire.codec import Size
from crypto_core.wire.ids import ConversationId, MessageId, PatientId


class Event:
    """Something that happened in the engine."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChanged(Event):
    """Profile, connection or counts changed; sent once at start as well."""

    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationsChanged(Event):
    """These conversations have new, changed or removed messages; at most 100 an event, more in the next."""

    conversations: Annotated[tuple[ConversationId, ...], Size(1, 100)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactsChanged(Event):
    """Something changed about correspondents or requests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress(Event):
    """A command is at `done` of `total` bytes. `request` is the number that `EngineClient.submit` gave."""

    request: int
    done: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadProgress(Event):
    """A letter's documents are on their way: `uploaded` of `total` bytes are at the relay."""

    message: MessageId
    uploaded: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchAwaited(Event):
    """A security key blinks and waits for a finger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DevicesChanged(Event):
    """Something changed about the owner's computers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldersChanged(Event):
    """Something went through the folders of practice software, or they have another trouble."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkOffered(Event):
    """Old computer: a new one has answered. Compare its three words with these, then ConfirmLink or CancelLink."""

    words: LinkWords


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkEnded(Event):
    """Linking is over, on either computer. On the new one, DONE means that its profile is there: SignIn is next."""

    outcome: LinkOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryProgress(Event):
    """Letters that go to, or come from, the owner's other computer: `done` of `total` so far.

    Both are equal when it is over; StopHistory makes `total` what is done.
    """

    is_sending: bool
    done: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalChanged(Event):
    """An act was noted, or what is known of one has changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsChanged(Event):
    """Something was recorded of what a patient has decided, here or on another of the owner's computers."""

    patient: PatientId


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm(Event):
    """Something a person must be told; it is also kept in the vault."""

    kind: AlarmKind
    detail: AlarmDetail


EVENTS: Final[tuple[type[Event], ...]] = (
    StatusChanged,
    ConversationsChanged,
    ContactsChanged,
    Progress,
    UploadProgress,
    TouchAwaited,
    DevicesChanged,
    FoldersChanged,
    LinkOffered,
    LinkEnded,
    HistoryProgress,
    JournalChanged,
    RightsChanged,
    Alarm,
)
"""Every event; a test keeps it equal to the classes above."""
