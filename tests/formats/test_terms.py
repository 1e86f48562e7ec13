"""The words of Vietnamese sentences: one term for one thing, all in one catalogue, whole sentences only."""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

import harvest_planner as hp
from tests.formats.catalogue import LANGUAGES, section, sentences

SOURCE = Path(hp.__file__).parent
TEMPLATES = sorted((SOURCE / "formats" / "templates").glob("*.j2"))
# Where English says the one, Vietnamese says the other: the check list of terms.
TERMS = {
    r"pick(s|ed|ing)?": "hái",
    r"batch(es)?": "lô",
    r"lot": "mã lô",
    r"plots?": "vườn",
    r"growers?": "nhà vườn|hộ",
    r"team": "tổ",
    r"orders?": "đơn",
    r"box(es)?": "thùng",
    r"stage": "độ chín",
    r"ripe(ness)?": "chín",
    r"spray(ed)?": "phun thuốc",
    r"interval": "cách ly",
    r"tree": "cây",
    r"local market": "chợ địa phương",
    r"destinations?|goes": "nơi đến|gửi đi",
    r"refused?|refusals?|decline": "từ chối|ngừng nhận|không đáp ứng",
    r"cooperative": "hợp tác xã",
    r"lost": "hỏng",
    r"marketplace": "sàn",
    r"carriers?": "hãng",
    r"pick sheets?": "phiếu hái",
    r"sheets?": "phiếu",
}
# Other words for the same things, which would make two of one.
STRANGE = {
    "thu hoạch": "hái",
    "bẻ quả": "hái",
    "lứa": "lô",
    "mẻ": "lô",
    "nông hộ": "nhà vườn",
    "nông dân": "nhà vườn",
    "chủ vườn": "nhà vườn",
    "mảnh vườn": "vườn",
    "độ già": "độ chín",
    "rãnh": "kẽ gai",
    "kẽ mắt": "kẽ gai",
    "hộp": "thùng",
    "chợ quê": "chợ địa phương",
    "xịt thuốc": "phun thuốc",
    "cây trồng": "loại quả",
}
_MARKS = re.compile(r"\{\w+\}")
_CHAPTERS_WITHOUT_ACCENTS = {"sms"}


ENGLISH, VIETNAMESE = sentences("en"), sentences("vi")


def said(text: str) -> str:
    """The words of a sentence without its placeholders."""
    return _MARKS.sub(" ", text).casefold()


def without_accents(key: str) -> bool:
    return key.partition(".")[0] in _CHAPTERS_WITHOUT_ACCENTS


@pytest.mark.parametrize(("english", "vietnamese"), TERMS.items())
def test_one_thing_has_one_word(english: str, vietnamese: str) -> None:
    keys = [key for key, text in ENGLISH.items() if re.search(rf"\b({english})\b", said(text))]
    keys = [key for key in keys if not without_accents(key) and not key.startswith("workbook.")]
    assert keys, f"no English sentence says {english}"
    missing = {key: VIETNAMESE[key] for key in keys if not re.search(rf"\b({vietnamese})\b", said(VIETNAMESE[key]))}
    assert missing == {}


@pytest.mark.parametrize(("strange", "term"), STRANGE.items())
def test_no_second_word_for_the_same(strange: str, term: str) -> None:
    found = {key: text for key, text in VIETNAMESE.items() if re.search(rf"\b{strange}\b", said(text))}
    assert found == {}, f"say {term}"


@pytest.mark.parametrize("crop_id", ["na-chi-lang", "na-bo"])
def test_the_look_of_na_is_told_by_its_gaps(crop_id: str) -> None:
    for stage in hp.crop(crop_id).stages:
        assert stage.looks_vi is not None
        assert "kẽ gai" in stage.looks_vi.casefold()


def test_no_look_uses_a_second_word() -> None:
    looks = [stage.looks_vi or "" for crop_id in hp.crops() for stage in hp.crop(crop_id).stages]
    assert [text for text in looks for strange in ("kẽ mắt", "rãnh gai") if strange in text.casefold()] == []


def test_the_languages_are_files_with_the_same_keys_and_placeholders() -> None:
    for path in LANGUAGES.glob("*.po"):
        found = sentences(path.stem)
        assert section(path.stem, "language")["name"]
        assert found.keys() == ENGLISH.keys()
        # English tells some refusals by the planner's own sentence; a test of the words holds the rest.
        others = [key for key in found if not key.startswith("refusal")]
        assert {key: sorted(_MARKS.findall(found[key])) for key in others} == {
            key: sorted(_MARKS.findall(ENGLISH[key])) for key in others
        }


def test_vietnamese_has_its_accents() -> None:
    """Four words of Vietnamese in a row without one accented letter do not occur but in SMS."""
    for key, text in VIETNAMESE.items():
        plain = re.findall(r"[^\W\d_]+", said(text))
        if len(plain) >= 4 and not without_accents(key) and not key.endswith("_format"):
            assert any(unicodedata.normalize("NFD", word) != word or "đ" in word for word in plain), key


@pytest.mark.parametrize("language", ["en", "vi"])
def test_no_sentence_begins_or_ends_as_a_fragment(language: str) -> None:
    for key, text in sentences(language).items():
        assert text == text.strip(), key
        assert text, key
        assert not re.search(r"[,;→]$", text), key
        assert not re.search(r"^[.,;:]", text), key
        assert not re.search(r"\b(và|của|hoặc|and|of|or|the)$", text), key


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_holds_no_words_of_its_own(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    text = re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)
    assert not re.search(r"\{\{[^}]*(~|\+)[^}]*\}\}", text), "texts are joined in an expression"
    outside = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|<[^>]*>", " ", text, flags=re.DOTALL)
    assert re.findall(r"[^\W\d_]+", outside) == []


def test_no_code_joins_a_sentence_to_words() -> None:
    """What stands beside a sentence in an f-string, or is added to it, has no letters: a mark between two sentences."""
    joined = [
        (path.name, ast.unparse(node))
        for path in sorted([*SOURCE.glob("formats/**/*.py"), *SOURCE.glob("cli/*.py"), *SOURCE.glob("plot/*.py")])
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if _joins(node)
    ]
    assert joined == []


def _joins(node: ast.AST) -> bool:
    parts: list[ast.AST] = []
    if isinstance(node, ast.JoinedStr):
        parts = [*node.values]
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        parts = [node.left, node.right]
    says = any(map(_says, parts))
    return says and any(isinstance(part, ast.Constant) and re.search(r"[^\W\d_]", str(part.value)) for part in parts)


def _says(part: ast.AST) -> bool:
    value = part.value if isinstance(part, ast.FormattedValue) else part
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "say"


def test_vietnamese_stands_in_the_catalogue_alone() -> None:
    """No other file of what is told to people holds Vietnamese words; what is read from people knows them (…_in)."""
    found = [
        (path.name, text) for path in _tellers() for text in _texts(path) if re.search("[ăđơưạảấầẩẫậắằẳẵặẹẻẽế]", text)
    ]
    assert found == []


def _tellers() -> Iterator[Path]:
    for path in sorted([*SOURCE.glob("formats/**/*.py"), *SOURCE.glob("cli/*.py"), *SOURCE.glob("plot/*.py")]):
        if not {"orders_in", "reports_in"} & set(path.parts):
            yield path


def _texts(path: Path) -> Iterator[str]:
    """The texts of a module's code, its docstrings left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.value
