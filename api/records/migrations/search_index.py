"""The full-text indexes of findings and petitions, in each database's own way."""

from __future__ import annotations

from api.records.words import PAIRED

SEARCHED = ("findings", "petitions")
_COLUMNS = ("exact", "folded")
# Underscores stand in no word, and one comes first, so that the beginning of a word never means a pair. DISTINCT, because
# the cast counts each repetition against the size of a tsvector. Nobody searches for 2000 bytes, and the cast refuses them.
_PAIRS = f"""
CREATE OR REPLACE FUNCTION langnghe_pairs(text) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(string_agg(DISTINCT ('_' || a || '_' || b) COLLATE "C", ' '), '')::tsvector
    FROM (SELECT string_to_array($1, ' ') AS words) AS said,
         unnest(words[1:{PAIRED}], words[2:{PAIRED + 1}]) AS pair(a, b)
    WHERE octet_length(a) + octet_length(b) < 2000
$$
"""


def create_statements(dialect: str, table: str) -> list[str]:
    """SQL that creates the index over the columns `exact` and `folded` of `table` and keeps it in step.

    SQLite: FTS5 over external content. Both columns are already cut into words and lower-cased, and `folded` is
    already without accents (đ too, which FTS5's own `remove_diacritics` leaves alone), so the tokenizer must not fold:
    it would make `exact` useless.
    PostgreSQL: two generated `tsvector` columns of configuration `simple` with GIN indexes; `pair_statements` goes on.
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
    return _vectors(table, "to_tsvector('simple', {column})")


def _vectors(table: str, said: str, *changes: str) -> list[str]:
    """SQL that adds the generated columns and their indexes; one statement, so that rows are stored anew only once."""
    added = [f"ADD COLUMN tsv_{c} tsvector GENERATED ALWAYS AS ({said.format(column=c)}) STORED" for c in _COLUMNS]
    indexes = [f"CREATE INDEX ix_{table}_tsv_{c} ON {table} USING gin (tsv_{c})" for c in _COLUMNS]
    return [f"ALTER TABLE {table} {', '.join([*changes, *added])}", *indexes]


def pair_statements() -> list[str]:
    """SQL that lets PostgreSQL's columns hold each pair of neighbouring words too, without a place."""
    said = "to_tsvector('simple', {column}) || langnghe_pairs({column})"
    return [_PAIRS, *(s for table in SEARCHED for s in _vectors(table, said, *_renewed()))]


def unpair_statements() -> list[str]:
    """SQL that removes what `pair_statements` added."""
    said = "to_tsvector('simple', {column})"
    columns = [s for table in SEARCHED for s in _vectors(table, said, *_renewed())]
    return [*columns, "DROP FUNCTION langnghe_pairs(text)"]


def _renewed() -> list[str]:
    """Drops the columns that are added again, and keeps long ones beside the rows, uncompressed, as they were."""
    stored = [f"ALTER COLUMN tsv_{c} SET STORAGE EXTERNAL" for c in _COLUMNS]
    return [*(f"DROP COLUMN tsv_{c}" for c in _COLUMNS), *stored]


def drop_statements(dialect: str, table: str) -> list[str]:
    """SQL that removes what `create_statements` made."""
    if dialect == "sqlite":
        names = [f"DROP TRIGGER {table}_fts_{kind}" for kind in ("insert", "delete", "update")]
        return [*names, f"DROP TABLE {table}_fts_words", f"DROP TABLE {table}_fts"]
    return [f"ALTER TABLE {table} DROP COLUMN tsv_{column}" for column in _COLUMNS]
