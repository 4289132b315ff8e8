"""What is kept in memory says what the database holds: after every kind of change, for every viewer, in every process."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, text, update

from api.records import petition_register as register
from api.records import statistics
from api.records.accounts import User
from api.records.columns import BLOCK_BITS
from api.records.engine import Records
from api.records.finding_search import FACETS, FindingFilter, facets, matching_nums, search_findings
from api.records.migrate import upgrade
from api.records.petition_register import PetitionFilter, Viewer, count_petitions, list_petitions, neighbours
from api.records.petitions import Assignment, Petition, PetitionField
from api.records.reports import Finding, FindingField, FindingTopic, Report
from api.records.similar import similar_findings
from api.records.word_index import hits
from api.records.words import SURELY_FIT, Query, exact_words, folded_words, parse_query

TODAY = date(2026, 11, 20)
OPERATOR, STRANGER = Viewer(None, sees_all=True), Viewer(None)
STATUSES, FIELDS, PLACES = ("new", "deferred", "resolved"), ("dat_dai", "moi_truong"), ("Huế", "Nghệ An", None)


def petition(num: int, pick: random.Random, **given: Any) -> Petition:
    said = pick.choice(["Đất đai bị thu hồi", "Rác thải đầy ngõ", "Đạt đại"])
    values = {
        "num": num, "register_year": 2026, "register_seq": num, "received_at": TODAY - timedelta(days=pick.randrange(90)),
        "text": said, "text_sha256": "", "exact": exact_words(said), "folded": folded_words(said),
        "province": pick.choice(PLACES), "status": pick.choice(STATUSES), "type": pick.choice(["to_cao", "khieu_nai"]),
        "urgency": "thuong", "urgency_rank": pick.randrange(3), "needs_review": pick.random() < 0.5,
        "confidential": pick.random() < 0.4, "due_on": pick.choice([None, TODAY, TODAY + timedelta(days=3)]), **given,
    }  # fmt: skip
    made = Petition(**values)
    made.fields = [PetitionField(code=c, position=i) for i, c in enumerate(pick.sample(FIELDS, pick.choice([1, 2])))]
    return made


def filled(records: Records, count: int = 36) -> int:
    """Petitions in two blocks, and a person to whom every fourth is assigned; their id."""
    pick = random.Random(5)
    with records.write() as session:
        person = User(username="an", display_name="An", password_hash="")
        session.add(person)
        session.flush()
        for i in range(count):
            num = i + 1 + (i % 2 << BLOCK_BITS)
            session.add(petition(num, pick))
            if i % 4 == 0:
                session.flush()
                session.add(Assignment(petition_num=num, user_id=person.id))
        return person.id


FILTERS = [
    PetitionFilter(),
    PetitionFilter(status=("new", "deferred"), province=("Huế",)),
    PetitionFilter(field=("dat_dai",), type=("to_cao",)),
    PetitionFilter(field=("dat_dai", "moi_truong"), needs_review=True),
    PetitionFilter(received_from=TODAY - timedelta(days=60), received_to=TODAY - timedelta(days=10)),
    PetitionFilter(overdue_on=TODAY + timedelta(days=1)),
    PetitionFilter(mine=True, open_only=True),
    PetitionFilter(q="dat dai"),
    PetitionFilter(q='"đất đai"', status=("resolved",)),
    PetitionFilter(province=("Cà Mau",)),
]


def wanted_of(rows: list[Petition], own: set[int], wanted: PetitionFilter, viewer: Viewer) -> set[int]:
    """The same filter over plain objects, one petition at a time."""
    from api.records.petition_store import OPEN_STATUSES
    from api.records.words import find_words

    query, found = parse_query(wanted.q), set()
    for p in rows:
        mine = p.num in own and viewer.user_id is not None
        holds = [
            viewer.sees_all or not p.confidential or mine,
            not wanted.status or p.status in wanted.status,
            not wanted.type or p.type in wanted.type,
            not wanted.province or p.province in wanted.province,
            not wanted.field or {f.code for f in p.fields} & set(wanted.field),
            wanted.received_from is None or p.received_at >= wanted.received_from,
            wanted.received_to is None or p.received_at <= wanted.received_to,
            wanted.needs_review is None or p.needs_review == wanted.needs_review,
            wanted.overdue_on is None or (p.due_on and p.due_on < wanted.overdue_on and p.status in OPEN_STATUSES),
            not wanted.mine or mine,
            not wanted.open_only or p.status in OPEN_STATUSES,
            query is None or find_words(p.text, query),
        ]
        if all(holds):
            found.add(p.num)
    return found


def check(records: Records, own: set[int], person: int) -> None:
    with records.read() as session:
        rows = list(session.scalars(select(Petition)))
        for viewer in (OPERATOR, STRANGER, Viewer(person)):
            for wanted in FILTERS:
                expected = wanted_of(rows, own, wanted, viewer)
                for order in register.ORDERS:
                    seen, cursor = [], None
                    while True:
                        page = list_petitions(session, wanted, viewer, order=order, cursor=cursor, limit=17)
                        assert page.total == len(expected)
                        seen += page.petitions
                        cursor = page.next
                        if cursor is None:
                            break
                    assert [p.num for p in seen] == [p.num for p in sorted(seen, key=ORDERED[order])]
                    assert len(seen) == len(expected) and {p.num for p in seen} == expected
                if not wanted.q:
                    assert count_petitions(session, wanted, viewer) == len(expected)


ORDERED: dict[str, Any] = {
    "newest": lambda p: -p.num,
    "received": lambda p: (-p.received_at.toordinal(), -p.num),
    "due": lambda p: (p.due_on or date.max, p.num),
    "inbox": lambda p: (-p.urgency_rank, p.due_on or date.max, p.num),
}


def test_filters_orders_and_sight_agree_with_the_rows_after_every_change(records: Records) -> None:
    person = filled(records)
    other = Records(records.url)  # as another process would write
    with records.read() as session:
        own = set(session.scalars(select(Assignment.petition_num)))
    check(records, own, person)
    pick = random.Random(6)
    try:
        with other.write() as session:
            session.execute(
                update(Petition).where(Petition.num.in_([1, 3])).values(status="deferred", confidential=True)
            )
            session.add(petition(500, pick))
        check(records, own, person)
        with other.write() as session:
            session.execute(delete(PetitionField).where(PetitionField.petition_num == 5))
            session.execute(text("UPDATE petition_fields SET code = 'y_te' WHERE petition_num = 7"))
        check(records, own, person)
        with other.write() as session:
            session.execute(delete(PetitionField).where(PetitionField.petition_num == 500))
            session.execute(delete(Petition).where(Petition.num == 500))
            session.execute(delete(Assignment).where(Assignment.petition_num == 1))
        check(records, own - {1}, person)
    finally:
        other.close()


def test_unfinished_work_is_seen_by_itself_only_and_forgotten_when_undone(records: Records) -> None:
    filled(records)
    wanted = PetitionFilter(status=("withdrawn",))
    with pytest.raises(RuntimeError), records.write() as session:
        for count, num in enumerate((1, 3, 5), 1):
            session.execute(update(Petition).where(Petition.num == num).values(status="withdrawn"))
            assert count_petitions(session, wanted, OPERATOR) == count
            with records.read() as beside:
                assert count_petitions(beside, wanted, OPERATOR) == 0
        raise RuntimeError
    with records.write() as session:
        session.execute(update(Petition).where(Petition.num == 1).values(status="withdrawn"))
        assert count_petitions(session, wanted, OPERATOR) == 1
        session.execute(update(Petition).where(Petition.num == 3).values(status="withdrawn"))
    with records.read() as session:
        assert count_petitions(session, wanted, OPERATOR) == 2


def test_a_petition_that_becomes_hidden_is_gone_from_counts_pages_and_neighbours(records: Records) -> None:
    person = filled(records, 12)
    with records.write() as session:
        session.execute(delete(Assignment))
        session.execute(update(Petition).values(confidential=False, status="new"))
    wanted = PetitionFilter(status=("new",))
    with records.read() as session:
        page = list_petitions(session, wanted, Viewer(person), order="inbox")
        first, hidden, last = page.petitions[0], page.petitions[1], page.petitions[2]
        assert neighbours(session, first, wanted, Viewer(person)) == (None, hidden.id)
        assert neighbours(session, last, wanted, Viewer(person))[0] == hidden.id
    with records.write() as session:
        session.execute(update(Petition).where(Petition.num == hidden.num).values(confidential=True))
    with records.read() as session:
        for viewer in (STRANGER, Viewer(person)):
            found = list_petitions(session, wanted, viewer, order="inbox")
            assert found.total == 11 and hidden.num not in {p.num for p in found.petitions}
            assert neighbours(session, first, wanted, viewer) == (None, last.id)
        assert count_petitions(session, wanted, OPERATOR) == 12
    with records.write() as session:
        session.add(Assignment(petition_num=hidden.num, user_id=person))
    with records.read() as session:
        assert count_petitions(session, wanted, Viewer(person)) == 12
        assert count_petitions(session, wanted, STRANGER) == 11


def test_statistics_follow_every_change(records: Records) -> None:
    filled(records)
    period = statistics.Period(TODAY - timedelta(days=60), TODAY)
    for num in (None, 1, 1 + 1 + (1 << BLOCK_BITS)):
        if num is not None:
            with records.write() as session:
                session.execute(
                    update(Petition)
                    .where(Petition.num == num)
                    .values(received_at=TODAY, type="khieu_nai", province="Lào Cai")
                )
        with records.read() as session:
            rows = [p for p in session.scalars(select(Petition)) if period.start <= p.received_at <= period.end]
            found = statistics.overview(session, period)
            assert found.total == len(rows)
            assert found.types == Counter(p.type for p in rows)
            assert found.status == Counter(p.status for p in rows)
            assert found.fields == Counter(f.code for p in rows for f in p.fields)
            assert {m: n for m, n in found.months.items() if n} == Counter(f"{p.received_at:%Y-%m}" for p in rows)
            states = statistics.status_by_type(session, period)
            assert sum(n for row in states.values() for n in row.values()) == len(rows)
            everywhere = {p.province for p in session.scalars(select(Petition)) if p.province}
            assert set(statistics.places(session)) == everywhere


def findings(records: Records, count: int = 60) -> None:
    pick = random.Random(9)
    with records.write() as session:
        for n in (1, 2, 3):
            session.add(Report(num=n, sha256=str(n), document_id=f"d{n}", text="", document={}, issuer=f"Sở {n}"))
        session.flush()
        for i in range(count):
            said = pick.choice(["Thủ tục hành chính còn chậm", "Chậm xử lý hồ sơ thủ tục", "Đất đai quản lý lỏng lẻo"])
            report = 1 + i % 3
            made = Finding(num=i + 1 + (i % 2 << BLOCK_BITS), id=f"f{i}", report_num=report, seq=i, kind=pick.choice(["limitation", "cause"]),
                           text=said, start=i, end=i + 1, quote=said, detail={}, exact=exact_words(said), folded=folded_words(said),
                           issuer_key=f"so {report}", province=pick.choice(["Huế", ""]), year=pick.choice([2024, 2025, None]),
                           review=pick.choice(["proposed", "accepted"]), gone=pick.random() < 0.2)  # fmt: skip
            made.topics = [FindingTopic(code=c) for c in pick.sample(["a", "b", "c"], pick.randrange(3))]
            made.fields = [FindingField(code=pick.choice(FIELDS))]
            session.add(made)


def values_of(f: Finding, name: str) -> list[Any]:
    if name in ("topic", "field"):
        return [row.code for row in (f.topics if name == "topic" else f.fields)]
    return [getattr(f, "issuer_key" if name == "issuer" else name)]


@pytest.mark.parametrize("wanted", [
    FindingFilter(), FindingFilter(kind=("limitation",), topic=("a", "b")), FindingFilter(field=("dat_dai",), year=(2024,)),
    FindingFilter(issuer=("Sở 2",), review=("accepted",)), FindingFilter(q="thu tuc", province=("Huế",)),
    FindingFilter(q="thủ tục hành chính", kind=("cause",)), FindingFilter(topic=("none",)), FindingFilter(q="thú túc"),
], ids=str)  # fmt: skip
def test_facets_count_what_each_value_would_leave(records: Records, wanted: FindingFilter) -> None:
    findings(records)
    for change in (None, "gone", "topic"):
        with records.write() as session:
            if change == "gone":
                session.execute(update(Finding).where(Finding.num < 9).values(gone=True))
            elif change == "topic":
                session.execute(delete(FindingTopic).where(FindingTopic.code == "a"))
        with records.read() as session:
            page = search_findings(session, wanted, limit=5)
            counts = facets(session, wanted, page.hits)
            rows = [f for f in session.scalars(select(Finding)) if not f.gone]
            said = (
                folded_words(wanted.q).split() if page.query and not page.query.exact else exact_words(wanted.q).split()
            )
            words = [(f.folded if page.query and not page.query.exact else f.exact).split() for f in rows]
            rows = [f for f, w in zip(rows, words, strict=True) if set(said) <= set(w)]

            def left(f: Finding, but: str = "") -> bool:
                chosen = {
                    n: [folded_words(v) for v in getattr(wanted, n)] if n == "issuer" else getattr(wanted, n)
                    for n in FACETS
                }
                return all(not v or n == but or set(values_of(f, n)) & set(v) for n, v in chosen.items())

            expected = {f.num for f in rows if left(f)}
            assert page.total == len(expected)
            if not page.widened:
                assert matching_nums(session, wanted) == sorted(expected, reverse=True)
            for name in FACETS:
                tally = Counter(v for f in rows if left(f, name) for v in values_of(f, name) if v)
                assert dict(counts[name]) == tally, name
            for order in ("relevance", "newest", "document"):
                seen, cursor = [], None
                while True:
                    some = search_findings(session, wanted, order=order, cursor=cursor, limit=5)
                    seen += [f.num for f in some.findings]
                    cursor = some.next
                    if cursor is None:
                        break
                assert len(seen) == len(expected) and set(seen) == expected


SAID = [
    "Thủ tục hành chính về đất đai còn chậm",
    "Hành chính thủ tục chậm, đai đất",
    "Thủ tục đất, hành chính đai chậm",
    "Thứ túc hành chinh 1/5 số 105, đất đại",
]


def told(records: Records) -> None:
    with records.write() as session:
        session.add(Report(num=1, sha256="1", document_id="d", text="", document={}, issuer=""))
        session.flush()
        for i, said in enumerate(SAID):
            session.add(Finding(num=i, id=f"f{i}", report_num=1, seq=i, kind="limitation", text=said, start=0, end=1, quote=said,
                                detail={}, exact=exact_words(said), folded=folded_words(said)))  # fmt: skip


PHRASES = [
    ('"đất đai"', [0]), ('"đai đất"', [1]), ('"đất đại"', [3]), ('"dat dai"', [0, 3]), ('"dai dat"', [1]),
    ('"thủ tục hành chính"', [0]), ('"thu tuc hanh chinh"', [0, 3]), ('"hành chính thủ tục"', [1]),
    ('"thủ tục hàn*"', [0]), ('"thu tuc hanh ch*"', [0, 3]), ('"thủ t*"', [0, 1, 2]), ('"hành chính đ*"', [2]),
    ('chậm -"đất đai"', [1, 2]), ('cham -"thu tuc hanh chinh"', [1, 2]), ('chậm -"thủ tục đ*"', [0, 1]), ('chậm -"hành chính đ*"', [0, 1]),
    ('"thủ tục" "hành chính"', [0, 1, 2]), ('"thủ tục" chậm -đai*', []), ('"1 5 so 105"', [3]), ('"1 5"', [3]), ("105", [3]),
    ("thu-tuc hanh_chinh", [0, 1, 2, 3]), ('"chính hành"', []), ('"tục thủ"', []),
]  # fmt: skip


def numbered(records: Records, q: str) -> list[int]:
    query = parse_query(q)
    assert query
    with records.read() as session:
        return sorted(hits(session, "findings", query).tolist())


def test_phrases_ask_for_the_order_of_words_and_for_accents_that_were_typed(records: Records) -> None:
    told(records)
    assert {q: numbered(records, q) for q, _ in PHRASES} == dict(PHRASES)


def test_a_pair_of_words_is_not_a_word(records: Records) -> None:
    with records.write() as session:
        session.add(petition(1, random.Random(1), text="1/5", exact="1 5", folded="1 5"))
    query = [parse_query(q) for q in ("105", "15", '"1 5"', '"1 *"')]
    with records.read() as session:
        assert [len(hits(session, "petitions", q)) for q in query if q] == [0, 0, 1, 1]


def test_going_back_to_words_alone_and_forward_again_keeps_phrases(url: str) -> None:
    from alembic import command

    from api.records.migrate import alembic_config

    records = Records(url)
    upgrade(records)
    told(records)
    command.downgrade(alembic_config(records), "0005")
    many = " ".join(f"{i:x}".rjust(18, "ă") for i in range(27_000))
    with records.write() as session:  # as an earlier version cut it
        session.add(petition(1, random.Random(1), exact=many[:970_000], folded="a b"))
    upgrade(records)
    assert {q: numbered(records, q) for q, _ in PHRASES} == dict(PHRASES)
    with records.read() as session:
        kept = session.scalar(select(Petition.exact)) or ""
        phrase = parse_query(f'"{" ".join(kept.split()[100:102])}"')
        assert phrase and hits(session, "petitions", phrase).tolist() == [1]
    assert many.startswith(kept) and (len(kept) < 500_000) == (not records.sqlite)
    records.close()


@pytest.mark.parametrize("width", [1, 4, 12, 40])
@pytest.mark.postgres
def test_the_longest_texts_fit_into_the_index_with_their_pairs(postgres_url: str, width: int) -> None:
    records = Records(postgres_url)
    upgrade(records)
    said = " ".join(f"{i * 7919 % 65_536:x}".rjust(width, "\U00010450") for i in range(1_000_000 // (width + 1)))
    cut = exact_words(said)
    some = " ".join(said.split()[: SURELY_FIT - 1])[: 10 * SURELY_FIT - SURELY_FIT]
    with records.write() as session:
        session.add(petition(1, random.Random(1), exact=cut, folded=exact_words(some)))
    with records.read() as session:
        phrase = parse_query(f'"{" ".join(cut.split()[1000:1002])}"')
        assert phrase and hits(session, "petitions", Query(phrase.terms, True)).tolist() == [1]
    records.close()


def test_words_that_stand_together_come_first(records: Records) -> None:
    findings(records)
    with records.read() as session:
        said = [f.text for f in search_findings(session, FindingFilter(q="thu tuc"), limit=200).findings]
        close = [("Thủ tục hành chính" in s or "hồ sơ thủ tục" in s) for s in said]
        assert close == sorted(close, reverse=True)


def test_similar_findings_come_from_other_reports_and_the_same_kind(records: Records) -> None:
    findings(records)
    with records.read() as session:
        own = session.scalars(select(Finding).where(Finding.text.like("Thủ tục%"), Finding.gone.is_(False))).first()
        assert own is not None
        found = similar_findings(session, own, 50)
        same = select(Finding.num).where(Finding.text == own.text, Finding.kind == own.kind, Finding.gone.is_(False),
                                         Finding.report_num != own.report_num)  # fmt: skip
        assert {f.num for f, score in found if score == 1.0} == set(session.scalars(same))
        assert all(f.kind == own.kind and f.report_num != own.report_num and not f.gone for f, _ in found)


def test_a_restored_copy_is_read_anew(sqlite_url: str) -> None:
    import sqlite3

    records = Records(sqlite_url)
    filled(records)
    path = sqlite_url.removeprefix("sqlite:///")
    copy = sqlite3.connect(":memory:")
    sqlite3.connect(path).backup(copy)
    with records.write() as session:
        session.execute(update(Petition).values(status="withdrawn"))
    wanted = PetitionFilter(status=("withdrawn",))
    with records.read() as session:
        assert count_petitions(session, wanted, OPERATOR) == 36
    copy.backup(sqlite3.connect(path))
    with records.read() as session:
        assert count_petitions(session, wanted, OPERATOR) == 0
    records.close()


def test_going_back_a_version_and_forward_again_keeps_counts(url: str) -> None:
    from alembic import command

    from api.records.migrate import alembic_config

    records = Records(url)
    upgrade(records)
    filled(records)
    with records.read() as session:
        before = count_petitions(session, PetitionFilter(field=("dat_dai",)), OPERATOR)
    command.downgrade(alembic_config(records), "0004")
    with records.read() as session:
        assert session.execute(text("SELECT count(*) FROM petition_fields WHERE received_at IS NULL")).scalar() == 0
    upgrade(records)
    with records.read() as session:
        assert count_petitions(session, PetitionFilter(field=("dat_dai",)), OPERATOR) == before > 0
    records.close()
