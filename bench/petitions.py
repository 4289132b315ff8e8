"""Speed of reading petitions end to end on one core, as a ratio to segmentation alone and to a plain TF-IDF + LinearSVC.

Run: `python -m bench.petitions`. All three read the same texts in one run, so that a noisy machine slows them alike.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MultiLabelBinarizer
from sklearn.svm import LinearSVC
from underthesea import word_tokenize

from nlp.petitions import PetitionReader
from nlp.text import warm_up
from nlp.training.corpus import load_petitions


def rate(read: Callable[[str], object], texts: Sequence[str], rounds: int) -> float:
    """Texts a second of CPU time: the best of several rounds."""
    best = 0.0
    for _ in range(rounds):
        started = time.process_time()
        for text in texts:
            read(text)
        best = max(best, len(texts) / (time.process_time() - started))
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    corpus = load_petitions()
    texts = [r.text for r in corpus.split("test")][: options.texts]
    train = corpus.split("train")
    warm_up()
    started = time.perf_counter()
    reader = PetitionReader.load()
    loaded = time.perf_counter() - started
    plain = make_pipeline(
        TfidfVectorizer(tokenizer=word_tokenize, token_pattern=None), OneVsRestClassifier(LinearSVC())
    ).fit([r.text for r in train], MultiLabelBinarizer().fit_transform([r.fields for r in train]))
    rates = {
        "segmentation": rate(word_tokenize, texts, options.rounds),
        "tfidf_linearsvc": rate(lambda t: plain.predict([t]), texts, options.rounds),
        "langnghe": rate(reader.classify, texts, options.rounds),
    }
    syllables = sum(len(t.split()) for t in texts) / len(texts)
    print(json.dumps({
        "texts": len(texts), "mean_syllables": round(syllables, 1), "load_s": round(loaded, 2),
        "per_cpu_second": {k: round(v, 1) for k, v in rates.items()},
        "ratio_to_segmentation": round(rates["langnghe"] / rates["segmentation"], 3),
        "ratio_to_tfidf_linearsvc": round(rates["langnghe"] / rates["tfidf_linearsvc"], 3),
    }, indent=1))  # fmt: skip


if __name__ == "__main__":
    main()
