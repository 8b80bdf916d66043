# SPDX-License-Identifier: AGPL-3.0-or-later
"""What only the owner of a secret can do: sign, seal, open, unwrap. Never loaded by the relay."""
