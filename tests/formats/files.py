"""A small sound problem as a folder, to be spoilt by the tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from harvest_planner.errors import Fault, ProblemFileError
from harvest_planner.formats.problems import load_problem

SOUND: dict[str, str] = {
    "problem.toml": """\
# what holds for all of it
as_of = 2026-08-10T18:00:00+07:00

[policy]
min_good_share = 0.5
horizon_days = 10
""",
    "orders.csv": """\
id,crop_id,quantity_kg,destination_id,deliver_until_at,price_vnd_per_kg,deliver_from_at,ripe_within_days,grade,certifications,may_split,state
o1,na-chi-lang,20,ha-noi,2026-08-14T18:00+07:00,65000,,0|2,A,VietGAP|GlobalG.A.P.,yes,firm
o2,plum,5,Cà Mau,2026-08-15T18:00:00+07:00,80000.5,2026-08-13T06:00Z,,,,,
o3,plum,7.5,town,2026-08-15T18:00+07:00,40000,,1|5,,,0,reserved
""",
    "batches.csv": """\
id,grower_id,crop_id,place_id,quantity_kg,stage_id,observed_on,last_spray_on,pre_harvest_interval_days,plot,certifications
b1,g1,na-chi-lang,chi-lang,60,S2,2026-08-10,unknown,unknown,"Đồi sau, phía ""tây""
nương mới",VietGAP|GlobalG.A.P.
b2,g2,plum,town,40,green,2026-08-09,2026-08-01,7,,
""",
    "growers.csv": """\
id,name,pick_capacity_kg_per_day,picks_from,picks_until,rest_days
g1,Nông Văn Thành,50,05:00,09:00,SU|2026-08-12
g2,Hoàng Thị Mơ,,06:30,08:15:30,
""",
    "places.csv": """\
id,latitude_deg,longitude_deg,ambient_degc
town,21.661,106.55,29
""",
    "lanes.csv": """\
id,origin_id,destination_id,departures,transit_p50_h,transit_p95_h
l1,chi-lang,ha-noi,FREQ=DAILY;BYHOUR=18;BYMINUTE=0;BYSECOND=0,20,36
l2,town,ca-mau,"FREQ=WEEKLY;BYDAY=MO,WE;BYHOUR=7;BYMINUTE=0;BYSECOND=0",44,80
""",
    "embargoes.csv": """\
carrier,goods,from_on,until_on
Swift,fresh-fruit,2026-08-12,2026-08-13
""",
    "commitments.csv": """\
order_id,batch_id,pick_on,kg
o3,b2,2026-08-11,7.5
""",
    "crops.toml": """\
[[crops]]
id = "plum"
name_vi = "Mận"
ready_at_d20 = 3.0
window_d20 = 2.0
reference_stage_id = "green"
temperature_law = {law = "arrhenius", ea_kj_per_mol = 60.0}

[[crops.stages]]
id = "green"
age_d20 = 0.0
sd_d20 = 1.0

[[crops]]
id = "plum-red"
like = "plum"
window_d20 = 2.5
""",
}


def file_name(keyword: str) -> str:
    """The file that a keyword stands for: orders_csv is orders.csv; a name with a point is itself."""
    return keyword if "." in keyword else ".".join(keyword.rsplit("_", 1))


def folder(home: Path, **changes: str | bytes | None) -> Path:
    """The sound folder; a change (orders_csv="…") replaces a file or adds one, None leaves it out."""
    texts: dict[str, str | bytes | None] = {**SOUND, **{file_name(name): text for name, text in changes.items()}}
    home.mkdir(exist_ok=True)
    for name, text in texts.items():
        if text is None:
            (home / name).unlink(missing_ok=True)
        else:
            (home / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return home


def faults_of(path: Path) -> list[Fault]:
    """What is wrong with the problem there; its message says each of it."""
    with pytest.raises(ProblemFileError) as caught:
        load_problem(path)
    assert all(str(fault) in str(caught.value) for fault in caught.value.faults)
    return list(caught.value.faults)


def edited(name: str, old: str, new: str) -> str:
    """A file of the sound folder with a text replaced, which must be there."""
    assert old in SOUND[name], (name, old)
    return SOUND[name].replace(old, new)
