# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sign-in with two factors, and the sessions that it begins (PROTOCOL section 5)."""
