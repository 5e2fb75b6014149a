"""What alembic runs. A released version is never edited: a change of `bridge.store.schema` comes with a new one."""
