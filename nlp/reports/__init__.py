"""Reports: findings of a report with their evidence, links, metadata and references."""

from nlp.reports.findings import (
    DocumentRecord,
    Figure,
    Finding,
    Item,
    Link,
    Metadata,
    Quote,
    Reference,
    ReportResult,
    finding_id,
)
from nlp.reports.reader import FindingsModel, ReportReader

__all__ = [
    "DocumentRecord",
    "Figure",
    "Finding",
    "FindingsModel",
    "Item",
    "Link",
    "Metadata",
    "Quote",
    "Reference",
    "ReportReader",
    "ReportResult",
    "finding_id",
]
