# SPDX-License-Identifier: AGPL-3.0-or-later
"""The encrypted local store behind its port."""
