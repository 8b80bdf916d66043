# SPDX-License-Identifier: AGPL-3.0-or-later
"""The revisions, oldest first; a released one is never edited."""
