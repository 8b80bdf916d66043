# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a file of somebody else contains, read in a process that has nothing to lose."""
