"""Speed of mining reports end to end on one core, in pages of 2,500 characters, as a ratio to segmentation alone.

Run: `python -m bench.reports`. Both read the same reports in one run.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from underthesea import word_tokenize

from nlp.documents import read_document
from nlp.registry.locate import corpora_root
from nlp.reports import ReportReader
from nlp.text import warm_up

PAGE = 2500


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=20)
    options = parser.parse_args()
    folder: Path = corpora_root() / "reports"
    # A report has its annotation beside it; the folder's datasheet has none.
    paths = [p for p in sorted(folder.glob("*.md")) if p.with_suffix(".json").exists()]
    documents = [read_document(p) for p in paths[: options.reports]]
    pages = sum(len(d.text) for d in documents) / PAGE
    warm_up()
    reader = ReportReader.load()
    reader.extract(documents[0])
    started = time.process_time()
    for document in documents:
        word_tokenize(document.text)
    segmentation = pages / (time.process_time() - started)
    started = time.process_time()
    for document in documents:
        reader.extract(document)
    mined = pages / (time.process_time() - started)
    print(json.dumps({
        "reports": len(documents), "pages": round(pages, 1),
        "pages_per_cpu_second": {"segmentation": round(segmentation, 1), "langnghe": round(mined, 1)},
        "ratio_to_segmentation": round(mined / segmentation, 3),
    }, indent=1))  # fmt: skip


if __name__ == "__main__":
    main()
