# SPDX-License-Identifier: AGPL-3.0-or-later
"""What anyone can check with public keys alone. Imports `crypto_core.wire` and `crypto_core.errors`."""
