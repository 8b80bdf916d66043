# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the use cases ask of the vault, the network and the documents; imports no engine module."""
