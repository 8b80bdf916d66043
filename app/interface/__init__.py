# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the window, the command line and the engine say to each other: plain data and the pipe."""
