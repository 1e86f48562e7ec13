"""What every picture shares: axes, colours that the colour-blind can tell apart, and its words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from harvest_planner.errors import MissingExtraError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Language = Literal["en", "vi"]

# Okabe & Ito 2008, Color Universal Design, https://jfly.uni-koeln.de/color/
SKY, GREEN, ORANGE, VERMILION, BLUE, GREY = "#56B4E9", "#009E73", "#E69F00", "#D55E00", "#0072B2", "#7F7F7F"
LINES = (BLUE, GREEN, ORANGE, VERMILION, SKY, "#CC79A7", "#000000")
"""Colours of lines that are told apart."""

_WORDS: dict[str, dict[Language, str]] = {
    "days": {"en": "days after picking", "vi": "số ngày sau khi hái"},
    "hours": {"en": "hours after picking", "vi": "số giờ sau khi hái"},
    "age": {"en": "age [d20]", "vi": "tuổi quả [d20]"},
    "air": {"en": "air", "vi": "không khí"},
    "pulp": {"en": "pulp", "vi": "ruột quả"},
    "degc": {"en": "temperature [°C]", "vi": "nhiệt độ [°C]"},
    "share": {"en": "share of the fruit", "vi": "phần quả"},
    "good_window": {"en": "good to eat", "vi": "ăn ngon"},
    "unripe": {"en": "not ripe yet", "vi": "chưa chín"},
    "good": {"en": "good to eat", "vi": "ăn ngon"},
    "past": {"en": "past its best", "vi": "quá chín"},
    "harmed": {"en": "harmed on the way", "vi": "bị hỏng dọc đường"},
    "mean_fruit": {"en": "mean fruit ± 1 sd", "vi": "quả trung bình ± 1 độ lệch chuẩn"},
    "delivered": {"en": "delivered", "vi": "giao hàng"},
    "per_hour": {"en": "probability of arriving, per hour", "vi": "xác suất đến nơi mỗi giờ"},
    "arrives": {"en": "local time at the destination", "vi": "giờ tại nơi nhận"},
    "departure": {"en": "departure", "vi": "giờ chạy"},
    "cutoff": {"en": "cut-off", "vi": "hạn gửi hàng"},
    "deadline": {"en": "deadline made", "vi": "kịp hạn giao"},
    "hours_to_median": {"en": "hours until half have arrived", "vi": "số giờ đến khi một nửa đã tới"},
    "from": {"en": "From", "vi": "Từ"},
    "promised": {"en": "promised share good", "vi": "tỷ lệ ngon đã hứa"},
    "simulated": {"en": "simulated share good", "vi": "tỷ lệ ngon khi mô phỏng"},
    "tenth": {"en": "a tenth of the shipments", "vi": "một phần mười số chuyến gửi"},
    "two_points": {"en": "within two points of a hundred", "vi": "lệch không quá hai điểm phần trăm"},
    "income": {"en": "income [million VND]", "vi": "thu nhập [triệu đồng]"},
    "arrives_good": {"en": "good", "vi": "còn ngon"},
    "plan": {"en": "the plan", "vi": "theo kế hoạch"},
    "market": {"en": "local market", "vi": "chợ địa phương"},
    "one_lead_time": {"en": "one lead time", "vi": "hái trước một số ngày chung"},
    "lead_time_by_region": {"en": "lead time by region", "vi": "hái trước theo miền"},
    "promise": {"en": "carrier's promise", "vi": "tin lời hứa nhà xe"},
    "mean": {"en": "means as truth", "vi": "lấy trung bình làm chắc"},
    "perfect_foresight": {"en": "perfect foresight", "vi": "biết trước mọi điều"},
    "accepted": {"en": "ages the buyer accepts at delivery", "vi": "tuổi quả người mua chấp nhận khi giao"},
}


def word(key: str, language: Language) -> str:
    """A word of the pictures.

    Raises
    ------
    ValueError : a language there is not.
    """
    if language not in ("en", "vi"):
        raise ValueError(f"language = {language!r}: needs en or vi")
    return _WORDS[key][language]


def axes_of(ax: Axes | None, size: tuple[float, float] = (7.0, 4.0)) -> Axes:
    """The axes given, or new ones of that size [inch].

    Raises
    ------
    MissingExtraError : matplotlib is not installed.
    """
    if ax is not None:
        return ax
    figure, made = subplots(1, 1, figsize=size)
    figure.set_layout_engine("constrained")
    found: Axes = made
    return found


def subplots(rows: int, columns: int, **options: Any) -> tuple[Figure, Any]:
    """A figure with axes, by pyplot, so that notebooks show it.

    Raises
    ------
    MissingExtraError : matplotlib is not installed.
    """
    try:
        from matplotlib import pyplot
    except ImportError:
        raise MissingExtraError("matplotlib", extra="notebook", needed_for="a picture") from None
    return pyplot.subplots(rows, columns, **options)
