"""Readers: a file in, its text with pages, blocks and what was repaired out."""

from nlp.documents.document import Block, Document, Limits, Page
from nlp.documents.reading import read_document

__all__ = ["Block", "Document", "Limits", "Page", "read_document"]
