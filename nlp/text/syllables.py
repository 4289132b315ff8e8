"""Vietnamese syllables: finding them, and telling whether letters can be one."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from nlp.text.spans import Span

_WORD = re.compile(r"[^\W_]+")

# Written shape of a syllable without its tone: onset, then one of the rimes of the standard orthography
# (Quy định về chính tả tiếng Việt, Quyết định 1989/QĐ-BGDĐT 2018; the rime table of Hoàng Phê, Chính tả tiếng Việt).
_ONSETS = "ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|b|c|d|đ|g|h|k|l|m|n|p|r|s|t|v|x|"
_RIMES = (
    "a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây "
    "e ec em en eng eo ep et ê êch êm ên êng ênh êp êt êu "
    "i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu "
    "o oc oi om on ong oong op ot oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng "
    "oăt oe oen oeo oet "
    "ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt "
    "u ua uc ui um un ung up ut uân uâng uât uây uê uêch uên uênh uêt uơ uôc uôi uôm uôn uông uôt uy uya uych uynh uyt "
    "uyu "
    "uyn uyp uyên uyêt uyêc "
    "ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu "
    "y yêm yên yêng yêt yêu ynh yt êc ec"
)
_SYLLABLE = re.compile(f"(?:{_ONSETS})(?:{'|'.join(sorted(set(_RIMES.split()), key=len, reverse=True))})")
# The same shapes as they are typed without diacritics.
_PLAIN = str.maketrans("ăâêôơưđ", "aaeooud")
_BARE_RIMES = sorted({rime.translate(_PLAIN) for rime in _RIMES.split()}, key=len, reverse=True)
_BARE = re.compile(f"(?:{_ONSETS.translate(_PLAIN)})(?:{'|'.join(_BARE_RIMES)})")
_QU_GI = re.compile("gi(?:m|n|ng|p|êc|êt|êng|êm|ên|êu|a|ê|ếch)?|qu(?:y|ynh|yt|yên|yêt|ych|ây|ê|a|e|ơ|o|ôc)?")
_TONES = str.maketrans(dict.fromkeys("\u0300\u0301\u0303\u0309\u0323"))


def syllables(text: str) -> list[Span]:
    """Return the runs of letters and digits of `text`, in order: written syllables, numbers, codes.

    Parameters
    ----------
    text : str
        Clean text (composed Unicode).
    """
    return [Span(*match.span()) for match in _WORD.finditer(text)]


@lru_cache(maxsize=65536)
def is_syllable(word: str) -> bool:
    """Say whether the letters of `word` can be one Vietnamese syllable, with at most one tone or typed without marks.

    Parameters
    ----------
    word : str
        Letters only, composed, any case.
    """
    if word.isascii() and _BARE.fullmatch(word.lower()):
        return True
    letters = unicodedata.normalize("NFD", word.lower())
    toneless = letters.translate(_TONES)
    if len(letters) - len(toneless) > 1:
        return False
    base = unicodedata.normalize("NFC", toneless)
    return bool(_SYLLABLE.fullmatch(base) or _QU_GI.fullmatch(base))
