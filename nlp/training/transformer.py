"""Fine-tuning an encoder for petitions: all five tasks at once, exported to ONNX, int8, calibrated as it is served.

Any encoder of transformers works: a local folder (PhoBERT, XLM-R, …), or a hub name where the researcher allows the
download. What is registered needs neither torch nor the hub.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from nlp.petitions.encoder import ONNX, EncoderReader
from nlp.petitions.encoder_tokens import OUTPUTS, Encoded, WordTokenizer, onnx_session
from nlp.petitions.prepared import Prepared, prepare
from nlp.petitions.results import ModelStamp
from nlp.registry import Registry, Version
from nlp.taxonomy import taxonomy
from nlp.text import LangNgheError
from nlp.training.cards import ENCODER, petition_card
from nlp.training.config import TransformerConfig
from nlp.training.corpus import PetitionCorpus, PetitionRow
from nlp.training.judge import gold_of, judge
from nlp.training.petitions import unaccented
from nlp.training.splitting import Shares, stratified_split
from nlp.training.train import digest, rows_to_learn, splits_file
from nlp.training.transformer_limits import Limits, fit_limits

PACKAGES = ("torch", "transformers", "onnx", "onnxruntime", "tokenizers")

Say = Callable[[str], None]


class TransformerError(LangNgheError):
    """A base encoder that is not there, or a setting that does not fit it."""


class PetitionEncoder(nn.Module):
    """An encoder with one linear head a task: texts by the mean of their tokens, signals token by token."""

    def __init__(self, encoder: nn.Module, width: int, dropout: float) -> None:
        super().__init__()
        t = taxonomy()
        self.encoder, self.dropout = encoder, nn.Dropout(dropout)
        sizes = (len(t.field_codes), len(t.subfield_codes), len(t.types), len(t.urgency), len(t.signals))
        self.heads = nn.ModuleList(nn.Linear(width, size) for size in sizes)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Logits of the five tasks: (texts, labels), for signals (texts, tokens, labels)."""
        tokens = self.dropout(self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state)
        weight = mask.unsqueeze(-1).to(tokens.dtype)
        text = (tokens * weight).sum(dim=1) / weight.sum(dim=1).clamp(min=1.0)
        return tuple(
            head(tokens if name == "signals" else text) for name, head in zip(OUTPUTS, self.heads, strict=True)
        )


@dataclass(frozen=True)
class Example:
    """One text ready for the network with its gold labels as float arrays."""

    encoded: Encoded
    fields: np.ndarray
    subfields: np.ndarray
    under: np.ndarray
    type: int
    urgency: int
    signals: np.ndarray


def load_base(config: TransformerConfig) -> tuple[Any, WordTokenizer, Any]:
    """The encoder, its tokenizer by words, and the tokenizer itself.

    Raises
    ------
    TransformerError
        `base_missing`.
    """
    from transformers import AutoModel, AutoTokenizer

    local = Path(config.base).is_dir()
    if not local and not config.download:
        raise TransformerError(
            "base_missing", f"Không có thư mục {config.base}; muốn tải từ kho mô hình thì cho phép bằng --download."
        )
    try:
        tokenizer = AutoTokenizer.from_pretrained(config.base, local_files_only=local, trust_remote_code=False)
        encoder = AutoModel.from_pretrained(
            config.base, local_files_only=local, trust_remote_code=False, attn_implementation="eager"
        )
    except (OSError, ValueError) as error:
        raise TransformerError("base_missing", f"Không nạp được mô hình nền {config.base}.") from error
    segmented = "phobert" in type(tokenizer).__name__.lower()
    joiner = ("_" if segmented else " ") if config.joiner == "auto" else config.joiner
    # Position tables of RoBERTa-like encoders begin after the padding id.
    places = int(getattr(encoder.config, "max_position_embeddings", config.most_tokens + 2)) - 2
    return encoder, WordTokenizer.of(tokenizer, joiner, min(config.most_tokens, places)), tokenizer


