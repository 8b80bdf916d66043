# SPDX-License-Identifier: AGPL-3.0-or-later
"""Alembic's environment and the revisions of the relay's schema, each a file of plain SQL."""
