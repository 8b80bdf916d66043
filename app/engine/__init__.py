# SPDX-License-Identifier: AGPL-3.0-or-later
"""The engine process: use cases behind ports; no Qt."""
