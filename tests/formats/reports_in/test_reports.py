"""What growers report becomes batches; what is in doubt waits for a person."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

import harvest_planner as hp
from harvest_planner.formats.reports_in.messages import Report, read_message
from harvest_planner.formats.reports_in.review import review_text
from harvest_planner.formats.reports_in.vocabulary import Vocabulary
from harvest_planner.formats.words import languages, words
from tests.formats.orders_in.exports import csv_text, workbook

TODAY = dt.date(2026, 8, 10)


def batch(**changes: Any) -> dict[str, Any]:
    return {
        "id": "b7",
        "grower_id": "g1",
        "crop_id": "na-chi-lang",
        "place_id": "chi-lang",
        "quantity_kg": 100,
        "stage_id": "S1",
        "observed_on": "2026-08-08",
        "plot": "P07",
        **changes,
    }


PROBLEM = hp.PlanningProblem.model_validate(
    {
        "as_of": "2026-08-10T18:00+07:00",
        "growers": [{"id": "g1", "phone": "0900000001"}, {"id": "g2", "phone": "0900000002"}],
        "batches": [
            batch(),
            batch(id="b8", plot="Đồi sau 2", grower_id="g2"),
            batch(id="b9a", plot="P09", stage_id="S2"),
            batch(id="b9b", plot="P09", grower_id="g2"),
            batch(id="x1", plot="P10", crop_id="mango-cat", stage_id="M1", grower_id="g2"),
        ],
    }
)


def read(home: Path, *messages: str, decisions: Path | None = None) -> hp.ReadReports:
    (home / "sms.txt").write_text("\n".join(messages), encoding="utf-8")
    return hp.read_reports(home / "sms.txt", PROBLEM, decisions=decisions)


def test_a_new_look_at_the_stage_takes_back_what_was_found_of_the_age(tmp_path: Path) -> None:
    shifted = {"age_shift_d20": 1.2, "age_shift_sd_d20": 0.05}
    batches = tuple(one.model_copy(update=shifted) for one in PROBLEM.batches)
    (tmp_path / "sms.txt").write_text("P07 S2 120\nP99 S2 120", encoding="utf-8")
    known = PROBLEM.model_copy(update={"batches": batches})
    first = hp.read_reports(tmp_path / "sms.txt", known)
    (tmp_path / "decisions.csv").write_text(
        f"key,decision,batch_id,stage_id\n{first.queue[0].key},accept,b8,S2\n", encoding="utf-8"
    )
    found = hp.read_reports(tmp_path / "sms.txt", known, decisions=tmp_path / "decisions.csv")
    assert found.updated == ("b7", "b8")
    for one in found.batches:
        anew = one.id in found.updated
        assert (one.age_shift_d20, one.age_shift_sd_d20) == ((0.0, None) if anew else (1.2, 0.05))


def doubts(found: hp.ReadReports) -> list[set[str]]:
    return [{code for code, _ in item.reasons} for item in found.queue]


@pytest.mark.parametrize(
    ("message", "now"),
    [
        ("P07 S2 120", ("b7", "S2", 120, 10)),
        ("p7 s2 120kg", ("b7", "S2", 120, 10)),
        ("P 07 chớm mở gai 120 ký", ("b7", "S2", 120, 10)),
        ("P07 CHOM MO GAI 120", ("b7", "S2", 120, 10)),
        ("vườn P07 còn chừng 1,2 tạ gần chín hôm qua ạ", ("b7", "S4", 120, 9)),
        ("120 S3 P07", ("b7", "S3", 120, 10)),
        ("Đồi sau 2 kẽ gai mở 8 yến 9/8", ("b8", "S3", 80, 9)),
        ("doi sau 02 S1 90 09/08/2026", ("b8", "S1", 90, 9)),
        ("b8 S2 75", ("b8", "S2", 75, 10)),
        ("P10 già xanh 60", ("x1", "M2", 60, 10)),
    ],
)
def test_a_message_brings_its_batch_up_to_date(tmp_path: Path, message: str, now: tuple[str, str, float, int]) -> None:
    batch_id, stage_id, kg, day = now
    found = read(tmp_path, message)
    assert (found.updated, found.queue) == ((batch_id,), ())
    (told,) = [one for one in found.batches if one.id == batch_id]
    before = PROBLEM.batch(batch_id)
    assert told == before.model_copy(
        update={"stage_id": stage_id, "quantity_kg": kg, "observed_on": dt.date(2026, 8, day)}
    )
    assert [one for one in found.batches if one.id != batch_id] == [
        one for one in PROBLEM.batches if one.id != batch_id
    ]


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("P99 S2 120", "unknown_plot"),
        ("hello", "unknown_plot"),
        ("P07 120", "unknown_stage"),
        ("P07 S2", "no_kg"),
        ("P07 S2 120 130", "several_kg"),
        ("P07 S2 1.200", "unclear_kg"),
        ("P07 S2 120 hai năm", "unread"),
        ("P07 S2 1000", "unusual_kg"),
        ("P07 S2 10", "unusual_kg"),
        ("P07 S2 120 20/8", "in_the_future"),
        ("P07 S2 120 31/2", "no_such_day"),
        ("P07 S2 120 1/8", "older_than_known"),
        ("P09 S2 120", "several_batches"),
    ],
)
def test_a_message_in_doubt_waits(tmp_path: Path, message: str, code: str) -> None:
    found = read(tmp_path, message)
    assert (found.updated, found.batches) == ((), PROBLEM.batches)
    assert len(found.queue) == 1
    assert code in doubts(found)[0]


def test_a_stage_that_went_backwards_waits(tmp_path: Path) -> None:
    home = tmp_path / "later"
    home.mkdir()
    riper = PROBLEM.model_copy(update={"batches": read(tmp_path, "P07 S3 100").batches})
    (home / "sms.txt").write_text("P07 S2 100", encoding="utf-8")
    assert doubts(hp.read_reports(home / "sms.txt", riper)) == [{"stage_backwards"}]


def test_several_messages_on_one_line_and_the_last_word_of_a_day(tmp_path: Path) -> None:
    found = read(tmp_path, "P07 S2 120; Đồi sau 2 S2 80", "P07 S2 130", "P07 S1 90 9/8")
    assert {one.id: one.quantity_kg for one in found.batches if one.id in found.updated} == {"b7": 130, "b8": 80}


class TestTables:
    """A team's table, and messages with the number that sent them."""

    def test_columns(self, tmp_path: Path) -> None:
        path = workbook(
            tmp_path / "team.xlsx",
            [
                ["Tổ 3"],
                ["Vườn", "Độ chín", "Số kg", "Ngày"],
                ["P07", "S2", 120, dt.datetime(2026, 8, 9)],
                ["P10", "M2", 60, None],
            ],
        )
        found = hp.read_reports(path, PROBLEM)
        assert found.queue == ()
        assert {one.id: one.observed_on.day for one in found.batches if one.id in found.updated} == {"b7": 9, "x1": 10}

    def test_the_senders_number_says_whose_plot_is_meant(self, tmp_path: Path) -> None:
        rows = [["+84 900 000 002", "P09 S2 120"], ["0900000001", "P09 S2 90"], ["0900000003", "P07 S2 90"]]
        (tmp_path / "sms.csv").write_text(
            csv_text(rows, headings=["Từ số", "Tin nhắn"]).replace("Từ số", "SĐT"), "utf-8"
        )
        found = hp.read_reports(tmp_path / "sms.csv", PROBLEM)
        assert {one.id: one.quantity_kg for one in found.batches if one.id in found.updated} == {"b9a": 90, "b9b": 120}
        assert doubts(found) == [{"unknown_sender"}]

    def test_anothers_plot_waits(self, tmp_path: Path) -> None:
        (tmp_path / "sms.csv").write_text(
            csv_text([["0900000002", "P07 S2 90"]], headings=["SĐT", "Tin nhắn"]), "utf-8"
        )
        assert doubts(hp.read_reports(tmp_path / "sms.csv", PROBLEM)) == [{"other_grower"}]

    def test_a_workbook_without_headings_is_one_clear_error(self, tmp_path: Path) -> None:
        with pytest.raises(hp.ProblemFileError, match="a line of headings: Tin nhắn"):
            hp.read_reports(workbook(tmp_path / "team.xlsx", [["a", "b"], [1, 2]]), PROBLEM)


