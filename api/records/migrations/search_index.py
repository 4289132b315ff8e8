"""The full-text indexes of findings and petitions, in each database's own way."""

from __future__ import annotations

SEARCHED = ("findings", "petitions")


def create_statements(dialect: str, table: str) -> list[str]:
    """SQL that creates the index over the columns `exact` and `folded` of `table` and keeps it in step.

    SQLite: FTS5 over external content. Both columns are already cut into words and lower-cased, and `folded` is
    already without accents (đ too, which FTS5's own `remove_diacritics` leaves alone), so the tokenizer must not fold:
    it would make `exact` useless.
    PostgreSQL: two generated `tsvector` columns of configuration `simple` with GIN indexes.
    """
    if dialect == "sqlite":
        return [
            f"CREATE VIRTUAL TABLE {table}_fts USING fts5(exact, folded, content='{table}', content_rowid='num', "
            "tokenize='unicode61 remove_diacritics 0', prefix='2 3')",
            f"CREATE VIRTUAL TABLE {table}_fts_words USING fts5vocab({table}_fts, 'col')",
            f"CREATE TRIGGER {table}_fts_insert AFTER INSERT ON {table} BEGIN "
            f"INSERT INTO {table}_fts(rowid, exact, folded) VALUES (new.num, new.exact, new.folded); END",
            f"CREATE TRIGGER {table}_fts_delete AFTER DELETE ON {table} BEGIN "
            f"INSERT INTO {table}_fts({table}_fts, rowid, exact, folded) "
            "VALUES ('delete', old.num, old.exact, old.folded); END",
            f"CREATE TRIGGER {table}_fts_update AFTER UPDATE OF exact, folded ON {table} BEGIN "
            f"INSERT INTO {table}_fts({table}_fts, rowid, exact, folded) "
            "VALUES ('delete', old.num, old.exact, old.folded); "
            f"INSERT INTO {table}_fts(rowid, exact, folded) VALUES (new.num, new.exact, new.folded); END",
        ]
    statements = []
    for column in ("exact", "folded"):
        statements += [
            f"ALTER TABLE {table} ADD COLUMN tsv_{column} tsvector "
            f"GENERATED ALWAYS AS (to_tsvector('simple', {column})) STORED",
            f"CREATE INDEX ix_{table}_tsv_{column} ON {table} USING gin (tsv_{column})",
        ]
    return statements


def drop_statements(dialect: str, table: str) -> list[str]:
    """SQL that removes what `create_statements` made."""
    if dialect == "sqlite":
        names = [f"DROP TRIGGER {table}_fts_{kind}" for kind in ("insert", "delete", "update")]
        return [*names, f"DROP TABLE {table}_fts_words", f"DROP TABLE {table}_fts"]
    return [f"ALTER TABLE {table} DROP COLUMN tsv_{column}" for column in ("exact", "folded")]
