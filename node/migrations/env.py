"""Run the migrations on the connection that was handed over."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    render_as_batch=connection.dialect.name == "sqlite",
    transaction_per_migration=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
