"""`harvest-planner import-orders`: an export in, a table of orders for the problem folder out."""

from __future__ import annotations

from pathlib import Path

import pytest

import harvest_planner as hp
from tests.cli.test_commands import Command
from tests.formats.files import folder
from tests.formats.orders_in.exports import csv_text, row


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    return Command(capsys, monkeypatch)


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "voso.csv"
    path.write_text(csv_text([row(), row(Mã_đơn_hàng="VS2", Tên_sản_phẩm="Bưởi")]), encoding="utf-8")
    return path


def test_with_a_fault_nothing_is_written(command: Command, export: Path, tmp_path: Path) -> None:
    done = command("import-orders", export, "--out", tmp_path / "orders.csv")
    assert (done.code, done.out) == (1, "")
    assert "voso.csv:3: Tên sản phẩm = 'Bưởi': a product of the map" in done.err
    assert "Nothing is written." in done.err
    assert [path.name for path in tmp_path.iterdir()] == ["voso.csv"]


def test_the_rest_goes_on_if_asked(command: Command, export: Path, tmp_path: Path) -> None:
    done = command("import-orders", export, "--skip-bad", "--out", tmp_path / "out" / "orders.csv", "--language", "vi")
    assert done.code == 0
    assert "Đơn hàng: 1 (10 kg)" in done.out
    assert "Bưởi" in done.err
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "contacts.csv",
        "orders.csv",
        "parcels.csv",
        "skipped.csv",
        "unresolved.csv",
    ]
    assert (tmp_path / "out" / "unresolved.csv").read_text(encoding="utf-8").count("Bưởi") == 1


def test_a_map_resolves_the_rest(command: Command, export: Path, tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text(
        'format = "harvest-planner/orders-map/1"\n[products]\n"bưởi" = "na-chi-lang"', encoding="utf-8"
    )
    done = command("import-orders", export, "--map", tmp_path / "map.toml", "--out", tmp_path / "orders.csv")
    assert (done.code, done.err) == (0, "")
    assert "Orders: 2 (20 kg)" in done.out


def test_the_orders_are_those_of_a_problem(command: Command, export: Path, tmp_path: Path) -> None:
    home = folder(tmp_path / "problem", commitments_csv=None, orders_csv=None)
    command("import-orders", export, "--skip-bad", "--out", home / "orders.csv")
    assert hp.load_problem(home).orders == hp.import_orders(export).orders


def test_the_orders_may_not_take_the_place_of_the_contacts(command: Command, export: Path, tmp_path: Path) -> None:
    done = command("import-orders", export, "--skip-bad", "--out", tmp_path / "contacts.csv")
    assert (done.code, "a name of its own for the orders" in done.err) == (1, True)


def test_an_export_that_cannot_be_used(command: Command, tmp_path: Path) -> None:
    done = command("import-orders", tmp_path / "none.xlsx", "--out", tmp_path / "orders.csv")
    assert (done.code, done.out) == (1, "")
    assert "none.xlsx: a file of this name; there is none" in done.err


def test_usage(command: Command, export: Path) -> None:
    assert command("import-orders", export).code == 2
