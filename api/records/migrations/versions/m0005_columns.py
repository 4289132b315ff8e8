"""Filters, counts and orders look at columns in memory: marks say what changed, covering indexes are not needed.

On PostgreSQL long texts move out of the rows, so that finding thousands of rows by their words reads few pages. Every
row is stored anew for that; VACUUM FULL of petitions and findings gives the room of the old ones back.

Revision: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.records.migrations.column_marks import create_statements, drop_statements

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None
_FILTERS = ["status", "type", "urgency", "urgency_rank", "channel", "needs_review", "confidential", "due_on", "num"]
_FIELD = ["parent", "position", "type", "province", "commune"]
_DROPPED: dict[str, tuple[str, list[str]]] = {
    "ix_petitions_filters": ("petitions", ["received_at", "status", "type", "urgency", "urgency_rank", "channel", "province",
                                           "commune", "needs_review", "confidential", "due_on", "num"]),
    "ix_petitions_inbox": ("petitions", ["status", "urgency_rank", "due_on", "num", "province", "commune", "type", "urgency",
                                         "channel", "needs_review", "confidential", "received_at"]),
    "ix_petitions_place": ("petitions", ["province", "commune", "received_at", *_FILTERS]),
    "ix_petitions_received": ("petitions", ["received_at", "num"]),
    "ix_petitions_urgency": ("petitions", ["urgency_rank", "num"]),
    "ix_petitions_due": ("petitions", ["due_on", "status", "confidential", "num"]),
    "ix_petition_fields_code": ("petition_fields", ["code", "received_at", "petition_num", *_FIELD]),
    "ix_petition_fields_counts": ("petition_fields", ["received_at", "code", *_FIELD, "petition_num"]),
    "ix_findings_facets": ("findings", ["gone", "kind", "sort", "review", "year", "province", "issuer_key", "num"]),
    "ix_findings_issuer": ("findings", ["issuer_key"]),
    "ix_finding_topics_code": ("finding_topics", ["code", "finding_num"]),
    "ix_finding_fields_code": ("finding_fields", ["code", "finding_num"]),
}  # fmt: skip
_REPEATED = ("received_at", "type", "province", "commune")
_LONG = {"petitions": ("text", "exact", "folded"), "findings": ("text", "quote", "exact", "folded", "edited_text")}


def upgrade() -> None:
    """Add the marks, drop what they replace."""
    dialect = op.get_context().dialect.name
    op.create_table(
        "column_marks",
        sa.Column("place", sa.String(length=16), nullable=False),
        sa.Column("block", sa.Integer(), nullable=False),
        sa.Column("shard", sa.Integer(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("place", "block", "shard", name=op.f("pk_column_marks")),
    )
    for name, (table, _) in _DROPPED.items():
        op.drop_index(name, table_name=table)
    op.create_index("ix_petitions_review", "petitions", ["status", "needs_review", "num"])
    for column in _REPEATED:
        op.execute(f"ALTER TABLE petition_fields DROP COLUMN {column}")
    if dialect == "postgresql":
        for statement in _narrow():
            op.execute(statement)
    for statement in create_statements(dialect):
        op.execute(statement)


def _narrow() -> list[str]:
    """SQL that keeps long columns beside the rows, for the rows there are as well as for new ones."""
    statements = []
    for table, columns in _LONG.items():
        searched = ("tsv_exact", "tsv_folded")
        changes = [f"ALTER COLUMN {c} SET STORAGE EXTERNAL" for c in (*columns, *searched)]
        statements.append(f"ALTER TABLE {table} {', '.join(changes)}, SET (toast_tuple_target = 256)")
        # A column counts as changed when it is set; only then is the row stored anew.
        statements.append(f"UPDATE {table} SET {', '.join(f'{c} = {c} || {chr(39) * 2}' for c in columns)}")
    return statements


def downgrade() -> None:
    """Back to the indexes."""
    dialect = op.get_context().dialect.name
    for statement in drop_statements(dialect):
        op.execute(statement)
    if dialect == "postgresql":
        for table, long in _LONG.items():
            changes = [f"ALTER COLUMN {c} SET STORAGE EXTENDED" for c in (*long, "tsv_exact", "tsv_folded")]
            op.execute(f"ALTER TABLE {table} {', '.join(changes)}, RESET (toast_tuple_target)")
    day = "date" if dialect == "postgresql" else "DATE"
    for column, kind in zip(_REPEATED, (f"{day} DEFAULT '1970-01-01' NOT NULL", "VARCHAR(32) DEFAULT '' NOT NULL",
                                        "VARCHAR(80)", "VARCHAR(120)"), strict=True):  # fmt: skip
        op.execute(f"ALTER TABLE petition_fields ADD COLUMN {column} {kind}")
        op.execute(
            f"UPDATE petition_fields SET {column} = "
            f"(SELECT p.{column} FROM petitions AS p WHERE p.num = petition_fields.petition_num)"
        )
    op.drop_index("ix_petitions_review", table_name="petitions")
    for name, (table, columns) in _DROPPED.items():
        op.create_index(name, table, columns)
    op.drop_table("column_marks")
