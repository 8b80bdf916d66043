# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pages to be printed, as PDF in memory; no file is written here."""
