"""`--lang zh`: whole outputs, and what stays as it is."""

import json
import re
from pathlib import Path

import pytest

from entryscore import language, resources
from tests.templates import has_words

ENGLISH = re.compile(r"(?<![\w`.-])[A-Za-z]?[a-z]{2,} [a-z]{2,} [a-z]{2,}")  # three words of it
BOOKS = Path(__file__).parents[1] / "workbooks"
BAD = [
    ["code", "name", "group", "growth", "cost"],
    ["AAA", "Alpha", "North", "many", 10],
    ["AAA", "Beta", "North", 3, 20],
    ["CCC", "Gamma", "South", 5, "n/a"],
    ["DDD", "Delta", "South", 6, 30],
]
CHECKED = """\
Markets!D2: 'many' 不是數字 (請填入數字，或將儲存格留空)
Markets!A3: 市場 'AAA' 已在 A2 出現 (請刪去兩列之一)
warning: Markets: 市場少於 8 個（3）：由數據得出的標度只建立在少數數值之上
warning: Markets!E4: cost：'n/a' 讀作缺失：E4
"""
SCORED = """\
排名
4 個市場中有 3 個有排名

名次  代碼  名稱   組別   得分  範圍   size   ease  覆蓋率
   1  BBB   =Beta  North  58.3   1–2   50.0   66.7    100%
   2  AAA   Alpha  North  50.0   2–3    0.0  100.0    100%
   2  CCC   中国   South  50.0   2–3  100.0    0.0    100%
   –  DDD   Delta  South               25.0            50%

沒有排名（1）：數據太少（得分或覆蓋率） [DDD]
範圍：所述假設下的名次範圍，1000 次抽樣的 5 至 95 %（種子 1）。權重：\
在每一層，各在所定份額的 ±25% 之內；聚
合：算術或幾何；缺失：有排名的市場沒有缺失數值，因此無須抽樣。
"""


@pytest.fixture
def strict(monkeypatch):
    """Templates asked for that the catalogue lacks."""
    missing = []

    class Strict(dict):
        def get(self, template, default=None):
            if template not in self and has_words(template):
                missing.append(template)
            return super().get(template, default)

    known = Strict(language.catalogue("zh"))
    monkeypatch.setattr(language, "catalogue", lambda _: known)
    return missing


def test_check(run, tmp_path, write_book):
    book = write_book(tmp_path / "bad.xlsx", Markets=BAD)
    got = run("check", book, "--lang", "zh")
    assert got.exit_code == 1
    assert got.stdout == CHECKED
    answer = json.loads(run("check", book, "--lang", "zh", "--format", "json").stdout)
    assert answer["problems"][0] == {
        "cell": "Markets!D2", "message": "'many' 不是數字", "hint": "請填入數字，或將儲存格留空",
    }  # fmt: skip


def test_score(run, book):
    got = run("score", book, "--lang", "zh")
    assert got.exit_code == 0
    assert got.stdout == SCORED
    assert got.stderr.startswith("warning: Markets: 市場少於 8 個（4）：")


def test_what_programs_read_is_the_same(run, book):
    for words in (("--format", "csv"), ("--format", "json")):
        english, chinese = (run("score", book, *words, "--lang", x).stdout for x in ("en", "zh"))
        if words[1] == "csv":
            assert chinese == english
        else:
            one, other = json.loads(english), json.loads(chinese)
            assert one.keys() == other.keys()
            assert [m.keys() for m in one["markets"]] == [m.keys() for m in other["markets"]]
            same = one.keys() - {"warnings", "assumptions", "held"}
            assert {key: one[key] for key in same} == {key: other[key] for key in same}


