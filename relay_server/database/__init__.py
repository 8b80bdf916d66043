# SPDX-License-Identifier: AGPL-3.0-or-later
"""How the relay comes to its PostgreSQL: the embedded server, the roles, the migrations, the pool."""
