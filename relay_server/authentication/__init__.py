# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who calls: proofs of possession by a device's request key, and the one door that checks them."""
