"""Labelled petitions to and from the tools that people label in: doccano, Label Studio, Argilla, CSV, Excel, JSONL."""

from nlp.training.exchange.formats import FORMATS, format_of, read_any, write_any
from nlp.training.exchange.intake import Dropped, Intake, take_in, unlabelled

__all__ = ["FORMATS", "Dropped", "Intake", "format_of", "read_any", "take_in", "unlabelled", "write_any"]
