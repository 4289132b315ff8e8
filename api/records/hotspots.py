"""Early warning: a field that surges in a place against that place's own history, and rising or falling trends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from scipy.stats import binomtest, nbinom
from sqlalchemy.orm import Session

from api.records.petition_register import register

RECENT_DAYS = 28
HISTORY_DAYS = 364
LEAST = 5
FALSE_ALARMS = 0.05
METHOD = (
    f"So số đơn {RECENT_DAYS} ngày gần đây với {HISTORY_DAYS} ngày trước đó của chính địa bàn và lĩnh vực ấy: "
    "phân phối dự báo Gamma–Poisson (nhị thức âm), một phía; tỷ lệ báo động sai được giữ ở 5% trên mọi cặp "
    f"địa bàn – lĩnh vực (Benjamini–Hochberg); cần ít nhất {LEAST} đơn."
)


@dataclass(frozen=True, slots=True)
class HotSpot:
    """A surge: `recent` petitions where `expected` were to be expected; `p` is the chance of so many or more."""

    field: str
    province: str
    commune: str
    recent: int
    expected: float
    p: float


def surge_p(recent: Any, past: Any, recent_days: int = RECENT_DAYS, past_days: int = HISTORY_DAYS) -> Any:
    """Chance of `recent` or more petitions, if the place goes on as before; numbers, or arrays of them.

    The rate is unknown, so it is averaged over what the past leaves possible, Gamma(past + 1/2) (Jeffreys' prior); that
    makes the prediction negative binomial (Gelman et al., Bayesian Data Analysis, 3rd ed., section 2.6).
    """
    return nbinom.sf(recent - 1, past + 0.5, past_days / (past_days + recent_days))


def hot_spots(session: Session, on: date, province: str = "") -> list[HotSpot]:
    """Surges of the last four weeks in every commune (or province where no commune is kept), surest first."""
    columns = register(session)
    view = columns.view(session)
    labels, places = columns.coded("code", "fields"), columns.coded("place")
    age = on.toordinal() - view["received"]
    wanted = places.among((province,), 0) if province else ~places.among(((None, None),))
    rows = view.owned("fields", wanted[view["place"]] & (age >= 0) & (age < RECENT_DAYS + HISTORY_DAYS))
    codes = view.beside("fields", "code")[rows]
    top = labels.among((None,), 1)[codes]
    codes, owners, size = codes[top], view.owners("fields")[rows[top]], len(places.values)
    pairs = codes.astype(np.int64) * size + view["place"][owners]
    counts = np.bincount(pairs)
    found = np.flatnonzero(counts)
    if not len(found):
        return []
    recents = np.bincount(pairs[age[owners] < RECENT_DAYS], minlength=len(counts))[found]
    pasts = counts[found] - recents
    chances, expected = surge_p(recents, pasts), (pasts + 0.5) * RECENT_DAYS / HISTORY_DAYS
    spots = []
    for i in _surely(chances):
        if recents[i] >= LEAST and recents[i] > expected[i]:
            code, place = divmod(int(found[i]), size)
            where, commune = places.values[place]
            spots.append(HotSpot(labels.values[code][0], where or "", commune or "", int(recents[i]), float(expected[i]),
                                 float(chances[i])))  # fmt: skip
    return spots


def _surely(chances: Any) -> list[int]:
    """Which stand after Benjamini and Hochberg (1995) at a false discovery rate of 5%, surest first."""
    order = np.argsort(chances, kind="stable")
    kept = np.flatnonzero(chances[order] <= FALSE_ALARMS * np.arange(1, len(order) + 1) / len(order))
    return [int(i) for i in order[: kept[-1] + 1]] if len(kept) else []


@dataclass(frozen=True, slots=True)
class Trend:
    """Two adjoining stretches compared; `direction` is rising, falling or steady."""

    before: int
    after: int
    p: float
    direction: str


def trend(before: int, after: int, share: float = 0.5) -> Trend:
    """Whether a count rose or fell: the exact conditional test of two Poisson counts (binomial, two-sided, 5%).

    `share` is the later stretch's part of all days, a half where both are equally long, 0 where there is no later one.
    """
    total = before + after
    p = float(binomtest(after, total, share).pvalue) if total and share else 1.0
    direction = "steady" if p > 0.05 else "rising" if after > share * total else "falling"
    return Trend(before, after, p, direction)
