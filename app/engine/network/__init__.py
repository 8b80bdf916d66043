# SPDX-License-Identifier: AGPL-3.0-or-later
"""The relay as seen by a device, behind its port."""
