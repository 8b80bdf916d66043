# SPDX-License-Identifier: AGPL-3.0-or-later
"""One module per format; each makes plain blocks of bytes, and runs in the reading process only."""
