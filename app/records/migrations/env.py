"""What Alembic runs: the migrations, on the connection and in the transaction that `app.records.schema` opened."""

from alembic import context

from app.records.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
