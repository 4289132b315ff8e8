"""Texts as an encoder wants them: words, their tokens, and the network itself under ONNX Runtime."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nlp.petitions.prepared import Prepared, clauses
from nlp.text import LangNgheError

OUTPUTS = ("fields", "subfields", "type", "urgency", "signals")
WINDOW, SIGNAL_LONGEST = 8, 12


class EncoderError(LangNgheError):
    """The extra for encoders is not installed, or a version's files do not fit together."""


@dataclass(frozen=True)
class Encoded:
    """Token ids of a text with special tokens, and the word that each token belongs to (-1 for none)."""

    ids: np.ndarray
    word: np.ndarray


class WordTokenizer:
    """Cuts texts word by word, so that every token knows its word whatever the tokenizer behind it.

    Parameters
    ----------
    ids_of : callable
        a word (syllables joined by `joiner`) → its token ids.
    specials : tuple of int
        ids of the first token, the last token and the padding.
    most : int
        tokens of a text at most.
    """

    def __init__(
        self, ids_of: Callable[[str], Sequence[int]], specials: tuple[int, int, int], joiner: str, most: int
    ) -> None:
        self._ids_of, self.joiner, self.most = ids_of, joiner, most
        self.first, self.last, self.pad = specials
        self._known: dict[str, tuple[int, ...]] = {}

    @classmethod
    def of(cls, tokenizer: Any, joiner: str, most: int) -> WordTokenizer:
        """Around a tokenizer of transformers, slow or fast."""

        def either(one: int | None, other: int | None) -> int:
            return one if one is not None else other or 0

        specials = (
            either(tokenizer.cls_token_id, tokenizer.bos_token_id),
            either(tokenizer.sep_token_id, tokenizer.eos_token_id),
            either(tokenizer.pad_token_id, 0),
        )
        return cls(lambda word: tokenizer.convert_tokens_to_ids(tokenizer.tokenize(word)), specials, joiner, most)

    @classmethod
    def load(cls, folder: Path, joiner: str, most: int) -> WordTokenizer:
        """From a version's folder, without any network.

        A fast tokenizer is read by `tokenizers` alone; transformers would bring torch along where that is installed.

        Raises
        ------
        EncoderError
            `transformers_missing`.
        """
        try:
            if (folder / "tokenizer.json").exists():
                return cls._fast(folder, joiner, most)
            from transformers import AutoTokenizer
        except ImportError as error:
            raise EncoderError(
                "transformers_missing", "Chưa cài transformers (pip install .[transformers])."
            ) from error
        found = AutoTokenizer.from_pretrained(str(folder), local_files_only=True, trust_remote_code=False)
        return cls.of(found, joiner, most)

    @classmethod
    def _fast(cls, folder: Path, joiner: str, most: int) -> WordTokenizer:
        from tokenizers import Tokenizer

        found = Tokenizer.from_file(str(folder / "tokenizer.json"))
        named = json.loads((folder / "tokenizer_config.json").read_text(encoding="utf-8"))

        def special(*names: str) -> int:
            for name in names:
                value = named.get(name)
                token = value.get("content") if isinstance(value, dict) else value
                number = found.token_to_id(token) if token is not None else None
                if number is not None:
                    return int(number)
            return 0

        specials = (special("cls_token", "bos_token"), special("sep_token", "eos_token"), special("pad_token"))
        return cls(lambda word: found.encode(word, add_special_tokens=False).ids, specials, joiner, most)

    def word(self, word: str) -> tuple[int, ...]:
        """The token ids of one word."""
        known = self._known.get(word)
        if known is None:
            known = tuple(self._ids_of(word.replace(" ", self.joiner)))
            if len(self._known) < 100_000:
                self._known[word] = known
        return known

    def encode(self, text: str, words: Sequence[tuple[str, int, int]]) -> Encoded:
        """Words as (form, start, end) of `text`, in order."""
        ids: list[int] = []
        owner: list[int] = []
        for number, (_, start, end) in enumerate(words):
            tokens = self.word(text[start:end])
            ids += tokens
            owner += [number] * len(tokens)
        room = self.most - 2
        if len(ids) > room:
            head = room * 3 // 4
            ids, owner = ids[:head] + ids[head - room :], owner[:head] + owner[head - room :]
        return Encoded(
            np.array([self.first, *ids, self.last], dtype=np.int64), np.array([-1, *owner, -1], dtype=np.int64)
        )


def onnx_session(path: Path) -> Any:
    """A verified `encoder.onnx` as (ids, mask) → outputs, on one thread so that many requests share the cores.

    Raises
    ------
    EncoderError
        `onnxruntime_missing`.
    """
    try:
        import onnxruntime
    except ImportError as error:
        raise EncoderError("onnxruntime_missing", "Chưa cài onnxruntime (pip install .[transformers]).") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def run(ids: np.ndarray, mask: np.ndarray) -> Any:
        return session.run(list(OUTPUTS), {"ids": ids, "mask": mask})

    return run


def word_windows(prepared: Prepared) -> list[np.ndarray]:
    """Word numbers of each clause, long clauses cut into runs of at most eight words, so that evidence stays short."""
    starts = np.array([start for _, start, _ in prepared.words], dtype=np.int64)
    out = []
    for first, last in clauses(prepared):
        a, b = prepared.syllables[first].start, prepared.syllables[last - 1].end
        inside = np.flatnonzero((starts >= a) & (starts < b))
        out += [inside[i : i + WINDOW] for i in range(0, len(inside), WINDOW)]
    return [w for w in out if len(w)]


def runs_above(p: np.ndarray, threshold: float) -> list[tuple[int, int]]:
    """Runs of words at or above a threshold, gaps of one word closed, the strongest first: (first, past the last)."""
    at = np.flatnonzero(p >= threshold)
    runs: list[tuple[int, int]] = []
    for i in at.tolist():
        if runs and i - runs[-1][1] <= 1 and i - runs[-1][0] < SIGNAL_LONGEST:
            runs[-1] = (runs[-1][0], i + 1)
        else:
            runs.append((i, i + 1))
    return sorted(runs, key=lambda r: -float(p[r[0] : r[1]].max()))
