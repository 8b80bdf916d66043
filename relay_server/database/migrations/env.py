# SPDX-License-Identifier: AGPL-3.0-or-later
"""What Alembic runs: the revisions, inside one transaction, on the connection that it is given."""

from __future__ import annotations

from alembic import context

SCHEMA = "relay"

context.configure(
    connection=context.config.attributes["connection"],
    version_table_schema=SCHEMA,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
