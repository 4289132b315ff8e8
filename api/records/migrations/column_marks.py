"""The triggers that mark a block of rows as changed, in each database's own way."""

from __future__ import annotations

# Tables whose columns are kept in memory (api.records.columns), with the column that names the main row, by place.
MARKED = (
    ("petitions", "num", "petitions"),
    ("petition_fields", "petition_num", "petitions"),
    ("findings", "num", "findings"),
    ("finding_topics", "finding_num", "findings"),
    ("finding_fields", "finding_num", "findings"),
)
_BITS = 12
_KINDS = {"insert": "new", "update": "new", "delete": "old"}
_FUNCTION = """
CREATE OR REPLACE FUNCTION mark_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO column_marks (place, block, shard, value)
    SELECT '{place}', block, pg_backend_pid() % 64, floor(random() * 4503599627370496)::bigint
    FROM (SELECT DISTINCT {num} >> {bits} AS block FROM changed ORDER BY 1) AS blocks
    ON CONFLICT (place, block, shard) DO UPDATE SET value = excluded.value
    WHERE column_marks.xmin <> pg_current_xact_id()::xid;
    RETURN NULL;
END $$
"""


def create_statements(dialect: str) -> list[str]:
    """SQL that marks every block there is and keeps the marks in step.

    A mark is a random number of 52 bits, so that it is never met twice, not even after restoring a backup. PostgreSQL
    keeps one for each of 64 groups of connections, so that two writers of one block do not wait for each other, and
    sets it once in a transaction, which nobody else sees before its end.
    """
    statements = []
    for table, num, place in MARKED:
        if table == place:
            mark = "abs(random() >> 12)" if dialect == "sqlite" else "floor(random() * 4503599627370496)::bigint"
            statements.append(
                f"INSERT INTO column_marks (place, block, shard, value) SELECT '{place}', block, 0, {mark} "
                f"FROM (SELECT DISTINCT num >> {_BITS} AS block FROM {table}) AS blocks"
            )
        if dialect != "sqlite":
            statements.append(_FUNCTION.format(table=table, num=num, place=place, bits=_BITS))
        for kind, row in _KINDS.items():
            if dialect == "sqlite":
                statements.append(
                    f"CREATE TRIGGER {table}_mark_{kind} AFTER {kind.upper()} ON {table} BEGIN "
                    "INSERT INTO column_marks (place, block, shard, value) "
                    f"VALUES ('{place}', {row}.{num} >> {_BITS}, 0, abs(random() >> 12)) "
                    "ON CONFLICT (place, block, shard) DO UPDATE SET value = excluded.value; END"
                )
            else:
                statements.append(
                    f"CREATE TRIGGER {table}_mark_{kind} AFTER {kind.upper()} ON {table} "
                    f"REFERENCING {row.upper()} TABLE AS changed FOR EACH STATEMENT "
                    f"EXECUTE FUNCTION mark_{table}()"
                )
    return statements


def drop_statements(dialect: str) -> list[str]:
    """SQL that removes what `create_statements` made."""
    where = "" if dialect == "sqlite" else " ON {table}"
    dropped = [f"DROP TRIGGER {t}_mark_{kind}" + where.format(table=t) for t, _, _ in MARKED for kind in _KINDS]
    functions = [] if dialect == "sqlite" else [f"DROP FUNCTION mark_{table}()" for table, _, _ in MARKED]
    return dropped + functions
