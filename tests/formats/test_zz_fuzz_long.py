"""Whatever stands in the files: a problem, or one report; never another error."""

from __future__ import annotations

import json
import random
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given, settings, strategies as st

import harvest_planner as hp
from tests.formats.files import SOUND, folder

NAMES = sorted(SOUND)
PIECES = [
    b",",
    b";",
    b'"',
    b"\n",
    b"\r",
    b"|",
    b"\0",
    b"\xff",
    b"-",
    b"9",
    b"e9",
    b".",
    b"=",
    b"[",
    b"]",
    b"{",
    b"nan",
    b"id",
    b"\xe1\xba\xa1",
    b"9" * 400,
    b"0000-00-00",
    b"9999-12-31",
    b"T",
    b"unknown",
    b"FREQ=DAILY",
    b"+07:00",
]


def loads_or_reports(path: Path) -> None:
    try:
        hp.load_problem(path)
    except hp.ProblemFileError as error:
        told = error.faults
    else:
        return
    assert told
    assert all(fault.file and fault.expected for fault in told)


@settings(max_examples=3000)
@given(st.sampled_from(NAMES), st.binary(max_size=200))
@example("crops.toml", b"a=" + b"[" * 5000)
@example("crops.toml", b"a=" + b"9" * 5000)
@example("problem.toml", b"as_of = 0001-01-01T00:00:00+07:00")
@example("problem.toml", b"as_of = 9999-12-31T23:59:59-07:00")
@example("orders.csv", b'id,"' + b"x" * 200_000 + b'"')
def test_any_bytes(name: str, data: bytes) -> None:
    with TemporaryDirectory() as home:
        loads_or_reports(folder(Path(home), **{name: data}))


@settings(max_examples=3000)
@given(st.sampled_from(NAMES), st.integers(0, 2**32), st.integers(1, 4))
def test_any_change(name: str, seed: int, count: int) -> None:
    chance = random.Random(seed)
    data = SOUND[name].encode()
    for _ in range(count):
        at = chance.randrange(len(data) + 1)
        data = data[:at] + chance.choice(PIECES) + data[at + chance.randrange(6) :]
    with TemporaryDirectory() as home:
        loads_or_reports(folder(Path(home), **{name: data}))


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda part: (
        st.lists(part, max_size=3) | st.dictionaries(st.sampled_from(["id", "like", "stages", "x"]), part, max_size=3)
    ),
    max_leaves=5,
)
FIELDS = sorted(hp.PlanningProblem.model_fields)


@settings(max_examples=3000)
@given(st.dictionaries(st.sampled_from(FIELDS), ANYTHING | st.lists(ANYTHING, max_size=2), max_size=4), st.booleans())
def test_any_document(content: dict[str, object], timed: bool) -> None:
    if timed:
        content = {**content, "as_of": "2026-08-10T18:00+07:00"}
    with TemporaryDirectory() as home:
        path = Path(home) / "p.json"
        path.write_text(json.dumps(content), encoding="utf-8")
        loads_or_reports(path)
