# SPDX-License-Identifier: AGPL-3.0-or-later
"""HTTP: what an endpoint is, how bodies are read and answers written, and the application of all of them."""
