"""Intake reports beside the analyses; the index of look-alikes made anew with the intake rules' fingerprints.

Revision: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.records.base import UtcTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None
_STEP = 1000


def upgrade() -> None:
    """Add the table and fill the index from the texts; reports are made when a petition is next worked on."""
    op.create_table(
        "intakes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("petition_num", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcTime(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["petition_num"], ["petitions.num"], name=op.f("fk_intakes_petition_num")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intakes")),
        sa.UniqueConstraint("petition_num", "seq", name=op.f("uq_intakes_petition_num_seq")),
    )
    from api.records.duplicates import index_numbers
    from nlp.petitions.intake import fingerprint

    bands = sa.table("petition_bands", sa.column("value", sa.BigInteger), sa.column("petition_num", sa.Integer))
    petitions = sa.table("petitions", sa.column("num", sa.Integer), sa.column("folded", sa.Text))
    connection, last = op.get_bind(), 0
    connection.execute(bands.delete())
    while rows := connection.execute(
        sa.select(petitions.c.num, petitions.c.folded).where(petitions.c.num > last).order_by("num").limit(_STEP)
    ).all():
        numbers = [
            {"value": value, "petition_num": num}
            for num, folded in rows
            for value in index_numbers(fingerprint(folded))
        ]
        if numbers:
            connection.execute(bands.insert(), numbers)
        last = rows[-1].num


def downgrade() -> None:
    """Drop the table; the index keeps the newer numbers, which do no harm."""
    op.drop_table("intakes")
