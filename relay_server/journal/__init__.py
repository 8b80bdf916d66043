# SPDX-License-Identifier: AGPL-3.0-or-later
"""The journal of each account: its sealed acts go into the log here, and its computers read here what the log has."""
