"""Text core: decoding, repair with exact offsets, folding, sentences and words."""

from nlp.text.clean import Artefact, Clean, Repair, clean
from nlp.text.decoding import Decoded, decode
from nlp.text.errors import LangNgheError, ReadError
from nlp.text.folding import fold, fold_key
from nlp.text.running import clean_running
from nlp.text.segmentation import segment, shared_vocab
from nlp.text.sentences import clauses, sentences
from nlp.text.spans import Span
from nlp.text.syllables import is_syllable, syllables
from nlp.text.words import warm_up

__all__ = [
    "Artefact",
    "Clean",
    "Decoded",
    "LangNgheError",
    "ReadError",
    "Repair",
    "Span",
    "clauses",
    "clean",
    "clean_running",
    "decode",
    "fold",
    "fold_key",
    "is_syllable",
    "segment",
    "sentences",
    "shared_vocab",
    "syllables",
    "warm_up",
]
