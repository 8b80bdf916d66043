# SPDX-License-Identifier: AGPL-3.0-or-later
"""Adapters to security keys (FIDO2): by USB on Linux and macOS, through the system on Windows."""
