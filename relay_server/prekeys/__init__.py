# SPDX-License-Identifier: AGPL-3.0-or-later
"""Published prekeys: uploaded by their device, handed out to senders, each one-time key once."""
