"""Bringing a database to the schema this version needs, with Alembic and without an ini file."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from api.records.engine import Records, RecordsError, translated


def alembic_config(records: Records) -> Config:
    """The Alembic configuration that points at the migrations shipped inside this package."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["engine"] = records.engine
    return config


def upgrade(records: Records, revision: str = "head") -> None:
    """Create or update the tables; a second call does nothing.

    Raises
    ------
    RecordsError
        `records_newer` for records that a newer version of the program has written.
    """
    with translated():
        at = current_revision(records)
        if revision == "head" and at == head_revision(records):
            return
        if not known_revision(records, at):
            raise RecordsError(
                "records_newer", "Dữ liệu này do một phiên bản mới hơn của chương trình ghi; hãy nâng cấp chương trình."
            )
        command.upgrade(alembic_config(records), revision)


def current_revision(records: Records) -> str | None:
    """The schema revision the database is at, None for an empty one."""
    with translated(), records.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def known_revision(records: Records, revision: str | None) -> bool:
    """True for a schema revision that this version of the program knows how to bring up to date."""
    scripts = ScriptDirectory.from_config(alembic_config(records))
    return revision is None or revision in {s.revision for s in scripts.walk_revisions()}


def head_revision(records: Records) -> str | None:
    """The schema revision this version of the program needs."""
    return ScriptDirectory.from_config(alembic_config(records)).get_current_head()
