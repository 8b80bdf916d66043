# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every error the relay raises on purpose: what stops the program, and what a request is answered with."""

from __future__ import annotations


class RelayError(Exception):
    """Base of the relay's errors; the text never holds a secret, an identifier or content."""


class StartError(RelayError):
    """The relay cannot start; the text tells the operator why and what to do."""
