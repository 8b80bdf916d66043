# SPDX-License-Identifier: AGPL-3.0-or-later
"""Codes of expected failures; their texts for people are in `app/window/i18n` and `app/cli` only."""

from __future__ import annotations

from enum import StrEnum


class Failure(StrEnum):
    """Why a command was not carried out."""

    LOCKED = "locked"
    ALREADY_UNLOCKED = "already-unlocked"
    NO_PROFILE = "no-profile"
    PROFILE_EXISTS = "profile-exists"
    PROFILE_IN_USE = "profile-in-use"
    PROFILE_DAMAGED = "profile-damaged"
    PROFILE_NEWER = "profile-newer"
    WRONG_PASSPHRASE = "wrong-passphrase"  # noqa: S105 - a code, not a secret
    """`detail` is the number of seconds that the next one has to wait, or empty."""
    PASSPHRASE_WEAK = "passphrase-weak"  # noqa: S105 - a code, not a secret
    """A new passphrase that a copied store would not stand up with; `detail` is its measure in bits."""
    SIGN_IN_NEEDED = "sign-in-needed"
    SECOND_FACTOR_REFUSED = "second-factor-refused"
    """Passphrase or second factor was refused by the relay; it does not say which."""
    TOO_MANY_ATTEMPTS = "too-many-attempts"
    """`detail` is the number of seconds to wait."""
    SECOND_FACTORS_GONE = "second-factors-gone"
    """They were shown and taken over; nobody can show them again."""
    OS_SECRET_MISSING = "os-secret-missing"  # noqa: S105 - a code, not a secret
    OUT_OF_MEMORY = "out-of-memory"
    ENROLMENT_INVALID = "enrolment-invalid"
    INVITATION_INVALID = "invitation-invalid"
    RELAY_UNREACHABLE = "relay-unreachable"
    RELAY_UNTRUSTED = "relay-untrusted"
    RELAY_REFUSED = "relay-refused"
    RELAY_BUSY = "relay-busy"
    CLOCK_WRONG = "clock-wrong"
    UNKNOWN_ACCOUNT = "unknown-account"
    OWN_ACCOUNT = "own-account"
    NOT_A_CONTACT = "not-a-contact"
    UNKNOWN_MESSAGE = "unknown-message"
    UNKNOWN_CONVERSATION = "unknown-conversation"
    UNKNOWN_ATTACHMENT = "unknown-attachment"
    ATTACHMENT_UNAVAILABLE = "attachment-unavailable"
    ATTACHMENT_GONE = "attachment-gone"
    """Its file has vanished here, and the relay has deleted it, as it does when everybody has fetched it."""
    ATTACHMENT_DAMAGED = "attachment-damaged"
    FILE_UNREADABLE = "file-unreadable"
    FILE_TOO_LARGE = "file-too-large"
    FILE_CHANGED = "file-changed"
    DIRECTORY_UNWRITABLE = "directory-unwritable"
    DISK_FULL = "disk-full"
    TEXT_TOO_LONG = "text-too-long"
    INVALID = "invalid"
    ENGINE_GONE = "engine-gone"
    """The engine process ended before it answered."""
    BUG = "bug"
    """Something unexpected; details are in the log, without content."""


class CommandError(Exception):
    """An expected failure of a command. `detail` is a file name or number for the message, never content."""

    def __init__(self, failure: Failure, detail: str = "") -> None:
        super().__init__(failure.value)
        self.failure = failure
        self.detail = detail
