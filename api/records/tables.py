"""Every table of the records, gathered so that migrations see all of them."""

from __future__ import annotations

from api.records import accounts, columns, intakes, operations, petitions, reports
from api.records.base import Base

metadata = Base.metadata
TABLES = (accounts, columns, intakes, operations, petitions, reports)
