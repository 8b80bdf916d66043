# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every bound that devices and relay share, with the reason where it is not obvious."""

from __future__ import annotations

from typing import Final

KIB: Final = 1024
MIB: Final = 1024 * KIB

# Sealed stream (attachments and message bodies)
CHUNK_BYTES: Final = 256 * KIB
GCM_TAG_BYTES: Final = 16
STREAM_PREFIX_BYTES: Final = 7
MAX_STREAM_CHUNKS: Final = 2**32

# Envelope
MAX_SLOTS: Final = 128
MAX_ENVELOPE_BYTES: Final = 256 * KIB
MAX_BODY_BYTES: Final = (
    16 * MIB
)  # a body that does not fit an envelope travels as a blob of at most this size
MAX_BLOBS: Final = 128
MAX_SECTIONS: Final = 256
MAX_ATTACHMENTS: Final = MAX_BLOBS - 1  # one place is kept for a body that travels as a blob
ENVELOPE_LIFE_SECONDS: Final = 60 * 86_400
CLOCK_SKEW_SECONDS: Final = 300

# Blobs
MAX_BLOB_BYTES: Final = 4 * 1024 * MIB
MAX_UPLOAD_PART_BYTES: Final = 4 * MIB

# Accounts, devices, prekeys
MAX_DEVICES: Final = 16
DEVICE_LIST_LIFE_SECONDS: Final = 30 * 86_400
SIGNED_PREKEY_RENEWAL_SECONDS: Final = 7 * 86_400
SIGNED_PREKEY_LIFE_SECONDS: Final = 35 * 86_400
PREKEY_ERASURE_DELAY_SECONDS: Final = ENVELOPE_LIFE_SECONDS + 7 * 86_400
PREKEY_BATCH_SIZE: Final = 100
MAX_PREKEY_BATCH: Final = 128

ROOT_CHANGE_SECONDS: Final = 7 * 86_400
"""How long the old root can veto a new one."""
ROOT_CHANGE_MOST_SECONDS: Final = 30 * 86_400

# Recovery. What an account has sealed to its kit fits one request.
MAX_KIT_SEALED_BYTES: Final = 2 * KIB
MAX_CONTACT_PINS: Final = 1_000
MAX_KEPT_KEYS: Final = 256
MAX_ERASED_NUMBERS: Final = 2_048
CERTIFICATE_NUMBER_BYTES: Final = 16
LEAST_PACKAGE_BYTES: Final = 16 * KIB  # sizes double from here, so that they tell little
MAX_PACKAGE_BYTES: Final = 256 * KIB
MAX_BACKUP_HEADER_BYTES: Final = 4 * KIB

# Passphrases. The vault and the sign-in take the same one, so whoever steals both attacks the cheaper.
STRETCH_LEAST_MEMORY_BYTES: Final = 128 * MIB
STRETCH_LEAST_PASSES: Final = 3
# The relay names the cost of a sign-in, so it is also bounded from above: seconds, not minutes.
LOGIN_STRETCH_MOST_MEMORY_BYTES: Final = 1024 * MIB
LOGIN_STRETCH_MOST_PASSES: Final = 12

# Texts (bytes of UTF-8)
MAX_NAME_BYTES: Final = 200
MAX_SUBJECT_BYTES: Final = 1_000
MAX_TEXT_BYTES: Final = 1 * MIB
MAX_FILE_NAME_BYTES: Final = 512
MAX_MEDIA_TYPE_BYTES: Final = 128
MAX_MARKS: Final = 4_000
MAX_ABSENCE_TEXT_BYTES: Final = 4 * KIB

# Absences
MAX_ABSENCE_SECONDS: Final = 366 * 86_400
"""How long one may last, and how far ahead it may be told."""

# Decisions of patients
MAX_DECISION_PARTIES: Final = 64
MAX_DECISIONS_SEEN: Final = 128
MAX_DECISION_TEXT_BYTES: Final = 2 * KIB
MAX_DECISIONS_TOGETHER: Final = 50
"""In one section; each has two signatures."""

# Marks of one's own
MAX_OWN_MARKS: Final = 500
"""In one section; with the longest names of patients they are a quarter of a megabyte."""
MAX_OWN_CARDS: Final = 50
"""In one section; with the longest texts they are as much as the marks."""
MAX_WRITING_BYTES: Final = 64 * KIB
"""The text of a template."""
MAX_REMARK_BYTES: Final = 4 * KIB
"""The text of a signature, or of a remark about somebody."""

# Log
MAX_STATEMENT_BYTES: Final = 3 * KIB  # an expiry names up to 128 devices
MAX_LEAF_BYTES: Final = 8 * KIB
MAX_PROOF_HASHES: Final = 64
MAX_NOTE_BYTES: Final = 64 * KIB
MAX_COSE_ROOTS: Final = 64
MAX_COSIGNED_NOTE_BYTES: Final = 8 * KIB
"""A checkpoint of a log has two lines of 3.5 KB together, a cosignature one of 200 bytes."""
MAX_PROOF_BYTES: Final = 96 * KIB

# Timestamps of an outside authority
MAX_TIMESTAMP_BYTES: Final = 32 * KIB
"""A token with the certificates of its chain has five to ten."""
MAX_AUTHORITIES: Final = 16
MAX_AUTHORITY_BYTES: Final = 8 * KIB
MAX_RECORD_TIMESTAMPS: Final = 64
"""One a year for 20 years, and some more where something had to be renewed sooner."""
MAX_RECORD_BYTES: Final = 512 * KIB

# Journal
JOURNAL_SALT_BYTES: Final = 32
LEAST_SEALED_ENTRY_BYTES: Final = 256  # sizes double from here, so that they tell little
MAX_SEALED_ENTRY_BYTES: Final = 4 * KIB  # a letter to as many people as an envelope has slots
MAX_JOURNAL_ACTS: Final = 32  # of a request; a statement with its signature takes 3.6 KiB

# Relay API
MAX_REQUEST_BYTES: Final = MAX_ENVELOPE_BYTES + 16 * KIB
MAX_PAGE_ITEMS: Final = 100
MAX_RESPONSE_BYTES: Final = 32 * MIB
MAX_DIRECTORY_RESULTS: Final = 50
