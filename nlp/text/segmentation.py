"""A clean text as a spaCy ``Doc`` whose tokens are Vietnamese words."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

from nlp.text.clean import Clean
from nlp.text.sentences import sentences
from nlp.text.words import split_words

if TYPE_CHECKING:
    from spacy.tokens import Doc
    from spacy.vocab import Vocab

_LOCK = threading.Lock()
# Strings a shared vocabulary may hold before a fresh one replaces it, so that a stream of texts needs bounded memory.
_MOST_STRINGS = 300_000
_SHARED: list[Vocab] = []


def segment(clean: Clean, vocab: Vocab | None = None) -> Doc:
    """Segment a clean text once.

    Parameters
    ----------
    clean : Clean
        The text; ``doc.text == clean.text``, so ``token.idx`` is an offset into it.
    vocab : spacy.vocab.Vocab, optional
        Vocabulary for the result. By default one that all calls share and that is renewed when it has grown.

    Returns
    -------
    spacy.tokens.Doc
        Tokens are words (``token.text`` keeps the spaces inside, "hạn chế") and, as usual in spaCy, white space beyond
        a single space (``token.is_space``). Sentence starts are set; ``doc.user_data["clean"]`` is `clean`.
    """
    # spaCy takes a second to import, which a command such as --help should not pay.
    from spacy.tokens import Doc

    text = clean.text
    spans = sentences(text)
    starts = [span.start for span in spans]
    words: list[str] = []
    spaces: list[bool] = []
    sentence_start: list[bool | int | None] = []
    known = set(starts)
    done = 0
    for start, end in _words(text, starts):
        _add_gap(text[done:start], words, spaces, sentence_start)
        words.append(text[start:end])
        spaces.append(False)
        sentence_start.append(start in known)
        done = end
    _add_gap(text[done:], words, spaces, sentence_start)
    if sentence_start:
        sentence_start[0] = True
    doc = Doc(vocab if vocab is not None else shared_vocab(), words=words, spaces=spaces, sent_starts=sentence_start)
    doc.user_data["clean"] = clean
    return doc


def shared_vocab() -> Vocab:
    """Return the vocabulary that `segment` uses by default."""
    from spacy.lang.xx import MultiLanguage
    from spacy.vocab import create_vocab

    with _LOCK:
        if not _SHARED or len(_SHARED[0].strings) > _MOST_STRINGS:
            _SHARED[:] = [create_vocab("xx", MultiLanguage.Defaults)]
        return _SHARED[0]


def _words(text: str, starts: list[int]) -> Iterator[tuple[int, int]]:
    # Paragraph by paragraph: words never cross a line end, and the work stays linear in the length of the text.
    at = 0
    index = 0
    for line in text.splitlines(keepends=True):
        cuts = []
        while index < len(starts) and starts[index] < at + len(line):
            cuts.append(starts[index] - at)
            index += 1
        for start, end in split_words(line, cuts):
            yield at + start, at + end
        at += len(line)


def _add_gap(gap: str, words: list[str], spaces: list[bool], sentence_start: list[bool | int | None]) -> None:
    if not gap:
        return
    if gap[0] == " " and words:
        spaces[-1] = True
        gap = gap[1:]
    if gap:
        words.append(gap)
        spaces.append(False)
        sentence_start.append(False)
