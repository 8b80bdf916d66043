# SPDX-License-Identifier: AGPL-3.0-or-later
"""Domain separation labels: each names the one use of a signature, a hash or a derived key.

A label ends with a zero byte, so that no label is the beginning of another one followed by data.
"""

from __future__ import annotations

from typing import Final

# Signed objects
CERTIFICATE: Final = b"uhs/1/certificate\x00"
DEVICE_LIST: Final = b"uhs/1/device-list\x00"
SIGNED_PREKEY: Final = b"uhs/1/signed-prekey\x00"
PREKEY_BATCH: Final = b"uhs/1/prekey-batch\x00"
MESSAGE: Final = b"uhs/1/message\x00"
STATEMENT: Final = b"uhs/1/statement\x00"
RELAY_STATEMENT: Final = b"uhs/1/relay-statement\x00"
KIT_PROOF: Final = b"uhs/1/kit-proof\x00"
ROOT_CHANGE: Final = b"uhs/1/root-change\x00"
ROOT_VETO: Final = b"uhs/1/root-veto\x00"
RECOVERY_PACKAGE: Final = b"uhs/1/recovery-package\x00"
FOLDER_RESULT: Final = b"uhs/1/folder-result\x00"
EVIDENCE: Final = b"uhs/1/evidence\x00"
PATIENT_DECISION: Final = b"uhs/1/patient-decision\x00"
ERASURE: Final = b"uhs/1/erasure\x00"

# Hashes
ACCOUNT_ID: Final = b"uhs/1/account-id\x00"
PREKEY_ID: Final = b"uhs/1/prekey-id\x00"
DEVICE_PSEUDONYM: Final = b"uhs/1/device-pseudonym\x00"
SECTION: Final = b"uhs/1/section\x00"
RECOVERY_CODE: Final = b"uhs/1/recovery-code\x00"
JOURNAL_RECORD: Final = b"uhs/1/journal-record\x00"
SEALED_LEAF: Final = b"uhs/1/sealed-leaf\x00"
KEY_EVENT: Final = b"uhs/1/key-event\x00"
KIT_ID: Final = b"uhs/1/kit-id\x00"
KIT_CHECK: Final = b"uhs/1/kit-check\x00"
KEY_MAP_ENTRY: Final = b"uhs/1/key-map-entry\x00"
LINK_ID: Final = b"uhs/1/link-id\x00"
VERIFICATION_WORDS: Final = b"uhs/1/verification-words\x00"

# Key derivation
LINK_OFFER: Final = b"uhs/1/link/offer\x00"
LINK_GRANT: Final = b"uhs/1/link/grant\x00"
SLOT: Final = b"uhs/1/slot\x00"
COMMIT: Final = b"uhs/1/commit\x00"
BODY: Final = b"uhs/1/body\x00"
KIT_ROOT: Final = b"uhs/1/kit/root\x00"
KIT_ACCOUNT_SECRET: Final = b"uhs/1/kit/account-secret\x00"
KIT_KEM: Final = b"uhs/1/kit/kem\x00"
KIT_VAULT: Final = b"uhs/1/kit/vault\x00"
KIT_PACKAGE: Final = b"uhs/1/kit/package\x00"
KIT_BACKUP: Final = b"uhs/1/kit/backup\x00"
BACKUP: Final = b"uhs/1/backup\x00"
VAULT_KEK: Final = b"uhs/1/vault/kek\x00"
VAULT_STORE: Final = b"uhs/1/vault/store\x00"
FACTOR_NAME: Final = b"uhs/1/factor-name\x00"
JOURNAL_KEY: Final = b"uhs/1/journal-key\x00"
JOURNAL_ENTRY: Final = b"uhs/1/journal-entry\x00"
LOGIN: Final = b"uhs/login\x00"
LOGIN_CONTEXT: Final = b"uhs/1/login/context\x00"
FAKE_CREDENTIAL: Final = b"uhs/1/login/fake-credential\x00"
