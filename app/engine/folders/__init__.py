# SPDX-License-Identifier: AGPL-3.0-or-later
"""The folders of practice software: notes, taking and sending, writing what arrives, signed results."""
