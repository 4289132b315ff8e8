"""Asking the full-text indexes for row numbers, alike on both databases."""

from __future__ import annotations

import numpy as np
from sqlalchemy import text
from sqlalchemy.orm import Session

from api.records.columns import Array
from api.records.words import Query, to_fts5, to_paired_tsquery


def is_sqlite(session: Session) -> bool:
    """Whether this session is on SQLite."""
    return session.get_bind().dialect.name == "sqlite"


def hits(session: Session, table: str, query: Query) -> Array:
    """Row numbers of `table` with what is searched, in no order."""
    # One string of numbers instead of thousands of rows: a word may stand in most of the register.
    if is_sqlite(session):
        found = text(f"SELECT group_concat(rowid) FROM {table}_fts WHERE {table}_fts MATCH :q")
        joined = session.scalar(found, {"q": to_fts5(query)})
    else:
        asked, values = to_paired_tsquery(query)
        found = text(f"SELECT string_agg(num::text, ',') FROM {table} WHERE tsv_{query.column} @@ ({asked})")
        joined = session.scalar(found, values)
    return np.fromstring(joined, dtype=np.int64, sep=",") if joined else np.array([], dtype=np.int64)
