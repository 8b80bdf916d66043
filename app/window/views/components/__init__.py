# SPDX-License-Identifier: AGPL-3.0-or-later
"""The small set of widgets that all pages are made of."""
