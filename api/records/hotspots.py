"""Early warning: a field that surges in a place against that place's own history, and rising or falling trends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from scipy.stats import binomtest, nbinom
from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from api.records.petitions import PetitionField

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
    recent_from, past_from = on - timedelta(days=RECENT_DAYS - 1), on - timedelta(days=RECENT_DAYS + HISTORY_DAYS - 1)
    recent = func.sum(case((PetitionField.received_at >= recent_from, 1), else_=0))
    place = (PetitionField.province, PetitionField.commune)
    rows: list[Any] = [PetitionField.parent.is_(None), PetitionField.received_at.between(past_from, on)]
    if province:
        rows.append(PetitionField.province == province)
    counted = (
        select(PetitionField.code, *place, recent, func.count())
        .where(*rows)
        .where(PetitionField.province.is_not(None) | PetitionField.commune.is_not(None))
        .group_by(PetitionField.code, *place)
    )
    rows_found = session.execute(counted).all()
    if not rows_found:
        return []
    recents = np.array([row[3] for row in rows_found], dtype=int)
    pasts = np.array([row[4] for row in rows_found], dtype=int) - recents
    chances, expected = surge_p(recents, pasts), (pasts + 0.5) * RECENT_DAYS / HISTORY_DAYS
    return [
        HotSpot(code, where or "", commune or "", int(recents[i]), float(expected[i]), float(chances[i]))
        for i in _surely(chances)
        for code, where, commune, _, _ in (rows_found[i],)
        if recents[i] >= LEAST and recents[i] > expected[i]
    ]


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
