"""Bringing a database to the schema this version needs, with Alembic and without an ini file."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from api.records.engine import Records, translated


def alembic_config(records: Records) -> Config:
    """The Alembic configuration that points at the migrations shipped inside this package."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["engine"] = records.engine
    return config


def upgrade(records: Records, revision: str = "head") -> None:
    """Create or update the tables; a second call does nothing."""
    with translated():
        if revision == "head" and current_revision(records) == head_revision(records):
            return
        command.upgrade(alembic_config(records), revision)


def current_revision(records: Records) -> str | None:
    """The schema revision the database is at, None for an empty one."""
    with translated(), records.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head_revision(records: Records) -> str | None:
    """The schema revision this version of the program needs."""
    return ScriptDirectory.from_config(alembic_config(records)).get_current_head()
