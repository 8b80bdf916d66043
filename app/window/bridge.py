# SPDX-License-Identifier: AGPL-3.0-or-later
"""The one place where Qt meets the engine: commands out, events in, as Qt signals."""
