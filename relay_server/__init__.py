# SPDX-License-Identifier: AGPL-3.0-or-later
"""The relay: stores and forwards what it cannot read, and keeps a verifiable record."""
