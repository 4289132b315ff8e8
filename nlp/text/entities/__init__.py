"""Names, addresses, numbers and dates as spans of clean text, by rule and word list; shared by privacy and intake."""

from nlp.text.entities.addresses import addresses
from nlp.text.entities.identifiers import identifiers
from nlp.text.entities.people import people
from nlp.text.entities.types import Entity
from nlp.text.entities.view import TextView, view

__all__ = ["Entity", "TextView", "addresses", "identifiers", "people", "view"]
