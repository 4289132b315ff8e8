"""The label files agree with themselves."""

import re

from nlp.taxonomy import taxonomy


def test_every_code_is_ascii_snake_case_and_unique_in_its_set():
    t = taxonomy()
    subfields = [s for f in t.fields for s in f.subfields]
    for group in (t.fields, subfields, t.types, t.urgency, t.signals, t.official_columns, t.kinds, t.sorts, t.topics):
        codes = [label.code for label in group]
        assert len(codes) == len(set(codes))
        assert all(re.fullmatch(r"[a-z][a-z_]*", c) for c in codes)
        assert all(label.name.strip() for label in group)


def test_sets_have_the_agreed_sizes():
    t = taxonomy()
    assert len(t.fields) == 10 and len(t.subfield_codes) == 23 and len(t.types) == 4
    assert [u.code for u in t.urgency] == ["thuong", "uu_tien", "khan"]
    assert len(t.signals) == 17 and sum(s.level == "khan" for s in t.signals) == 7
    assert len(t.topics) == 13


def test_references_between_label_sets_hold():
    t = taxonomy()
    columns = {c.code for c in t.official_columns}
    assert {f.official_column for f in t.fields} <= columns
    assert set(t.official_overrides.values()) <= columns
    assert set(t.official_overrides) <= set(t.subfield_codes)
    assert {s.level for s in t.signals} <= {u.code for u in t.urgency}


def test_urgency_follows_the_highest_signal():
    t = taxonomy()
    assert t.urgency_of([]) == "thuong"
    assert t.urgency_of(["dong_nguoi"]) == "uu_tien"
    assert t.urgency_of(["dong_nguoi", "cuong_che_sap_toi"]) == "khan"


def test_corruption_has_its_own_official_column():
    t = taxonomy()
    assert t.official_column("cong_vu", ["tham_nhung"]) == "tham_nhung"
    assert t.official_column("cong_vu", ["thai_do_sach_nhieu"]) == "cong_chuc_cong_vu"
    assert t.official_column("moi_truong") == "khac"


def test_a_name_is_shown_for_every_code_and_unknown_codes_show_themselves():
    assert taxonomy().name("dat_dai") == "Đất đai"
    assert taxonomy().name("khac") == "Khác"
    assert taxonomy().name("zzz") == "zzz"
