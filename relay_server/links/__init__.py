# SPDX-License-Identifier: AGPL-3.0-or-later
"""Links: where two computers of one account meet for ten minutes, and what they leave for each other, sealed."""
