# SPDX-License-Identifier: AGPL-3.0-or-later
"""Attachments and documents on their way in and out, behind their port."""
