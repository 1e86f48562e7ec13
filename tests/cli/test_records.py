"""`harvest-planner log`, `epcis` and `labels`: from a plan to a log, its trace, its events and its labels."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import harvest_planner as hp
from tests.cli.test_commands import Command
from tests.formats.orchard import orchard, plan
from tests.formats.records.done import LOT, OTHER, SECRETS, fresh

CONTACTS = """\
order_id,name,phone,address,marketplace,marketplace_order,parcel_no
o1,Trần Thị Bưởi,0912345678,"12 Lê Lợi, Cà Mau",Vỏ Sò,VS-1,VOSO77
"""


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    made = Command(capsys, monkeypatch)
    monkeypatch.setenv("COLUMNS", "200")
    return made


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    hp.save_plan(plan(), tmp_path / "plan.json")
    hp.save_problem(orchard(), tmp_path / "problem")
    return tmp_path / "plan.json", tmp_path / "problem"


@pytest.fixture
def log(command: Command, files: tuple[Path, Path], tmp_path: Path) -> Path:
    (tmp_path / "contacts.csv").write_text(CONTACTS, encoding="utf-8")
    out = tmp_path / "log.csv"
    done = command("log", "make", *files, "--out", out, "--contacts", tmp_path / "contacts.csv")
    assert (done.code, done.err) == (0, "")
    assert done.out == f"The log holds 5 rows of 4 lots: {out}\n"
    return out


def test_the_log_of_a_plan(log: Path) -> None:
    assert hp.load_log(log) == fresh()


def test_what_was_done_is_entered_and_survives_the_next_plan(
    command: Command, log: Path, files: tuple[Path, Path]
) -> None:
    entries = ("--kg", "44.5", "--picked-from", "05:10", "--picked-until", "08:40", "--packed-at", "09:15")
    assert command("log", "enter", log, LOT, *entries).out == f"Entered for lot {LOT}: {log}\n"
    assert command("log", "enter", log, LOT, "--handed-over-at", "2026-08-11T12:00+07:00").code == 0
    assert command("log", "enter", log, OTHER, "--order", "o4", "--kg", "7", "--reason", "sâu").code == 0
    assert command("log", "enter", log, OTHER, "--local-market", "--kg", "21", "--language", "vi").out.startswith(
        "Đã ghi"
    )
    entered = hp.load_log(log)
    assert command("log", "make", *files, "--out", log).code == 0
    assert hp.load_log(log).lots()[LOT] == entered.lots()[LOT], "receivers stay although no contacts are given"
    weights = [(row.order_id, row.actual_kg, row.deviation_reason) for row in hp.load_log(log).lots()[OTHER]]
    assert weights == [("o4", 7, "sâu"), (None, 21, None)]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ((LOT, "--kg", "-1"), 2, "--kg"),
        ((LOT, "--order", "o1", "--local-market"), 2, "not both"),
        (("260811-b71", "--kg", "1"), 1, "unknown lot '260811-b71'"),
        ((OTHER, "--kg", "1"), 1, "say for which order"),
        ((LOT, "--packed-at", "soon"), 1, "'soon' is neither a clock time"),
        ((LOT, "--picked-from", "05:00", "--picked-until", "04:00"), 1, "lies before picked_from_at"),
        ((LOT, "--treated-on", "last week"), 1, "last_spray_on"),
    ],
)
def test_what_cannot_be_entered_leaves_the_log_as_it_was(
    command: Command, log: Path, arguments: tuple[str, ...], code: int, message: str
) -> None:
    before = log.read_bytes()
    done = command("log", "enter", log, *arguments)
    assert (done.code, message in done.err) == (code, True), done.err
    assert log.read_bytes() == before


def test_a_trace_in_sentences_names_no_receiver(command: Command, log: Path) -> None:
    assert command("log", "enter", log, LOT, "--as-planned").code == 0
    done = command("log", "trace", log, "VS-1")
    assert done.out.splitlines() == [
        f"Lot {LOT}: Sugar apple of Chi Lang, batch b17, stage S2",
        "Picked on Tue 11 Aug by Hộ bà Vi Thị Đào, at Chi Lăng, plot Lũng Na, khu trên",
        "No treatment is declared",
        "Order o1: 45 kg to Cà Mau",
        "Kept by g1 until 11 Feb 2027",
    ]
    assert [secret for secret in SECRETS if secret in done.out] == []
    done = command("log", "trace", log, OTHER, "--language", "vi")
    assert done.out.splitlines()[1:] == [
        "Dự kiến hái Thứ sáu 14/8, người hái Hộ bà Vi Thị Đào, tại Chi Lăng, vườn bờ suối",
        "Phun thuốc lần cuối Thứ bảy 1/8, thuốc chưa ghi, cách ly 7 ngày: đúng, được hái từ Thứ bảy 8/8",
        "Đơn o4: dự kiến 8 kg gửi Bà Rịa - Vũng Tàu",
        "Chợ địa phương: dự kiến 20 kg",
        "g1 lưu hồ sơ đến hết 14/2/2027",
    ]


def test_a_trace_as_json_is_whole(command: Command, log: Path) -> None:
    (found,) = json.loads(command("log", "trace", log, "o1", "--json").out)
    assert (found["lot_code"], found["back"]["plot"]) == (LOT, "Lũng Na, khu trên")
    assert found["forward"][0]["receiver"] == "Trần Thị Bưởi"
    assert command("log", "trace", log, "o9").code == 1


def test_a_check(command: Command, log: Path) -> None:
    done = command("log", "check", log)
    assert (done.code, done.out) == (0, "Nothing is wrong or missing in 4 lots.\n")
    assert command("log", "enter", log, OTHER, "--order", "o4", "--kg", "3").code == 0
    done = command("log", "check", log, "--language", "vi")
    assert (done.code, done.out.splitlines()) == (
        1,
        [
            f"Mã lô {OTHER}: chưa ghi tên thuốc của lần phun cuối",
            f"Mã lô {OTHER}: chưa ghi giờ hái",
            f"Mã lô {OTHER}, o4: số kg khác kế hoạch mà chưa ghi lý do",
            f"Mã lô {OTHER}, chợ địa phương: chưa ghi số kg thực tế",
        ],
    )
    told = json.loads(command("log", "check", log, "--json").out)
    assert (told["sound"], told["findings"][-1]["code"]) == (False, "kg_missing")


def test_events(command: Command, log: Path, files: tuple[Path, Path], tmp_path: Path) -> None:
    out = tmp_path / "events.jsonld"
    done = command("epcis", files[0], log, "--out", out)
    assert (done.code, "holds no event" in done.err) == (0, True)
    assert command("log", "enter", log, LOT, "--as-planned", "--packed-at", "09:15").code == 0
    done = command("epcis", files[0], log, "--out", out, "--base", "https://htx.example.vn/")
    assert (done.code, done.err, done.out) == (0, "", f"2 events written to {out}\n")
    assert "https://htx.example.vn/lot/260811-b17" in out.read_text(encoding="utf-8")
    assert command("epcis", files[0], log, "--out", out, "--base", "nowhere").code == 1


def test_labels(command: Command, files: tuple[Path, Path], tmp_path: Path) -> None:
    done = command("labels", *files, "--out", tmp_path / "labels", "--language", "en")
    assert (done.code, done.err) == (0, "")
    names = sorted(path.name for path in (tmp_path / "labels").iterdir())
    assert names == ["2026-08-11-chi-lang.html", "2026-08-13-chi-lang.html", "2026-08-14-chi-lang.html"]
    assert "Good to eat from" in (tmp_path / "labels" / names[0]).read_text(encoding="utf-8")


def test_what_is_no_log_is_said(command: Command, files: tuple[Path, Path], tmp_path: Path) -> None:
    done = command("log", "check", tmp_path / "none.csv")
    assert (done.code, "a file of this name; there is none" in done.err) == (1, True)
    done = command("log", "check", files[1] / "batches.csv")
    assert (done.code, "lot_code" in done.err) == (1, True)
    done = command("log", "make", *files, "--out", files[1] / "batches.csv")
    assert done.code == 1, "a file that is no log is not overwritten"
    assert "quantity_kg" in (files[1] / "batches.csv").read_text(encoding="utf-8")
