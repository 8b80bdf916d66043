# SPDX-License-Identifier: AGPL-3.0-or-later
"""Start of the window process."""
