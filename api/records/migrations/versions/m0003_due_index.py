"""Counting what is overdue, or what waits in a province, reads one index only.

Revision: 0003
"""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None
_PLACE = ["province", "commune", "received_at"]
_FILTERS = ["status", "type", "urgency", "urgency_rank", "channel", "needs_review", "confidential", "due_on", "num"]


def upgrade() -> None:
    """Let the indexes of due dates and places hold what the counts look at."""
    op.drop_index("ix_petitions_due", table_name="petitions")
    op.create_index("ix_petitions_due", "petitions", ["due_on", "status", "confidential", "num"])
    op.drop_index("ix_petitions_place", table_name="petitions")
    op.create_index("ix_petitions_place", "petitions", [*_PLACE, *_FILTERS])


def downgrade() -> None:
    """Back to the columns that are looked up."""
    op.drop_index("ix_petitions_place", table_name="petitions")
    op.create_index("ix_petitions_place", "petitions", _PLACE)
    op.drop_index("ix_petitions_due", table_name="petitions")
    op.create_index("ix_petitions_due", "petitions", ["due_on", "num"])
