"""What Alembic runs: it is given a connection, in a transaction that is not its own to end. See `db.migrate`."""

from __future__ import annotations

from alembic import context

from db.base import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite changes a table by making it anew
)
with context.begin_transaction():
    context.run_migrations()
