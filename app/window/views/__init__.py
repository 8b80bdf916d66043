# SPDX-License-Identifier: AGPL-3.0-or-later
"""Widgets, dialogs and delegates; they know view models only."""
