# SPDX-License-Identifier: AGPL-3.0-or-later
"""The texts for people: catalogues, dates and the sentences for error codes."""
