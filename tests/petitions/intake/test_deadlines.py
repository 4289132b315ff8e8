"""Deadlines: the row in force, working days, last days on holidays, variants as suggestions only."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.petitions.intake.deadlines import Deadline, deadline_rows, deadlines
from nlp.petitions.intake.rules import STATUS_NAMES
from nlp.petitions.intake.working_days import WorkingCalendar, calendar

DAYS = st.dates(date(2019, 1, 1), date(2028, 12, 31))


def step(code: str, found: list[Deadline]) -> Deadline:
    return next(d for d in found if d.code == code)


def test_acceptance_of_a_complaint_is_ten_days_before_and_seven_working_days_since_july_2026() -> None:
    before = step("thu_ly_khieu_nai", deadlines(["khieu_nai"], date(2026, 6, 30)))
    after = step("thu_ly_khieu_nai", deadlines(["khieu_nai"], date(2026, 7, 1)))
    assert (before.duration, before.due) == ("10 ngày", date(2026, 7, 10))
    assert (after.duration, after.due) == ("7 ngày làm việc", date(2026, 7, 10))
    assert after.basis.status == "read" and "155/2026" in after.basis.text


def test_make_up_saturdays_are_worked_and_their_days_off_are_not() -> None:
    days = calendar()
    assert days.is_working(date(2026, 8, 22)) and not days.is_working(date(2026, 8, 31))
    # 21, 22 (Saturday made up), 24, 25, 26, 27, 28 August.
    assert days.add_working_days(date(2026, 8, 20), 7) == date(2026, 8, 28)


def test_a_last_day_on_a_holiday_moves_to_the_next_working_day() -> None:
    found = deadlines(["khieu_nai"], date(2026, 8, 1), events={"accepted": date(2026, 8, 3)})
    assert step("giai_quyet_khieu_nai_lan_1", found).due == date(2026, 9, 3)  # 2 September is a holiday


def test_without_acceptance_the_decision_is_counted_from_the_last_day_to_accept_and_says_so() -> None:
    found = deadlines(["khieu_nai"], date(2026, 8, 20))
    decision = step("giai_quyet_khieu_nai_lan_1", found)
    assert decision.start == date(2026, 8, 28) and decision.provisional
    assert any("chưa có ngày thụ lý" in n for n in decision.notes)
    assert not step(
        "giai_quyet_khieu_nai_lan_1",
        deadlines(["khieu_nai"], date(2026, 8, 20), events={"accepted": date(2026, 8, 24)}),
    ).provisional


def test_variants_are_suggested_but_never_change_the_basic_term() -> None:
    plain = step("giai_quyet_khieu_nai_lan_1", deadlines(["khieu_nai"], date(2026, 8, 3)))
    hinted = step(
        "giai_quyet_khieu_nai_lan_1", deadlines(["khieu_nai"], date(2026, 8, 3), suggest={"vung_sau", "phuc_tap"})
    )
    assert plain.due == hinted.due
    assert [v.suggested for v in plain.variants] == [False, False, False]
    assert [(v.code, v.duration) for v in hinted.variants if v.suggested] == [
        ("phuc_tap", "45 ngày"), ("vung_sau", "45 ngày"), ("vung_sau_phuc_tap", "60 ngày"),
    ]  # fmt: skip


def test_a_denunciation_has_its_own_steps_and_urgent_ones_only_on_their_condition() -> None:
    plain = {d.code for d in deadlines(["to_cao"], date(2026, 8, 3))}
    assert plain == {"tra_loi_ket_qua", "thu_ly_to_cao", "giai_quyet_to_cao"}
    more = deadlines(
        ["to_cao"], date(2026, 8, 3), conditions={"de_doa_tra_thu", "dau_hieu_toi_pham", "ngoai_tham_quyen"}
    )
    assert {d.code for d in more} - plain == {"bao_ve_nguoi_to_cao", "chuyen_dau_hieu_toi_pham", "chuyen_to_cao"}
    assert step("bao_ve_nguoi_to_cao", more).due == date(2026, 8, 3)


def test_overdue_is_marked_against_today_and_a_finished_step_is_not() -> None:
    found = deadlines(["kien_nghi_phan_anh"], date(2026, 8, 3), today=date(2026, 8, 18))
    assert (step("tra_loi_ket_qua", found).state, step("tra_loi_ket_qua", found).days_left) == ("qua_han", -1)
    done = deadlines(["kien_nghi_phan_anh"], date(2026, 8, 3), today=date(2026, 8, 18), done={"tra_loi_ket_qua"})
    assert step("tra_loi_ket_qua", done).state == "da_xong"


def test_a_step_without_a_statutory_term_has_no_due_day_and_is_marked_to_be_checked() -> None:
    resolve = step("giai_quyet_kien_nghi", deadlines(["kien_nghi_phan_anh"], date(2026, 8, 3), today=date(2030, 1, 1)))
    assert resolve.due is None and resolve.state == "chua_ro"
    assert resolve.to_json()["status_name"] == "cần kiểm tra"


def test_years_whose_calendar_is_not_announced_are_provisional() -> None:
    found = step("tra_loi_ket_qua", deadlines(["to_cao"], date(2027, 1, 29)))
    assert found.provisional and any("chưa công bố" in n for n in found.notes)


def test_a_second_complaint_has_the_longer_term() -> None:
    found = deadlines(["khieu_nai"], date(2026, 8, 3), instance=2)
    assert step("giai_quyet_khieu_nai_lan_2", found).duration == "45 ngày"
    assert "giai_quyet_khieu_nai_lan_1" not in {d.code for d in found}


def test_the_time_bar_runs_from_the_day_the_decision_was_known() -> None:
    found = deadlines(["khieu_nai"], date(2026, 8, 3), events={"decision_known": date(2026, 5, 4)})
    bar = step("thoi_hieu_khieu_nai", found)
    assert bar.due == date(2026, 8, 3) and bar.is_check


@given(DAYS, st.integers(1, 40))
def test_working_days_are_strictly_increasing_and_worked(start: date, amount: int) -> None:
    days = calendar()
    due = days.add_working_days(start, amount)
    assert days.is_working(due) and due >= start + timedelta(days=amount)
    assert days.add_working_days(start, amount + 1) > due


@given(DAYS, st.sampled_from(["khieu_nai", "to_cao", "kien_nghi_phan_anh"]))
def test_no_due_day_of_the_office_falls_on_a_day_off(received: date, kind: str) -> None:
    for d in deadlines([kind], received):
        assert d.due is None or d.due >= received
        if d.due and ("ngày" in d.duration):
            assert calendar().is_working(d.due)


def test_an_offices_own_days_off_count() -> None:
    own = WorkingCalendar(2026, frozenset({date(2026, 8, 4)}), frozenset({date(2026, 8, 8)}))
    assert own.add_working_days(date(2026, 8, 3), 4) == date(2026, 8, 8)


def test_every_row_has_a_basis_a_status_and_a_time_in_force() -> None:
    for row in deadline_rows():
        assert row.basis.text and row.basis.status in STATUS_NAMES and row.valid_from is not None


def test_a_row_without_basis_is_refused(tmp_path) -> None:  # type: ignore[no-untyped-def]
    own = tmp_path / "deadlines.yaml"
    own.write_text(
        "steps:\n  - {id: x, code: x, name: X, types: [to_cao], from: received, unit: ngay, amount: 3}\n",
        encoding="utf-8",
    )
    with pytest.raises(ValueError, match="basis"):
        deadlines(["to_cao"], date(2026, 8, 3), rules=own)
