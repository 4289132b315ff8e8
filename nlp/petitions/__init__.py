"""Reading petitions: fields, type, urgency with signals, each with its evidence and confidence."""

from nlp.petitions.reader import PetitionReader, parse_day
from nlp.petitions.results import PetitionResult

__all__ = ["PetitionReader", "PetitionResult", "parse_day"]
