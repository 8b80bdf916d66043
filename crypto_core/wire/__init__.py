# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is said between devices and relay: types, strict codec, limits. Imports `crypto_core.errors` only."""
