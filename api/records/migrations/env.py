"""Alembic environment: always online, on the engine that the caller hands over."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Engine

from api.records.tables import metadata


def _include(name: str | None, kind: str, _parent: object) -> bool:
    # Search indexes are made by hand in the migrations, because no declarative form exists for them.
    return not (kind == "table" and name is not None and "_fts" in name)


def run() -> None:
    """Run the wanted migrations in one transaction on the given engine."""
    engine: Engine = context.config.attributes["engine"]
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=metadata, include_name=_include,
                          render_as_batch=engine.dialect.name == "sqlite", compare_type=True,
                          transaction_per_migration=False)  # fmt: skip
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
