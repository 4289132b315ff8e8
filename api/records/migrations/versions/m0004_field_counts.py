"""Counting a period by field reads one index only, also where the planner starts from the field.

Revision: 0004
"""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None
_LOOKED_UP = ["code", "received_at", "petition_num"]


def upgrade() -> None:
    """Let the index of fields hold what the counts look at."""
    op.drop_index("ix_petition_fields_code", table_name="petition_fields")
    op.create_index(
        "ix_petition_fields_code", "petition_fields", [*_LOOKED_UP, "parent", "position", "type", "province", "commune"]
    )


def downgrade() -> None:
    """Back to the columns that are looked up."""
    op.drop_index("ix_petition_fields_code", table_name="petition_fields")
    op.create_index("ix_petition_fields_code", "petition_fields", _LOOKED_UP)
