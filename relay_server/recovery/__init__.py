# SPDX-License-Identifier: AGPL-3.0-or-later
"""Coming back with the printed kit: the package it opens, the account's new keys, the veto against a new root."""
