# SPDX-License-Identifier: AGPL-3.0-or-later
"""Envelopes: accepted with a leaf, delivered to one mailbox per device, acknowledged or expired."""
