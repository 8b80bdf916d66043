# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the views show, as Qt objects and models; imports the bridge, never a view."""