def examples(rows: Sequence[PetitionRow], words: WordTokenizer) -> list[Example]:
    """Rows as examples; a token carries a signal if its word overlaps the signal's span."""
    t, gold = taxonomy(), gold_of(rows)
    codes = [s.code for s in t.signals]
    parents = [t.field_codes.index(t.field_of_subfield[s]) for s in t.subfield_codes]
    out = []
    for i, row in enumerate(rows):
        prepared = prepare(row.text)
        encoded = words.encode(prepared.text, prepared.words)
        marked = word_signals(prepared, row, codes)
        tokens = np.where((encoded.word >= 0)[:, None], marked[encoded.word], 0.0)
        out.append(Example(
            encoded, gold.fields[i].astype(np.float32), gold.subfields[i].astype(np.float32),
            gold.fields[i][parents].astype(np.float32), int(gold.type[i]), int(gold.urgency[i]), tokens.astype(np.float32),
        ))  # fmt: skip
    return out


def word_signals(prepared: Prepared, row: PetitionRow, codes: Sequence[str]) -> np.ndarray:
    """Which word carries which signal: float array (words + 1, signals); the last row is for tokens without a word."""
    out = np.zeros((len(prepared.words) + 1, len(codes)), dtype=np.float32)
    for signal in row.signals:
        span = prepared.clean.from_source(signal.start, signal.end)
        for w, (_, start, end) in enumerate(prepared.words):
            if start < span.end and span.start < end:
                out[w, codes.index(signal.code)] = 1.0
    return out


def batches(rows: Sequence[Example], size: int, pad: int, order: Sequence[int]) -> Iterator[dict[str, torch.Tensor]]:
    """Examples in the given order as padded tensors."""
    for at in range(0, len(order), size):
        chosen = [rows[i] for i in order[at : at + size]]
        longest = max(len(e.encoded.ids) for e in chosen)

        def padded(values: Sequence[np.ndarray], fill: float, longest: int = longest) -> torch.Tensor:
            out = np.full((len(values), longest, *values[0].shape[1:]), fill, dtype=values[0].dtype)
            for i, v in enumerate(values):
                out[i, : len(v)] = v
            return torch.from_numpy(out)

        yield {
            "ids": padded([e.encoded.ids for e in chosen], pad),
            "mask": padded([np.ones(len(e.encoded.ids), dtype=np.int64) for e in chosen], 0),
            "signals": padded([e.signals for e in chosen], 0.0),
            "fields": torch.from_numpy(np.stack([e.fields for e in chosen])),
            "subfields": torch.from_numpy(np.stack([e.subfields for e in chosen])),
            "under": torch.from_numpy(np.stack([e.under for e in chosen])),
            "type": torch.tensor([e.type for e in chosen]),
            "urgency": torch.tensor([e.urgency for e in chosen]),
        }


def loss(outputs: tuple[torch.Tensor, ...], b: dict[str, torch.Tensor], weight: torch.Tensor) -> torch.Tensor:
    """The sum of the tasks' losses; sub-fields learn within their field, signals where there is a token."""
    fields, subfields, kind, urgency, signals = outputs
    yes = nn.functional.binary_cross_entropy_with_logits
    under = (yes(subfields, b["subfields"], reduction="none") * b["under"]).sum() / b["under"].sum().clamp(min=1.0)
    token = yes(signals, b["signals"], reduction="none", pos_weight=weight).mean(dim=-1)
    mask = b["mask"].to(token.dtype)
    return (
        yes(fields, b["fields"]) * 4
        + under
        + nn.functional.cross_entropy(kind, b["type"])
        + nn.functional.cross_entropy(urgency, b["urgency"])
        + (token * mask).sum() / mask.sum()
    )


def fine_tune(rows: Sequence[Example], encoder: Any, pad: int, config: TransformerConfig, say: Say) -> PetitionEncoder:
    """Train the encoder and its heads; the same rows and seed give the same weights on one kind of machine."""
    torch.manual_seed(config.seed)
    torch.use_deterministic_algorithms(True, warn_only=True)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model = PetitionEncoder(encoder, int(encoder.config.hidden_size), config.dropout).to(device)
    groups = [
        {"params": model.encoder.parameters(), "lr": config.rate}, {"params": model.heads.parameters(), "lr": config.head_rate},
    ]  # fmt: skip
    optimiser = torch.optim.AdamW(groups, weight_decay=config.decay)
    steps = config.epochs * -(-len(rows) // config.batch)
    warm = max(1, round(config.warmup * steps))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda s: min((s + 1) / warm, max(0.0, (steps - s) / max(1, steps - warm)))
    )
    positive = np.concatenate([e.signals for e in rows]).mean(axis=0)
    weight = torch.tensor(
        np.clip((1 - positive) / np.maximum(positive, 1e-3), 1, 20), dtype=torch.float32, device=device
    )
    rng = np.random.default_rng(config.seed)
    model.train()
    for epoch in range(config.epochs):
        total = 0.0
        for batch in batches(rows, config.batch, pad, rng.permutation(len(rows)).tolist()):
            moved = {k: v.to(device) for k, v in batch.items()}
            value = loss(model(moved["ids"], moved["mask"]), moved, weight)
            optimiser.zero_grad()
            value.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            total += float(value.detach()) * len(batch["ids"])
        say(f"Lượt {epoch + 1}/{config.epochs}: mất mát {total / len(rows):.3f}")
    return model.cpu().eval()


