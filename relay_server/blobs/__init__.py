# SPDX-License-Identifier: AGPL-3.0-or-later
"""Blobs: sealed files and large bodies, uploaded in parts, kept as long as an envelope that names them waits."""
