# SPDX-License-Identifier: AGPL-3.0-or-later
"""The transparency log: leaves, chains, checkpoints, receipts and tiles."""
