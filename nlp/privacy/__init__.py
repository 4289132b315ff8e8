"""Personal data of Vietnamese petitions: finding it, and replacing it by readable, consistent placeholders.

The framework is small and in Presidio's manner (entity, span, score, name of the recogniser; a registry of recognisers)
but its own: Presidio brings a second spaCy pipeline and its own offsets, while these rules share one pass over the text
with the readers and give spans of the text as given.
"""

from nlp.privacy.kinds import PersonalKind, personal_kinds
from nlp.privacy.recognition import RECOGNISERS, PersonalSpan, Recogniser, find_personal_data
from nlp.privacy.redaction import Redacted, RedactedSpan, redact

__all__ = [
    "RECOGNISERS",
    "PersonalKind",
    "PersonalSpan",
    "Recogniser",
    "Redacted",
    "RedactedSpan",
    "find_personal_data",
    "personal_kinds",
    "redact",
]
