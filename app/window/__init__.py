# SPDX-License-Identifier: AGPL-3.0-or-later
"""The window process: the only code that knows Qt."""
