# SPDX-License-Identifier: AGPL-3.0-or-later
"""Search by words: how a text becomes the words it is found by. Imports nothing of the layers beside it."""
