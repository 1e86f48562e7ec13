"""The command line: what it prints, what it writes, and the code it ends with."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from openpyxl import load_workbook

import harvest_planner as hp
from harvest_planner.cli import main
from harvest_planner.formats.documents import problem_text
from tests.planning.small import batch, order, problem


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: object
    out: str
    err: str


class Command:
    """`harvest-planner` run in this process, 80 columns wide."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._capsys, self._monkeypatch = capsys, monkeypatch
        monkeypatch.setenv("COLUMNS", "80")

    def __call__(self, *arguments: str | Path) -> Done:
        self._monkeypatch.setattr(sys, "argv", ["harvest-planner", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = self._capsys.readouterr()
        return Done(ended.value.code or 0, out, err)


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    return Command(capsys, monkeypatch)


@pytest.fixture
def question(tmp_path: Path) -> Path:
    """One order that can be served, one that cannot, one batch nobody needs."""
    path = tmp_path / "problem.json"
    asked = problem(
        growers=[{"id": "g1", "name": "Nông Văn Thành"}, {"id": "g2"}],
        batches=[batch(), batch(id="b2", grower_id="g2", last_spray_on="unknown")],
        orders=[order(), order(id="o2", grade="A", quantity_kg=7)],
    )
    path.write_text(problem_text(asked), encoding="utf-8")
    return path


def test_the_batches_come_first_then_the_sum_then_the_refusals(command: Command, question: Path) -> None:
    done = command("plan", question)
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0] == "Which day each batch is picked"
    assert re.fullmatch(r"b1: \w{3} 1\d Aug 10 kg → town", lines[1])
    assert lines[2] == "b2: not picked: its spray record is incomplete · 100 kg left"
    assert re.search(r"^Shipped +10 kg \(orders: 1\)$", done.out, re.MULTILINE)
    assert re.search(r"^Refused +7 kg \(orders: 1\)$", done.out, re.MULTILINE)
    assert re.search(r"^No plan is worth more than +[\d,]+ VND \(gap 0%\)$", done.out, re.MULTILINE)
    assert re.search(r"^Status +optimal$", done.out, re.MULTILINE)
    assert re.search(r"^Warnings +\d", done.out, re.MULTILINE)
    assert "grade (orders: 1, 7 kg), for example o2: no batch of durable is of grade A" in done.out


def test_the_terminal_speaks_vietnamese(command: Command, question: Path) -> None:
    done = command("plan", question, "--language", "vi")
    assert done.out.startswith("Mỗi lô hái ngày nào\nb1: Thứ ")
    assert "b2: không hái: hồ sơ phun thuốc chưa đủ · còn 100 kg" in done.out
    assert re.search(r"^Từ chối +7 kg \(số đơn: 1\)$", done.out, re.MULTILINE)
    assert "Batch" not in done.out


def test_at_most_three_destinations_are_named_and_lines_wrap_without_loss(command: Command, tmp_path: Path) -> None:
    towns = [
        {
            "id": f"town{number}",
            "name": f"A town with a long name {number}",
            "latitude_deg": 21,
            "longitude_deg": 105,
            "ambient_degc": 20,
        }
        for number in range(5)
    ]
    farm = {"id": "farm", "latitude_deg": 21.6, "longitude_deg": 106.5, "ambient_degc": 20}
    lane = {
        "origin_id": "farm",
        "departures": "FREQ=DAILY;BYHOUR=12;BYMINUTE=0;BYSECOND=0",
        "transit_p50_h": 10,
        "transit_p95_h": 10,
    }
    asked = problem(
        places=[farm, *towns],
        lanes=[{**lane, "id": town["id"], "destination_id": town["id"]} for town in towns],
        orders=[order(id=f"o{town['id']}", destination_id=town["id"]) for town in towns],
        # One trip serves all.
        batches=[batch(id="b" * 100, trip_cost_vnd=10_000)],
    )
    path = tmp_path / "p.json"
    path.write_text(problem_text(asked), encoding="utf-8")
    done = command("plan", path)
    assert max(map(len, done.out.splitlines())) <= 80
    told = "".join(done.out.split())
    assert "b" * 100 + ":" in told
    assert told.count("Atownwithalongname") == 3
    assert re.search(r"50kg→.*\+2", told)


def test_json_is_the_plan_and_nothing_else(command: Command, question: Path, tmp_path: Path) -> None:
    done = command("plan", question, "--json", "--out", tmp_path / "out")
    assert done.code == 0
    assert hp.HarvestPlan.model_validate_json(done.out) == hp.load_plan(tmp_path / "out" / "plan.json")
    assert "Written to" in done.err


def test_out_holds_the_plan_its_tables_and_the_sheets(command: Command, question: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = command("plan", question, "--out", out)
    assert {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()} == {
        "plan.json",
        "batches.csv",
        "picks.csv",
        "shipments.csv",
        "refusals.csv",
        "surplus.csv",
        "confirm.csv",
        str(Path("sheets") / "g1.html"),
    }
    assert "".join(f"the pick sheets of each team and grower in {out / 'sheets'}".split()) in "".join(done.out.split())
    assert "Phiếu hái của Nông Văn Thành" in (out / "sheets" / "g1.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(("language", "title"), [("vi", "Phiếu hái của"), ("en", "Pick sheet of")])
def test_sheets_in_the_language_asked_for(
    command: Command, question: Path, tmp_path: Path, language: str, title: str
) -> None:
    command("plan", question, "--out", tmp_path / "out", "--language", language)
    html = (tmp_path / "out" / "sheets" / "g1.html").read_text(encoding="utf-8")
    assert f"<title>{title} Nông Văn Thành</title>" in html
    assert ('class="beside"' in html) == (language == "vi")


def test_sheets_of_an_older_plan_go_and_other_files_stay(command: Command, question: Path, tmp_path: Path) -> None:
    sheets = tmp_path / "out" / "sheets"
    command("plan", question, "--out", tmp_path / "out")
    (sheets / "g9.html").write_text((sheets / "g1.html").read_text(encoding="utf-8"), encoding="utf-8")
    (sheets / "mine.html").write_text("<p>mine</p>", encoding="utf-8")
    command("plan", question, "--out", tmp_path / "out")
    assert {path.name for path in sheets.iterdir()} == {"g1.html", "mine.html"}


def test_unusable_input_is_one_report_and_nothing_is_written(command: Command, tmp_path: Path) -> None:
    folder, out = tmp_path / "p", tmp_path / "out"
    hp.save_problem(problem(), folder)
    orders = folder / "orders.csv"
    orders.write_text(orders.read_text(encoding="utf-8").replace("50000", "-5").replace("durable", "duriann"), "utf-8")
    done = command("plan", folder, "--out", out)
    assert (done.code, done.out) == (1, "")
    assert "2 faults in the input" in done.err
    assert re.search(r"orders\.csv:2: price_vnd_per_kg = '-5'", done.err)
    assert re.search(r"orders\.csv:2: crop_id = 'duriann'", done.err)
    assert not out.exists()


def test_a_problem_is_not_overwritten(command: Command, tmp_path: Path) -> None:
    hp.save_problem(problem(), tmp_path / "p")
    before = (tmp_path / "p" / "batches.csv").read_bytes()
    done = command("plan", tmp_path / "p", "--out", tmp_path / "p")
    assert (done.code, done.out) == (1, "")
    assert "problem.toml" in done.err
    assert (tmp_path / "p" / "batches.csv").read_bytes() == before


@pytest.mark.parametrize(
    "arguments",
    [[], ["plan"], ["plan", "x.json", "--language", "fr"], ["plan", "x.json", "--out", __file__], ["reap"]],
)
def test_wrong_usage_ends_with_two(command: Command, arguments: list[str]) -> None:
    done = command(*arguments)
    assert done.code == 2
    assert "Usage: harvest-planner" in done.out + done.err


def test_check_of_a_sound_plan(command: Command, question: Path, tmp_path: Path) -> None:
    command("plan", question, "--out", tmp_path / "out")
    done = command("check", tmp_path / "out" / "plan.json", question)
    assert (done.code, done.err) == (0, "")
    assert "The plan is sound" in done.out
    assert json.loads(command("check", tmp_path / "out", question, "--json").out) == {"sound": True, "violations": []}


def test_check_lists_what_is_untrue(command: Command, question: Path, tmp_path: Path) -> None:
    plan = hp.plan_harvest(hp.load_problem(question))
    path = tmp_path / "plan.json"
    hp.save_plan(plan.model_copy(update={"value_vnd": plan.value_vnd + 1000}), path)
    done = command("check", path, question)
    assert (done.code, done.err) == (1, "")
    assert re.match(r"\d+ violations?\n", done.out)
    told = json.loads(command("check", path, question, "--json").out)
    assert not told["sound"]
    assert all(violation["code"] in done.out for violation in told["violations"])


def test_check_of_a_plan_made_by_hand(command: Command, question: Path, tmp_path: Path) -> None:
    path = tmp_path / "hand.csv"
    path.write_text("batch,day,order,kg\nb1,2026-08-10,o1,10\n", encoding="utf-8")
    done = command("check", question, "--by-hand", path)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("By hand 500,000 VND, the best plan 500,000 VND: 0 VND lost.\nThe plan is sound")
    path.write_text("batch,day,order,kg\nb1,2026-08-10,o1,110\n", encoding="utf-8")
    assert command("check", question, "--by-hand", path).code == 1
    told = json.loads(command("check", question, "--by-hand", path, "--json").out)
    assert {violation["code"]: violation["size"] for violation in told["violations"]}["quantity"] == 10
    assert told["best_value_vnd"] == pytest.approx(500_000, abs=1)
    assert command("check", question).code == 2
    assert command("check", question, question, "--by-hand", path).code == 2


def test_check_of_what_is_no_plan(command: Command, question: Path) -> None:
    done = command("check", question, question)
    assert (done.code, done.out) == (1, "")
    assert "problem.json" in done.err


def test_crops(command: Command) -> None:
    done = command("crops")
    assert done.code == 0
    assert "\nna-chi-lang  Sugar apple of Chi Lang · Na Chi Lăng\n" in done.out
    assert "S1 7.5, S2 6.0, S3 3.6, S4 1.5; good for 2.2 days" in done.out
    assert max(map(len, done.out.splitlines())) <= 80
    listed = [hp.Crop.model_validate(row) for row in json.loads(command("crops", "--json").out)]
    assert listed == [hp.crop(crop_id) for crop_id in hp.crops()]


def test_version(command: Command) -> None:
    assert command("--version") == Done(0, f"harvest-planner {hp.__version__}\n", "")


def test_help_tells_which_language_is_where(command: Command) -> None:
    told = re.sub(r"[│\s]+", " ", command("plan", "--help").out)
    assert "the terminal in English, pick sheets in Vietnamese with English beside" in told


@pytest.mark.parametrize("package", ["typer", "rich", "jinja2"])
def test_without_the_extra_one_line_says_so(package: str) -> None:
    program = f"import sys; sys.modules[{package!r}] = None; from harvest_planner.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f'the command harvest-planner needs {package}, which is not installed: pip install "harvest-planner[cli]"\n'
    )


def test_a_pipe_carries_utf_8_whatever_the_locale(question: Path) -> None:
    program = "from harvest_planner.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, "plan", str(question), "--language", "vi"],
        capture_output=True,
        check=True,
        env={"PYTHONPATH": ":".join(sys.path), "PYTHONIOENCODING": "ascii", "COLUMNS": "80"},
    )
    assert done.stdout.decode("utf-8").startswith("Mỗi lô hái ngày nào\n")
    assert done.stderr == b""


def test_the_plan_as_a_workbook(command: Command, question: Path, tmp_path: Path) -> None:
    done = command("plan", question, "--xlsx", tmp_path / "plan.xlsx", "--language", "vi")
    assert (done.code, "".join(f"Đã ghi vào {tmp_path / 'plan.xlsx'}".split()) in "".join(done.out.split())) == (
        0,
        True,
    )
    assert load_workbook(tmp_path / "plan.xlsx").sheetnames[0] == "Kế hoạch"


def test_the_answers_to_the_marketplace_lie_beside_the_plan(command: Command, question: Path, tmp_path: Path) -> None:
    command("plan", question, "--out", tmp_path / "out")
    lines = (tmp_path / "out" / "confirm.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "order_id,answer,by_at,kg,why"
    assert [line.split(",")[:2] for line in lines[1:]] == [["o1", "confirm"], ["o2", "decline"]]


def test_simulate_prints_shares_with_intervals_and_the_calibration(command: Command, question: Path) -> None:
    done = command("simulate", question, "--runs", "50", "--seed", "3")
    assert (done.code, done.err) == (0, "")
    assert "Played forward (runs: 50, parcels: 50)" in done.out
    assert re.search(r"Good on arrival +100% \(100% to 100%\)", done.out)
    assert re.search(r"Income +500,000 VND", done.out)
    assert "promised 100%, simulated 100%" in " ".join(done.out.split())
    assert "Đến nơi còn ngon" in command("simulate", question, "--runs", "50", "--language", "vi").out


def test_simulate_takes_a_plan_that_is_made(command: Command, question: Path, tmp_path: Path) -> None:
    command("plan", question, "--out", tmp_path / "out")
    told = json.loads(command("simulate", question, "--plan", tmp_path / "out", "--runs", "20", "--json").out)
    again = json.loads(command("simulate", question, "--runs", "20", "--json").out)
    assert told == again
    assert told["good_share"] == {"mean": 1.0, "low": 1.0, "high": 1.0}
    assert command("simulate", question, "--runs", "1").code == 2
    assert command("simulate", tmp_path / "absent").code == 1
