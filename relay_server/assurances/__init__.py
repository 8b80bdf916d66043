# SPDX-License-Identifier: AGPL-3.0-or-later
"""Assurances: what the operator and colleagues say about who somebody is, each a leaf of the log."""
