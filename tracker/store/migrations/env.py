"""Runs migrations on the connection that ``tracker.store.schema`` hands over."""

from alembic import context

from tracker.store.schema import metadata, plain_type

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_item=plain_type,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
