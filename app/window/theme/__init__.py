# SPDX-License-Identifier: AGPL-3.0-or-later
"""Colours, sizes and icons, for light and dark surroundings."""