class TestReview:
    """The queue goes to a person as a table and comes back with decisions."""

    MESSAGES = ("P07 S2 1000", "P99 S2 50", "P07 S2 120 nhé 0912345678")

    def review(self, home: Path, decisions: dict[str, dict[str, str]]) -> Path:
        queue = read(home, *self.MESSAGES).queue
        path = home / "review.csv"
        path.write_text(review_text(queue, words("vi")), encoding="utf-8")
        with path.open(encoding="utf-8", newline="") as handle:
            rows = list(csv.DictReader(handle))
        for row in rows:
            row.update(next((changes for start, changes in decisions.items() if row["report"].startswith(start)), {}))
        path.write_text(csv_text([list(row.values()) for row in rows], headings=list(rows[0])), encoding="utf-8")
        return path

    def test_accepted_rejected_and_open(self, tmp_path: Path) -> None:
        path = self.review(tmp_path, {"P07 S2 1000": {"decision": "accept"}, "P99": {"decision": "reject"}})
        found = read(tmp_path, *self.MESSAGES, decisions=path)
        assert (found.updated, found.rejected) == (("b7",), 1)
        path = self.review(tmp_path, {"P99": {"decision": "accept", "batch_id": "b8", "stage_id": "S2"}})
        found = read(tmp_path, *self.MESSAGES, decisions=path)
        assert (found.updated, len(found.queue)) == (("b8",), 2)

    def test_a_decision_that_cannot_be_carried_out_is_a_fault(self, tmp_path: Path) -> None:
        with pytest.raises(hp.ProblemFileError, match="the id of a batch of the problem under batch_id"):
            read(tmp_path, *self.MESSAGES, decisions=self.review(tmp_path, {"P99": {"decision": "accept"}}))
        with pytest.raises(hp.ProblemFileError, match="accept or reject, or nothing"):
            read(tmp_path, *self.MESSAGES, decisions=self.review(tmp_path, {"P99": {"decision": "có"}}))

    def test_the_review_shows_no_phone_numbers(self, tmp_path: Path) -> None:
        assert "0912345678" not in self.review(tmp_path, {}).read_text(encoding="utf-8")

    @pytest.mark.parametrize("language", languages())
    def test_every_reason_can_be_told(self, tmp_path: Path, language: str) -> None:
        queue = read(
            tmp_path, "P99 S2 1", "P07 1.000 x", "P07 S2 1 2", "P07 S2 31/2", "P09 S2 9 20/8", "P09 S1 9 1/8"
        ).queue
        assert len(review_text(queue, words(language)).splitlines()) == 7


@given(st.text(max_size=40))
def test_any_text_is_a_report_or_a_doubt(text: str) -> None:
    report = read_message(Report(text), Vocabulary(PROBLEM), told_on=TODAY)
    assert report.doubts or (report.batch_id and report.stage_id and report.quantity_kg is not None)
