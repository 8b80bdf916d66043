# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the use cases ask of relay, vault and machine; imports no other part of the engine."""
