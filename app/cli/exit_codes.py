# SPDX-License-Identifier: AGPL-3.0-or-later
"""How the command line ends: a number for scripts, from the failure that happened."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from app.interface.failures import Failure


class ExitCode(IntEnum):
    """What a script can decide on; `--help` explains each."""

    OK = 0
    FAILED = 1
    USAGE = 2
    WRONG_PASSPHRASE = 3
    UNREACHABLE = 4
    UNTRUSTED = 5
    QUEUED = 6
    PROFILE = 7
    NOT_FOUND = 8
    CLOCK = 9
    SIGN_IN = 10
    SIGN_IN_REFUSED = 11
    UNVERIFIED = 12
    NOT_ALLOWED = 13
    BUG = 70
    INTERRUPTED = 130


CODES: Final[dict[Failure, ExitCode]] = {
    Failure.LOCKED: ExitCode.WRONG_PASSPHRASE,
    Failure.ALREADY_UNLOCKED: ExitCode.FAILED,
    Failure.NO_PROFILE: ExitCode.PROFILE,
    Failure.PROFILE_EXISTS: ExitCode.PROFILE,
    Failure.PROFILE_IN_USE: ExitCode.PROFILE,
    Failure.PROFILE_DAMAGED: ExitCode.PROFILE,
    Failure.PROFILE_NEWER: ExitCode.PROFILE,
    Failure.WRONG_PASSPHRASE: ExitCode.WRONG_PASSPHRASE,
    Failure.PASSPHRASE_WEAK: ExitCode.USAGE,
    Failure.SIGN_IN_NEEDED: ExitCode.SIGN_IN,
    Failure.SECOND_FACTOR_REFUSED: ExitCode.SIGN_IN_REFUSED,
    Failure.TOO_MANY_ATTEMPTS: ExitCode.SIGN_IN_REFUSED,
    Failure.STEP_UP_NEEDED: ExitCode.SIGN_IN,
    Failure.PROFILE_COPIED: ExitCode.PROFILE,
    Failure.DEVICE_REMOVED: ExitCode.PROFILE,
    Failure.UNKNOWN_DEVICE: ExitCode.NOT_FOUND,
    Failure.OWN_DEVICE: ExitCode.FAILED,
    Failure.LINK_INVALID: ExitCode.USAGE,
    Failure.LINK_ENDED: ExitCode.FAILED,
    Failure.LINK_TAKEN: ExitCode.UNTRUSTED,
    Failure.LINK_NOT_OFFERED: ExitCode.FAILED,
    Failure.LINK_OTHER_WORDS: ExitCode.UNTRUSTED,
    Failure.UNVERIFIED_RECIPIENT: ExitCode.UNVERIFIED,
    Failure.CARD_INVALID: ExitCode.USAGE,
    Failure.NOTHING_TO_ACKNOWLEDGE: ExitCode.FAILED,
    Failure.KEYS_UNPROVEN: ExitCode.UNTRUSTED,
    Failure.FACTOR_NOT_BEGUN: ExitCode.FAILED,
    Failure.LAST_FACTOR: ExitCode.FAILED,
    Failure.UNKNOWN_FACTOR: ExitCode.NOT_FOUND,
    Failure.TOO_MANY_FACTORS: ExitCode.FAILED,
    Failure.PASSPHRASE_CHANGED_LATELY: ExitCode.FAILED,
    Failure.SECURITY_KEY_MISSING: ExitCode.FAILED,
    Failure.SECURITY_KEY_FORBIDDEN: ExitCode.FAILED,
    Failure.SECURITY_KEY_UNTOUCHED: ExitCode.FAILED,
    Failure.SECURITY_KEY_UNKNOWN: ExitCode.SIGN_IN_REFUSED,
    Failure.SECURITY_KEY_KNOWN: ExitCode.FAILED,
    Failure.SECURITY_KEY_PIN_NEEDED: ExitCode.FAILED,
    Failure.SECURITY_KEY_PIN_WRONG: ExitCode.FAILED,
    Failure.SECURITY_KEY_PIN_PAUSED: ExitCode.FAILED,
    Failure.SECURITY_KEY_PIN_BLOCKED: ExitCode.FAILED,
    Failure.SECURITY_KEY_UNUSABLE: ExitCode.FAILED,
    Failure.SECURITY_KEY_UNSUPPORTED: ExitCode.FAILED,
    Failure.SECOND_FACTORS_GONE: ExitCode.FAILED,
    Failure.KIT_GONE: ExitCode.FAILED,
    Failure.KIT_PENDING: ExitCode.FAILED,
    Failure.KIT_NOT_CONFIRMED: ExitCode.FAILED,
    Failure.KIT_GROUP_WRONG: ExitCode.USAGE,
    Failure.KIT_CODE_INVALID: ExitCode.USAGE,
    Failure.KIT_OTHER: ExitCode.FAILED,
    Failure.KIT_REFUSED: ExitCode.SIGN_IN_REFUSED,
    Failure.NO_PACKAGE: ExitCode.NOT_FOUND,
    Failure.RESTORE_ENDED: ExitCode.FAILED,
    Failure.RESTORE_OVERTAKEN: ExitCode.FAILED,
    Failure.NO_KIT_CHANGE: ExitCode.FAILED,
    Failure.SHARES_INVALID: ExitCode.USAGE,
    Failure.BACKUP_UNREADABLE: ExitCode.FAILED,
    Failure.BACKUP_FOLDER_INVALID: ExitCode.FAILED,
    Failure.FOLDER_INVALID: ExitCode.FAILED,
    Failure.RESULT_INVALID: ExitCode.FAILED,
    Failure.BACKUP_FOLDER_MISSING: ExitCode.FAILED,
    Failure.BACKUP_RUNNING: ExitCode.FAILED,
    Failure.BACKUP_CANCELLED: ExitCode.FAILED,
    Failure.OS_SECRET_MISSING: ExitCode.PROFILE,
    Failure.OUT_OF_MEMORY: ExitCode.FAILED,
    Failure.ENROLMENT_INVALID: ExitCode.FAILED,
    Failure.INVITATION_INVALID: ExitCode.FAILED,
    Failure.RELAY_UNREACHABLE: ExitCode.UNREACHABLE,
    Failure.RELAY_UNTRUSTED: ExitCode.UNTRUSTED,
    Failure.RELAY_REFUSED: ExitCode.FAILED,
    Failure.RELAY_BUSY: ExitCode.UNREACHABLE,
    Failure.CLOCK_WRONG: ExitCode.CLOCK,
    Failure.UNKNOWN_ACCOUNT: ExitCode.NOT_FOUND,
    Failure.OWN_ACCOUNT: ExitCode.FAILED,
    Failure.NOT_A_CONTACT: ExitCode.FAILED,
    Failure.CONTACT_BLOCKED: ExitCode.FAILED,
    Failure.UNKNOWN_MESSAGE: ExitCode.NOT_FOUND,
    Failure.UNKNOWN_CONVERSATION: ExitCode.NOT_FOUND,
    Failure.UNKNOWN_DRAFT: ExitCode.NOT_FOUND,
    Failure.TOO_MANY_DOCUMENTS: ExitCode.FAILED,
    Failure.ATTACHING_CANCELLED: ExitCode.FAILED,
    Failure.STILL_ATTACHING: ExitCode.FAILED,
    Failure.NO_RECIPIENT: ExitCode.FAILED,
    Failure.TOO_MANY_RECIPIENTS: ExitCode.FAILED,
    Failure.SEND_TIME_INVALID: ExitCode.FAILED,
    Failure.ABSENCE_PERIOD_INVALID: ExitCode.FAILED,
    Failure.ALREADY_SENT: ExitCode.FAILED,
    Failure.UNKNOWN_TEMPLATE: ExitCode.NOT_FOUND,
    Failure.TOO_MANY_TEMPLATES: ExitCode.FAILED,
    Failure.STILL_SENDING: ExitCode.FAILED,
    Failure.TO_BE_KEPT: ExitCode.FAILED,
    Failure.NOT_CERTIFIED: ExitCode.NOT_FOUND,
    Failure.UNKNOWN_PATIENT: ExitCode.NOT_FOUND,
    Failure.UNKNOWN_ENTRY: ExitCode.NOT_FOUND,
    Failure.NOTHING_TO_EXPORT: ExitCode.NOT_FOUND,
    Failure.NOTHING_TO_LIFT: ExitCode.NOT_FOUND,
    Failure.PATIENT_OBJECTS: ExitCode.NOT_ALLOWED,
    Failure.CONSENT_NEEDED: ExitCode.NOT_ALLOWED,
    Failure.CARE_NOT_SAID: ExitCode.NOT_ALLOWED,
    Failure.PATIENT_NOT_INFORMED: ExitCode.NOT_ALLOWED,
    Failure.TOO_MUCH_TO_EXPORT: ExitCode.FAILED,
    Failure.CERTIFICATE_UNREADABLE: ExitCode.FAILED,
    Failure.PATIENT_IN_USE: ExitCode.FAILED,
    Failure.INS_INVALID: ExitCode.USAGE,
    Failure.INS_DIFFERS: ExitCode.FAILED,
    Failure.MERGE_CHANGED: ExitCode.FAILED,
    Failure.NOTES_TOO_LONG: ExitCode.FAILED,
    Failure.NOT_A_TABLE: ExitCode.FAILED,
    Failure.UNKNOWN_ATTACHMENT: ExitCode.NOT_FOUND,
    Failure.ATTACHMENT_UNAVAILABLE: ExitCode.FAILED,
    Failure.ATTACHMENT_GONE: ExitCode.NOT_FOUND,
    Failure.DOCUMENT_CLOSED: ExitCode.FAILED,
    Failure.DOCUMENT_RUNS: ExitCode.FAILED,
    Failure.PAGE_UNREADABLE: ExitCode.FAILED,
    Failure.ATTACHMENT_DAMAGED: ExitCode.UNTRUSTED,
    Failure.FILE_UNREADABLE: ExitCode.FAILED,
    Failure.FILE_IS_FOLDER: ExitCode.FAILED,
    Failure.FILE_TOO_LARGE: ExitCode.FAILED,
    Failure.FILE_CHANGED: ExitCode.FAILED,
    Failure.DIRECTORY_UNWRITABLE: ExitCode.FAILED,
    Failure.DISK_FULL: ExitCode.FAILED,
    Failure.NOT_MAIL: ExitCode.FAILED,
    Failure.IMPORT_RUNNING: ExitCode.FAILED,
    Failure.TEXT_TOO_LONG: ExitCode.FAILED,
    Failure.INVALID: ExitCode.USAGE,
    Failure.ENGINE_GONE: ExitCode.BUG,
    Failure.BUG: ExitCode.BUG,
}
"""Every failure has its code; a test keeps it so."""

HELP: Final = """\
exit codes:
  0    done
  1    refused or failed; the message on standard error says why and what to do
  2    the command line was not understood, or an option holds what it cannot hold
  3    the passphrase is wrong
  4    the relay cannot be reached, or is too busy
  5    something is not genuine: the relay, the journal, or a document
  6    stored here and queued, but not sent yet: the relay cannot be reached, or a sign-in is needed
  7    the profile cannot be used: none, one already, in use, damaged, copied, or from a newer version
  8    there is no such message, account or document
  9    this computer's clock is too far off
  10   a sign-in is needed: "uhealthsec login --otp CODE", or the same command with --otp CODE
  11   the relay refused the sign-in, or asks to wait before the next attempt
  12   nobody has said who a recipient is: compare words ("contact words"), or send with --unverified
  13   the patient's decisions, or the law, keep a letter from a recipient: see "rights show"
  70   an error in the program; the log in the profile's folder "logs" has details without content
  130  interrupted
"""
