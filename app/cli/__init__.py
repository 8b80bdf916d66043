# SPDX-License-Identifier: AGPL-3.0-or-later
"""The command line, in front of the same engine as the window."""
