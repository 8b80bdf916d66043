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
    STEP_UP_NEEDED = "step-up-needed"
    """The relay wants passphrase and second factor shown just now; sign in and give the command again."""
    PROFILE_COPIED = "profile-copied"
    """This profile is a copy, or was put back from a backup: it stays readable, and reaches no relay."""
    DEVICE_REMOVED = "device-removed"
    """Another computer of the owner has removed this one: it stays readable, and reaches no relay."""
    UNKNOWN_DEVICE = "unknown-device"
    OWN_DEVICE = "own-device"
    """A computer does not remove itself."""
    LINK_INVALID = "link-invalid"
    """Neither the text of a picture nor twelve words; `detail` is the place of the word that is in no list."""
    LINK_ENDED = "link-ended"
    """There is no such link, or no longer."""
    LINK_TAKEN = "link-taken"
    """Another computer has answered this picture. Nobody must confirm on the old one."""
    LINK_NOT_OFFERED = "link-not-offered"
    """No computer has answered yet, or there is no link."""
    LINK_OTHER_WORDS = "link-other-words"
    """The words that were given are not those of the computer that has answered."""
    UNVERIFIED_RECIPIENT = "unverified-recipient"
    """Nobody has said who they are, and the owner never compared; `detail` is their names.

    To be sent all the same, the letter says `accepts_unverified`.
    """
    CARD_INVALID = "card-invalid"
    NOTHING_TO_ACKNOWLEDGE = "nothing-to-acknowledge"
    KEYS_UNPROVEN = "keys-unproven"
    """The relay does not prove that the person's keys are today's: nothing is built on them now."""
    FACTOR_NOT_BEGUN = "factor-not-begun"
    """There is no telephone that waits for its first code."""
    LAST_FACTOR = "last-factor"
    UNKNOWN_FACTOR = "unknown-factor"
    TOO_MANY_FACTORS = "too-many-factors"
    SECURITY_KEY_MISSING = "security-key-missing"
    SECURITY_KEY_FORBIDDEN = "security-key-forbidden"
    """It is plugged in, and this user may not use it: on Linux a rule of udev is missing."""
    SECURITY_KEY_UNTOUCHED = "security-key-untouched"
    SECURITY_KEY_UNKNOWN = "security-key-unknown"
    SECURITY_KEY_KNOWN = "security-key-known"
    SECURITY_KEY_PIN_NEEDED = "security-key-pin-needed"
    SECURITY_KEY_PIN_WRONG = "security-key-pin-wrong"
    SECURITY_KEY_PIN_BLOCKED = "security-key-pin-blocked"
    SECURITY_KEY_UNUSABLE = "security-key-unusable"
    SECURITY_KEY_UNSUPPORTED = "security-key-unsupported"
    """The relay has no name that a security key could know it by."""
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
