"""Reports and findings over HTTP: upload, search with and without accents, facets, reviews that last."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient


@pytest.fixture
def http(url: str, make_client: Callable[..., TestClient]) -> TestClient:
    return make_client(url)


def upload(http: TestClient, text: str, name: str = "bao-cao.txt") -> dict:
    answer = http.post("/v1/reports", files={"file": (name, text.encode(), "text/plain")})
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


def texts(http: TestClient, **params: object) -> list[str]:
    answer = http.get("/v1/findings", params=params)
    assert answer.status_code == 200, answer.text
    return [f["text"] for f in answer.json()["items"]]


def test_an_uploaded_report_gives_findings_whose_quotes_stand_in_its_text(http: TestClient, report_text: str) -> None:
    body = upload(http, report_text)
    assert (body["issuer"], body["year"], body["findings"]) == ("UBND huyện Bình Sơn", 2024, 5)
    for f in body["items"]:
        assert body["text"][f["span"]["start"] : f["span"]["end"]] == f["quote"]
    assert http.get(f"/v1/reports/{body['id']}").json() == body
    cause = next(f for f in body["items"] if f["kind"] == "cause")
    assert cause["links"][0]["to"] in {f["id"] for f in body["items"]}
    assert cause["citation"] == "(Báo cáo số 125/BC-UBND, mục II)"


def test_search_finds_with_and_without_accents_phrases_prefixes_and_exclusions(
    http: TestClient, report_text: str
) -> None:
    upload(http, report_text)
    land = {"Công tác quản lý đất đai còn hạn chế, có nơi buông lỏng.",
            "Đề nghị UBND tỉnh bổ sung kinh phí cho công tác đo đạc đất đai."}  # fmt: skip
    assert set(texts(http, q="dat dai")) == set(texts(http, q="đất đai")) == set(texts(http, q="ĐẤT ĐAI")) == land
    assert texts(http, q="dat dai", kind="limitation") == [min(land)]
    assert (
        texts(http, q='"thủ tục hành chính"') == texts(http, q="thu tuc hanh chinh cham") == texts(http, q="thu* cham")
    )
    assert len(texts(http, q="dat -kinh")) == 1
    assert texts(http, q="đạt đại") == texts(http, q="dat dai")
    assert http.get("/v1/findings", params={"q": "đạt đại"}).json()["widened"] is True
    assert texts(http, q="không có chữ này") == []


def test_highlights_mark_the_words_that_matched(client: TestClient, report_text: str) -> None:
    upload(client, report_text)
    for q in ("dat dai", "đất đai"):
        for f in client.get("/v1/findings", params={"q": q}).json()["items"]:
            assert [f["text"][h["start"] : h["end"]] for h in f["highlights"]] == ["đất đai"]


def test_filters_by_topic_issuer_and_year_and_facets_that_agree(http: TestClient, report_text: str) -> None:
    upload(http, report_text)
    upload(http, report_text.replace("2024", "2023").replace("Bình Sơn", "Tư Nghĩa"), "khac.txt")
    assert len(texts(http, year=2023)) == 5
    assert len(texts(http, issuer="ubnd huyen binh son")) == 5
    assert len(texts(http, topic="cai_cach_hanh_chinh")) == 2
    answer = http.get("/v1/findings/facets", params={"kind": "limitation", "q": "con"}).json()
    counts = {name: {v["value"]: v["count"] for v in rows} for name, rows in answer["facets"].items()}
    assert counts["year"] == {2023: 2, 2024: 2}
    for name in ("year", "topic", "review"):
        for value, count in counts[name].items():
            assert len(texts(http, kind="limitation", q="con", **{name: value})) == count
    names = {v["name"] for v in answer["facets"]["issuer"]}
    assert names == {"UBND huyện Bình Sơn", "UBND huyện Tư Nghĩa"}


def test_every_order_pages_without_loss_or_repeat(http: TestClient, report_text: str) -> None:
    for i in range(5):
        upload(http, report_text + f"Hạn chế thứ {i}: giải quyết còn chậm.\n", f"{i}.txt")
    for order in ("relevance", "newest", "document"):
        params: dict[str, object] = {"q": "con", "order": order, "limit": 4}
        page = http.get("/v1/findings", params=params).json()
        ids = [f["id"] for f in page["items"]]
        while page["next"]:
            page = http.get("/v1/findings", params={**params, "cursor": page["next"]}).json()
            ids += [f["id"] for f in page["items"]]
        assert len(ids) == len(set(ids)) == page["total"] == 15


def test_a_review_outlives_a_second_extraction_and_can_be_undone(http: TestClient, report_text: str) -> None:
    first = upload(http, report_text)["items"]
    chosen = next(f for f in first if f["kind"] == "limitation")
    path = f"/v1/findings/{chosen['id']}"
    edited = http.put(f"{path}/review", headers={"If-Match": '"1"'},
                      json={"state": "edited", "text": "Thủ tục hành chính cấp xã còn chậm."})  # fmt: skip
    assert edited.status_code == 200, edited.text
    again = upload(http, report_text)
    kept = next(f for f in again["items"] if f["id"] == chosen["id"])
    assert kept["review"]["state"] == "edited"
    assert kept["text"] == chosen["text"]
    assert texts(http, q='"cap xa con cham"') == [chosen["text"]]
    undone = http.post(f"{path}/undo", headers={"If-Match": f'"{kept["version"]}"'}).json()
    assert undone["review"]["state"] == "proposed"
    assert texts(http, q='"cap xa con cham"') == []


def test_similar_findings_come_from_other_reports(http: TestClient, report_text: str) -> None:
    one = upload(http, report_text)
    other = upload(http, report_text.replace("2024", "2022").replace("ở một số xã", "ở nhiều xã"), "cu.txt")
    chosen = next(f for f in one["items"] if "thủ tục" in f["text"])
    found = http.get(f"/v1/findings/{chosen['id']}/similar").json()["items"]
    assert found[0]["finding"]["document"]["id"] == other["id"]
    assert found[0]["score"] > 0.5


@pytest.mark.parametrize(
    "q", ['"', "*", "- -", '"" *', "'); drop table findings; --", "NEAR(a b)", "a AND OR", "{x}:y", "^a", "🙂"]
)
def test_odd_searches_are_answered_not_broken(http: TestClient, report_text: str, q: str) -> None:
    upload(http, report_text)
    assert http.get("/v1/findings", params={"q": q}).status_code in (200, 400)


def test_an_unreadable_file_is_a_clear_problem(client: TestClient) -> None:
    answer = client.post("/v1/reports", files={"file": ("x.txt", b"", "text/plain")})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_what_reports_of_several_years_say_alike_is_one_group(http: TestClient, report_text: str) -> None:
    upload(http, report_text)
    upload(
        http, report_text.replace("2024", "2023").replace("125/BC", "99/BC").replace("Bình Sơn", "Tư Nghĩa"), "b.txt"
    )
    found = http.get("/v1/findings/groups").json()
    assert (found["looked_at"], found["total"], len(found["items"])) == (4, 4, 2)
    group = next(g for g in found["items"] if "đất đai" in g["text"])
    assert (group["documents"], group["near_identical"]) == (2, True)
    assert group["years"] == [{"value": 2023, "count": 1}, {"value": 2024, "count": 1}]
    assert len(group["finding_ids"]) == 2
    assert len(http.get("/v1/findings/groups", params={"kind": "cause"}).json()["items"]) == 1
    assert http.get("/v1/findings/groups", params={"year": 2024}).json()["items"] == []
    page = http.get("/findings/groups")
    assert page.status_code == 200
    assert page.text.count("2 báo cáo") == 2
