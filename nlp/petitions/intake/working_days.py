"""Working days by the Vietnamese public-holiday calendar, days made up for included."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import Any

from nlp.petitions.intake.rules import packaged

# The holidays package knows the lunar calendar for these years; outside them only weekends are days off.
FIRST_YEAR, LAST_YEAR = 1995, 2099


@cache
def _vietnam() -> Any:
    import holidays

    return holidays.country_holidays("VN")


@lru_cache(maxsize=8192)
def _worked(day: date) -> bool:
    return bool(_vietnam().is_working_day(day))


@dataclass(frozen=True)
class WorkingCalendar:
    """Which days an office works.

    Parameters
    ----------
    announced_through : int
        last year whose days off and make-up days have been announced; later dates are provisional.
    extra_days_off, extra_working_days : frozenset of date
        an office's own.
    """

    announced_through: int
    extra_days_off: frozenset[date] = field(default_factory=frozenset)
    extra_working_days: frozenset[date] = field(default_factory=frozenset)

    def is_working(self, day: date) -> bool:
        """Whether the office works on a day: no weekend, no public holiday, or a weekend day made up for."""
        if day in self.extra_days_off:
            return False
        if day in self.extra_working_days:
            return True
        if FIRST_YEAR <= day.year <= LAST_YEAR:
            return _worked(day)
        return day.weekday() < 5

    def add_working_days(self, start: date, amount: int) -> date:
        """The `amount`-th working day after `start`, which is not counted itself."""
        day = start
        while amount > 0:
            day += timedelta(days=1)
            amount -= self.is_working(day)
        return day

    def next_working(self, day: date) -> date:
        """`day` itself if it is worked, else the next working day (Bộ luật Dân sự 2015, Điều 148)."""
        while not self.is_working(day):
            day += timedelta(days=1)
        return day

    def announced(self, day: date) -> bool:
        """Whether the calendar of the day's year is settled."""
        return day.year <= self.announced_through


def _dates(values: Iterable[Any]) -> frozenset[date]:
    return frozenset(v if isinstance(v, date) else date.fromisoformat(str(v)) for v in values)


@cache
def calendar() -> WorkingCalendar:
    """The calendar of the packaged configuration."""
    c = packaged("deadlines.yaml")["calendar"]
    return WorkingCalendar(int(c["announced_through"]), _dates(c["extra_days_off"]), _dates(c["extra_working_days"]))
