"""A folder of sheets: whole or as it was, without the sheets of an older plan, in memory that does not grow."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

import harvest_planner as hp
from harvest_planner.formats.sheets.rendering import GENERATOR
from harvest_planner.formats.sheets.writing import old_sheets
from tests.formats.orchard import orchard, pick, plan, row


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def two_teams() -> tuple[hp.HarvestPlan, hp.PlanningProblem]:
    growers = [{"id": "g1", "team_id": "north"}, {"id": "g2", "team_id": "south"}]
    return plan(picks=[*plan().picks, pick("b20", 11, 10, grower_id="g2")]), orchard(growers=growers)


def test_a_file_for_each_team(tmp_path: Path) -> None:
    assert hp.write_sheets(*two_teams(), tmp_path / "a" / "b") == tuple(
        tmp_path / "a" / "b" / name for name in ("north.html", "south.html")
    )
    assert "Hái 45 kg" in (tmp_path / "a" / "b" / "north.html").read_text(encoding="utf-8")


def test_sheets_of_an_older_plan_go_and_other_files_stay(tmp_path: Path) -> None:
    hp.write_sheets(*two_teams(), tmp_path)
    (tmp_path / "mine.html").write_text("<p>mine</p>", encoding="utf-8")
    hp.write_sheets(plan(), two_teams()[1], tmp_path)
    assert names(tmp_path) == ["mine.html", "north.html"]


def test_a_team_alone_leaves_the_sheets_of_others(tmp_path: Path) -> None:
    hp.write_sheets(*two_teams(), tmp_path, language="vi")
    before = (tmp_path / "south.html").read_bytes()
    (written,) = hp.write_sheets(*two_teams(), tmp_path, language="en", team_id="north")
    assert names(tmp_path) == ["north.html", "south.html"]
    assert (tmp_path / "south.html").read_bytes() == before
    assert '<html lang="en">' in written.read_text(encoding="utf-8")


def test_whatever_fails_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    answer, question = two_teams()
    hp.write_sheets(answer, question, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    broken = answer.model_copy(update={"picks": (*answer.picks[:2], pick("nowhere", 11, 1, grower_id="g2"))})
    with pytest.raises(hp.UnknownIdError, match="nowhere"):
        hp.write_sheets(broken, question, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_nobody_picks(tmp_path: Path) -> None:
    hp.write_sheets(*two_teams(), tmp_path)
    assert hp.write_sheets(plan(picks=[]), orchard(), tmp_path) == ()
    assert names(tmp_path) == []


def test_names_from_the_data_stay_in_the_folder(tmp_path: Path) -> None:
    growers = [{"id": "g1", "team_id": "../../up"}, {"id": "g2", "team_id": "/etc/passwd"}]
    home = tmp_path / "deep" / "home"
    hp.write_sheets(two_teams()[0], orchard(growers=growers), home)
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()) == [
        "deep/home/etc-passwd.html",
        "deep/home/up.html",
    ]


def test_only_the_head_of_a_file_tells_who_made_it(tmp_path: Path) -> None:
    (tmp_path / "late.html").write_text("x" * 2000 + f'content="{GENERATOR}"', encoding="utf-8")
    (tmp_path / "ours.html").write_text(f'<meta content="{GENERATOR}">', encoding="utf-8")
    assert list(old_sheets(tmp_path, keep={"kept.html"})) == ["ours.html"]


def test_memory_does_not_grow_with_the_sheets(tmp_path: Path) -> None:
    """Thirty times the growers in one team: what writing takes on top of the plan stays far below the file's size."""

    def peak_bytes(growers: int) -> int:
        question = orchard(
            growers=[{"id": f"g{n}", "team_id": "t"} for n in range(growers)],
            batches=[_batch(n) for n in range(growers)],
            orders=[],
        )
        picks = [pick(f"b{n}", 11, 45, grower_id=f"g{n}", surplus_kg=45) for n in range(growers)]
        rows = [row(f"b{n}", grower_id=f"g{n}") for n in range(growers)]
        answer = plan(picks=picks, batches=rows, shipments=[], refusals=[], surplus=[])
        hp.write_sheets(answer, question, tmp_path)
        tracemalloc.start()
        try:
            hp.write_sheets(answer, question, tmp_path)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    few, many = peak_bytes(20), peak_bytes(600)
    assert (tmp_path / "t.html").stat().st_size > 1_000_000
    assert many - few < 580 * 1500  # indices: under 1.5 kB a grower, a tenth of nothing beside the HTML


def _batch(number: int) -> dict[str, object]:
    return {
        "id": f"b{number}",
        "grower_id": f"g{number}",
        "crop_id": "na-chi-lang",
        "place_id": "chi-lang",
        "quantity_kg": 60,
        "stage_id": "S2",
        "observed_on": "2026-08-10",
    }
