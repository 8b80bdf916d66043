# SPDX-License-Identifier: AGPL-3.0-or-later
"""Start of the engine process: builds the adapters, runs the use cases, ends with its pipe."""
