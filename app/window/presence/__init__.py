# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whether somebody is at the computer: keys and pointer, and what the desktop says. Knows no mailbox."""
