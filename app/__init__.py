# SPDX-License-Identifier: AGPL-3.0-or-later
"""The practitioner's program: a window or a command line in front of one engine process."""
