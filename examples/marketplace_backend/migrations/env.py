"""Where alembic meets the service's tables: `alembic -c examples/marketplace_backend/alembic.ini upgrade head`."""

from __future__ import annotations

from alembic import context

from examples.marketplace_backend.database import engine
from examples.marketplace_backend.tables import Table

if context.is_offline_mode():
    context.configure(dialect_name="postgresql", target_metadata=Table.metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
else:
    with engine().connect() as connection:
        context.configure(connection=connection, target_metadata=Table.metadata, compare_type=True)
        with context.begin_transaction():
            context.run_migrations()
