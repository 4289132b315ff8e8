"""PostgreSQL finds phrases by pairs of neighbouring words, instead of reading every row that holds the words.

Every row is stored anew for that, which takes some minutes for 200,000 petitions; their rows and indexes then take up to
twice the room. SQLite's index knows the places of words and needs nothing.

Revision: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.records.migrations.search_index import SEARCHED, pair_statements, unpair_statements
from api.records.words import refitted

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None
_SURELY_FIT_BYTES = 150_000


def upgrade() -> None:
    """Cut what would not fit with its pairs, add them."""
    if op.get_context().dialect.name == "postgresql":
        for table in SEARCHED:
            _refit(table)
        for statement in pair_statements():
            op.execute(statement)


def _refit(table: str) -> None:
    """Cut the words of very long texts again, with room for pairs."""
    rows = sa.table(table, *map(sa.column, ("num", "exact", "folded")))
    long = sa.func.octet_length(rows.c.exact) > _SURELY_FIT_BYTES
    connection = op.get_bind()
    for num in connection.scalars(sa.select(rows.c.num).where(long)).all():
        row = connection.execute(sa.select(rows.c.exact, rows.c.folded).where(rows.c.num == num)).one()
        fitted = {"exact": refitted(row.exact), "folded": refitted(row.folded)}
        connection.execute(rows.update().where(rows.c.num == num).values(fitted))


def downgrade() -> None:
    """Back to words alone."""
    if op.get_context().dialect.name == "postgresql":
        for statement in unpair_statements():
            op.execute(statement)