def test_environment_and_what_ends_a_run(run, monkeypatch, tmp_path):
    monkeypatch.setenv("ENTRYSCORE_LANG", "zh")
    got = run("score", tmp_path / "no.xlsx")
    assert got.exit_code == 1
    assert got.stderr == f"{tmp_path}/no.xlsx: 沒有這個檔案 (請檢查名稱與資料夾)\n"
    assert run("score", tmp_path / "no.xlsx", "--lang", "en").stderr.endswith(
        "no such file (check the name and the folder)\n"
    )
    assert language.current() == "en"


def test_another_language_is_wrong_usage(run, book):
    assert run("score", book, "--lang", "fr").exit_code == 2


@pytest.mark.parametrize("path", sorted(BOOKS.glob("*/*.xlsx")), ids=lambda p: p.stem)
def test_messages_stand_at_the_same_cells(path, run, strict):
    english, chinese = (
        json.loads(run("check", path, "--format", "json", "--lang", lang).stdout)
        for lang in ("en", "zh")
    )
    for kind in ("problems", "warnings"):
        assert [x["cell"] for x in chinese[kind]] == [x["cell"] for x in english[kind]]
        told = [x[part] for x in chinese[kind] for part in ("message", "hint")]
        assert [text for text in told if ENGLISH.search(text)] == []
    assert strict == []


COMMANDS = (
    ("check",), ("score", "--partners"), ("score", "--scenario", "base", "--scenario", "even"),
    ("partners",), ("partners", "CHN", "--deadline", "9"), ("partners", "CHN", "--budget", "5"),
    ("robustness", "--draws", "30"), ("analyse", "--market", "CHN", "--against", "missing=zero"),
    ("explain", "CHN"), ("explain", "CHN", "--against", "BRA"), ("explain", "ABW"),
    ("tune", "--method", "pca"), ("tune", "--method", "equal_importance"),
)  # fmt: skip


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    """The example with a scenario, and without English names of its own."""
    from openpyxl import load_workbook

    book = load_workbook(resources.template("example.xlsx"))
    book["Scenarios"].append(["even", "risk", 0.5])
    for row in book["Settings"].iter_rows():
        if row[0].value == "title":
            row[1].value = "示例"
        if row[0].value == "draws":
            row[1].value = 50
    for place, row in enumerate(book["Markets"].iter_rows(min_row=2)):
        row[1].value, row[2].value = row[0].value, "甲乙丙"[place % 3]
    path = tmp_path_factory.mktemp("lang") / "example.xlsx"
    book.save(path)
    return path


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_no_sentence_is_left_in_english(words, run, strict, example):
    command, *rest = words
    got = run(command, example, *rest, "--lang", "zh")
    assert got.exit_code in (0, 2)
    assert strict == []
    lines = [*got.stdout.splitlines(), *got.stderr.splitlines()]
    assert lines
    told = [line for line in lines if not line.startswith(("Usage", "Try"))]
    assert [line for line in told if ENGLISH.search(line)] == []


def test_indicators_and_init(run, strict, tmp_path):
    from openpyxl import load_workbook

    assert "新興市場評估" in run("indicators", "--lang", "zh").stdout
    assert "互聯網普及率" in run("indicators", "emerging_market", "--lang", "zh").stdout
    got = run("init", tmp_path / "new.xlsx", "--lang", "zh")
    assert got.stdout.startswith(f"已寫出 {tmp_path}/new.xlsx。")
    book = load_workbook(tmp_path / "new.xlsx")
    assert book["How to"]["A1"].value == "如何填寫本工作簿"
    assert book["Markets"]["E1"].comment.text.startswith("人口（代替潛在用戶基礎）\n人\n")
    assert book["Settings"]["B2"].value == "開放數據下的新興市場（示例，非建議）"
    assert strict == []


def test_pictures_of_partners(run, example, tmp_path):
    for ending in (".svg", ".mmd"):
        path = tmp_path / f"graph{ending}"
        assert run("partners", example, "CHN", "--graph", path, "--lang", "zh").exit_code == 0
        assert "政府機構" in path.read_text(encoding="utf-8")
