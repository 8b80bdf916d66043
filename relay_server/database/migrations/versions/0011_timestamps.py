# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an outside authority has timestamped of the log, and how asking it goes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from alembic import context, op

if TYPE_CHECKING:
    import psycopg

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL file of the same name, with the names of this database's roles filled in."""
    sql = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    for placeholder, role in context.config.attributes["roles"].items():
        sql = sql.replace(placeholder, role)
    # Straight to the driver: the file is many statements, and its percent signs are its own.
    driver = cast("psycopg.Connection[object]", op.get_bind().connection.driver_connection)
    driver.execute(sql.encode())
