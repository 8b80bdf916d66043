# SPDX-License-Identifier: AGPL-3.0-or-later
"""Finding letters by their words, and bringing them and their documents into the index."""
