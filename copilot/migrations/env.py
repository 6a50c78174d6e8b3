"""What Alembic runs: the steps, in the transaction that its caller has opened and will commit."""

from __future__ import annotations

from alembic import context

from copilot.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
