"""Counts that add up, surges that are found and noise that is not, agreement of machine and clerk."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from api.http.sheets import statistics_xlsx
from api.records import feedback, hotspots, statistics
from api.records import petition_store as store
from api.records.audit import SYSTEM
from api.records.engine import Records
from api.records.hotspots import surge_p, trend
from api.records.intakes import Reading
from api.records.petitions import LabelFeedback, Petition
from api.records.words import in_vietnamese_order
from nlp.taxonomy import taxonomy
from nlp.training.confirmed import agreement_apart

TODAY = date(2026, 11, 20)
PERIOD = statistics.Period(date(2026, 1, 1), TODAY)


def add(records: Records, readers: Any, text: str, received: date, commune: str = "xã A") -> str:
    new = store.NewPetition(text, received, "don", None, "Nghệ An", commune)
    with records.write() as session:
        return store.add_petition(session, new, Reading(readers.classify(text)), SYSTEM).id


def test_every_table_adds_up_to_the_number_of_petitions(records: Records, fake_readers: Any) -> None:
    texts = ["Đất bị thu hồi, rác thải.", "Rác thải đầy ngõ.", "Tố cáo việc hạch sách.", "Đơn khiếu nại về trợ cấp."]
    for i in range(20):
        add(records, fake_readers, texts[i % 4], TODAY - timedelta(days=7 * i))
    with records.read() as session:
        found = statistics.overview(session, PERIOD)
        official = statistics.official_table(session, PERIOD)
        by_status = statistics.status_by_type(session, PERIOD)
        assert found.total == 20
        for counts in (found.types, found.urgency, found.status, found.channels, found.months):
            assert sum(counts.values()) == 20
        assert found.fields == {"dat_dai": 5, "moi_truong": 10, "cong_vu": 5, "chinh_sach": 5}
        assert sum(n for row in official.values() for n in row.values()) == 20
        assert sum(n for row in by_status.values() for n in row.values()) == 20
        assert statistics.overview(session, PERIOD, "dat_dai").fields == {"dat_dai": 5, "moi_truong": 5}
        assert statistics.overview(session, statistics.Period(PERIOD.start, TODAY, "Huế")).total == 0
        assert statistics.places(session) == {"Nghệ An": ["xã A"]}
        book = load_workbook(io.BytesIO(statistics_xlsx(PERIOD, official, by_status)))
        last = [c.value for c in book["Xử lý đơn"][len(taxonomy().official_columns) + 2]]
        assert (last[0], last[-1]) == ("Tổng", 20)


def test_a_bribe_counts_in_its_own_official_column(records: Records, fake_readers: Any) -> None:
    petition_id = add(records, fake_readers, "Cán bộ hạch sách.", TODAY)
    with records.write() as session:
        petition = session.query(Petition).filter_by(id=petition_id).one()
        labels = {"fields": ["cong_vu"], "subfields": ["tham_nhung"], "type": "to_cao", "urgency": "uu_tien"}
        store.decide(session, petition, labels, SYSTEM)
        table = statistics.official_table(session, PERIOD)
    column = taxonomy().official_column("cong_vu", ["tham_nhung"])
    assert column != taxonomy().official_column("cong_vu")
    assert table[column]["to_cao"] == 1
    assert sum(n for row in table.values() for n in row.values()) == 1


def test_a_surge_in_one_commune_is_found_and_ordinary_change_is_not(records: Records, fake_readers: Any) -> None:
    for week in range(52):
        for commune in ("xã A", "xã B", "xã C"):
            add(records, fake_readers, f"Rác thải {week}.", TODAY - timedelta(days=28 + 7 * week), commune)
    for i in range(16):
        add(records, fake_readers, f"Rác thải mới {i}.", TODAY - timedelta(days=i), "xã B")
    for i in range(5):
        add(records, fake_readers, f"Rác thải thêm {i}.", TODAY - timedelta(days=4 * i), "xã C")
    with records.read() as session:
        found = hotspots.hot_spots(session, TODAY)
    assert [(s.field, s.commune) for s in found] == [("moi_truong", "xã B")]
    assert found[0].p < 0.001
    assert 3.5 < found[0].expected < 4.5


def test_few_petitions_never_make_an_alarm(records: Records, fake_readers: Any) -> None:
    for i in range(hotspots.LEAST - 1):
        add(records, fake_readers, f"Rác {i}.", TODAY)
    with records.read() as session:
        assert hotspots.hot_spots(session, TODAY) == []


@given(st.integers(0, 400), st.integers(0, 400))
def test_more_petitions_are_never_less_surprising(recent: int, past: int) -> None:
    assert 0 <= float(surge_p(recent + 1, past)) <= float(surge_p(recent, past)) <= 1
    assert float(surge_p(recent, past)) <= float(surge_p(recent, past + 1)) + 1e-12


@pytest.mark.parametrize(("before", "after", "direction"), [(5, 30, "rising"), (30, 5, "falling"), (10, 12, "steady"),
                                                           (0, 0, "steady")])  # fmt: skip
def test_trends_are_named_only_when_sure(before: int, after: int, direction: str) -> None:
    assert trend(before, after).direction == direction


def test_agreement_counts_what_both_said_and_what_each_said_alone(records: Records, fake_readers: Any) -> None:
    petition_id = add(records, fake_readers, "Đất và rác thải.", TODAY)
    with records.write() as session:
        petition = session.query(Petition).filter_by(id=petition_id).one()
        labels = {"fields": ["dat_dai", "cong_vu"], "type": "kien_nghi_phan_anh", "urgency": "khan"}
        store.decide(session, petition, labels, SYSTEM)
    with records.read() as session:
        found = {(a.task, a.code): (a.both, a.machine, a.clerk) for a in feedback.agreement(session)}
        assert found["fields", "dat_dai"] == (1, 0, 0)
        assert found["fields", "moi_truong"] == (0, 1, 0)
        assert found["fields", "cong_vu"] == (0, 0, 1)
        assert found["urgency", "khan"] == (0, 0, 1)
        assert found["urgency", "thuong"] == (0, 1, 0)
        rows = list(feedback.decided_rows(session))
        assert [r["fields"] for r in rows] == [["dat_dai", "cong_vu"]]
        said = {"fields": ["dat_dai", "moi_truong"], "type": "kien_nghi_phan_anh", "urgency": "thuong"}
        assert [(r["suggested"], r["blind"]) for r in rows] == [(said, False)]
    with records.write() as session:
        store.undo(session, session.query(Petition).filter_by(id=petition_id).one(), SYSTEM)
        assert feedback.agreement(session) == []


def test_agreement_is_told_for_every_label_and_month_by_vietnams_clock(records: Records, fake_readers: Any) -> None:
    for moment, fields in ((datetime(2025, 12, 31, 16, 59, tzinfo=UTC), ["dat_dai"]),
                           (datetime(2025, 12, 31, 17, 1, tzinfo=UTC), ["moi_truong"])):  # fmt: skip
        petition_id = add(records, fake_readers, "Đất và rác thải.", date(2025, 12, 30))
        with records.write() as session:
            petition = session.query(Petition).filter_by(id=petition_id).one()
            store.decide(session, petition, {"fields": fields}, SYSTEM)
            session.query(LabelFeedback).filter_by(petition_num=petition.num).update({"at": moment})
    with records.read() as session:
        over_time = {(m, a.code): (a.both, a.machine) for m, a in feedback.agreement_over_time(session)
                     if a.task == "fields"}  # fmt: skip
        assert over_time == {("2025-12", "dat_dai"): (1, 0), ("2025-12", "moi_truong"): (0, 1),
                             ("2026-01", "dat_dai"): (0, 1), ("2026-01", "moi_truong"): (1, 0)}  # fmt: skip
        assert list(feedback.agreement_by_month(session)) == ["2025-12", "2026-01"]
        assert feedback.agreement_over_time(session, "another version") == []


def test_a_short_period_is_no_fall_and_a_year_begins_on_its_first_day(client: Any) -> None:
    records = client.app.state.service.records
    with records.write() as session:
        for _ in range(8):
            text = "Rác thải đầy ngõ."
            new = store.NewPetition(text, date(2025, 12, 31))
            store.add_petition(session, new, Reading(client.app.state.service.readers.classify(text)), SYSTEM)
    day = {"field": "moi_truong", "start": "2025-12-31", "end": "2025-12-31"}
    alone = client.get("/v1/matters", params=day).json()
    assert (alone["petitions"], alone["before"], alone["after"], alone["direction"]) == (8, 8, 0, "steady")
    three = client.get("/v1/matters", params={**day, "start": "2025-12-29"}).json()
    assert (three["before"], three["after"], three["direction"]) == (0, 8, "rising")
    for end, start in (("2026-11-22", "2025-12-01"), ("2026-12-31", "2026-01-01"), ("2026-01-01", "2025-02-01")):
        assert client.get("/v1/statistics", params={"end": end}).json()["start"] == start


def test_names_are_sorted_as_a_vietnamese_dictionary_does() -> None:
    names = [
        "10 việc",
        "An ninh",
        "ánh",
        "ăn",
        "Âu",
        "ba",
        "bà",
        "bả",
        "bá",
        "Dầu Tiếng",
        "Đà Nẵng",
        "đường",
        "Ước",
        "zalo",
    ]
    assert sorted(sorted(names), key=in_vietnamese_order) == names


def test_the_export_tells_the_answer_that_stood_beside_the_decision_and_whether_one_did(
    records: Records, fake_readers: Any
) -> None:
    labels = {"fields": ["dat_dai"], "type": "khieu_nai", "urgency": "thuong"}
    seen = add(records, fake_readers, "Đất bị lấn chiếm.", TODAY)
    blind = add(records, fake_readers, "Đất bị lấn chiếm đã lâu.", TODAY)
    with records.write() as session:
        for petition_id in (seen, blind):
            petition = session.query(Petition).filter_by(id=petition_id).one()
            decision = store.decide(session, petition, labels, SYSTEM)
            if petition_id == blind:
                decision.analysis_id = None
            later = fake_readers.classify("Rác thải đầy ngõ.")
            later["model"] = {"name": "petitions-2", "version": "2", "taxonomy": taxonomy().version}
            store.analyse_again(session, petition, later, SYSTEM)
    with records.read() as session:
        rows = {r["id"]: r for r in feedback.decided_rows(session)}
    assert (rows[seen]["suggested"]["fields"], rows[seen]["blind"]) == (["dat_dai"], False)
    assert (rows[blind]["suggested"]["fields"], rows[blind]["blind"]) == (["moi_truong"], True)
    assert (rows[seen]["model_version"], rows[blind]["model_version"]) == ("1", "2")
    found = agreement_apart(rows.values())
    assert (found["seen"]["n"], found["blind"]["n"], found["unknown"]) == (1, 1, 0)


def test_a_surge_is_told_on_the_first_page(client: Any, fake_readers: Any) -> None:
    records = client.app.state.service.records
    assert client.get("/statistics/spots").text.strip() == ""
    for i in range(12):
        add(records, fake_readers, f"Rác thải đầy ngõ {i}.", date.today() - timedelta(days=i), "xã Hoà Phú")
    shown = client.get("/statistics/spots").text
    assert "Môi trường ở xã Hoà Phú, Nghệ An (12 đơn trong 28 ngày)" in shown
    assert 'hx-get="/statistics/spots"' in client.get("/").text
