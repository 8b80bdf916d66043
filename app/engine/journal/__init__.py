# SPDX-License-Identifier: AGPL-3.0-or-later
"""The journal: what was done is noted where it is done, goes to the log, comes from the owner's other computers, is shown."""
