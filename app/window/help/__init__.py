# SPDX-License-Identifier: AGPL-3.0-or-later
"""The help of the program, page by page, in both languages."""
