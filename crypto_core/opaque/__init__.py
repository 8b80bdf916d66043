# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sign-in by passphrase that the relay never sees: OPAQUE-3DH, RFC 9807 (`crypto_core/spec/sign-in.md`)."""