def export(model: PetitionEncoder, folder: Path) -> Path:
    """The network as int8 ONNX with free batch and length."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    full, small = folder / "full.onnx", folder / ONNX
    ids = torch.ones(2, 8, dtype=torch.int64)
    length, count = torch.export.Dim("tokens", min=2, max=4096), torch.export.Dim("texts", min=1, max=4096)
    shape = {0: count, 1: length}
    # Exporter and quantiser warn about parts that are not used here.
    logging.disable(logging.WARNING)
    try:
        torch.onnx.export(
            model, (ids, torch.ones_like(ids)), full, input_names=["ids", "mask"], output_names=list(OUTPUTS),
            dynamo=True, dynamic_shapes={"ids": shape, "mask": shape}, external_data=False, verbose=False,
        )  # fmt: skip
        # The exporter folds weights after it has noted their shapes; the stale notes would stop the quantiser.
        network = onnx.load(full)
        del network.graph.value_info[:]
        onnx.save(network, full)
        quantize_dynamic(full, small, weight_type=QuantType.QInt8)
    finally:
        logging.disable(logging.NOTSET)
    return small


def train_transformer(
    corpus: PetitionCorpus,
    registry: Registry,
    config: TransformerConfig,
    *,
    version: str | None = None,
    splits: tuple[str, ...] = ("train",),
    say: Say = lambda _: None,
) -> Version:
    """Fine-tune, export, calibrate on what is served, judge on the validation split, and register a candidate.

    Raises
    ------
    TransformerError
        If the base encoder cannot be had.
    """
    train = rows_to_learn(corpus, splits)
    encoder, words, tokenizer = load_base(config)
    parts = stratified_split(train, Shares(config.calibration_share, 0.0), seed=config.seed)
    fit = [r for r in train if parts[r.id] == "train"]
    held = [r for r in train if parts[r.id] == "validation"]
    rng = np.random.default_rng(config.seed)
    copies = [unaccented(r) for r in fit if rng.random() < config.unaccented_share]
    say(f"Tách từ {len(fit)} đơn, {len(copies)} bản không dấu")
    model = fine_tune(examples([*fit, *copies], words), encoder, words.pad, config, say)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        say("Xuất ONNX và lượng tử hoá")
        run = onnx_session(export(model, folder))
        tokenizer.save_pretrained(folder / "tokenizer")
        encoder.config.save_pretrained(folder / "tokenizer")
        files = {p.name: p.read_bytes() for p in sorted((folder / "tokenizer").iterdir()) if p.is_file()}
        files[ONNX] = (folder / ONNX).read_bytes()
        say(f"Hiệu chỉnh trên {len(held)} đơn giữ riêng")
        limits = Limits(words.most, words.joiner, Path(config.base).name, config.khan_recall, config.review_error)
        artefact = fit_limits(held, words, run, limits)
        validation = corpus.split("validation")
        metrics: dict[str, Any] = {"train_n": len(fit), "calibration_n": len(held)}
        if validation:
            reader = EncoderReader(artefact, words, run, ModelStamp("", "", artefact.taxonomy))
            judged = judge([reader.classify(r.text, id=r.id) for r in validation], validation)
            metrics["validation"] = judged.summary()
    return registry.save(
        "petitions", artefact, labels={"fields": list(artefact.fields.codes), "type": list(artefact.types)},
        metrics=metrics, config=asdict(config) | {"backend": "transformers", "base": Path(config.base).name},
        taxonomy=artefact.taxonomy, data={"train": digest(train), "validation": digest(validation)}, version=version,
        files=files | splits_file(train, validation), packages=PACKAGES,
        card=petition_card(train, metrics, ENCODER.format(base=Path(config.base).name), config.seed),
    )  # fmt: skip
