# SPDX-License-Identifier: AGPL-3.0-or-later
"""Accounts, their device lists, invitations, and the directory that its owners fill."""
