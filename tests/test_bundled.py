"""The bundled catalogues against the tables they were made of."""

import csv
from pathlib import Path

import pytest

from entryscore.bundled import catalogue_names, load_catalogue, read_catalogue
from entryscore.problems import UsageError
from entryscore.tree import build_tree
from tests.shared import SHARED, needs_shared


def seed(name: str) -> list[dict[str, str]]:
    with (SHARED / "seed" / name).open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


@needs_shared
def test_the_documents_whole_model_is_there() -> None:
    catalogue = load_catalogue("emerging_market")
    rows = [row for row in seed("indicators.csv") if row["layer"] != "post_entry_kpi"]
    assert set(catalogue.codes) == {row["indicator_id"] for row in rows}
    for row in rows:
        ours = catalogue[row["indicator_id"]]
        assert ours.sign == (-1 if row["direction"] == "-" else 1), ours.code
        assert (ours.name, ours.name_zh) == (row["name_en"], row["name_zh"])
        assert ours.evidence == row["quote_zh"]
        scored = row["layer"] in ("score", "risk")
        assert ours.scored == scored
        if scored:
            assert ours.parent == row["pillar"]
            assert ours.weight == float(row["weight_proposal"])
    pillars = {p.code: (p.parent, p.weight) for p in catalogue.pillars}
    assert pillars == {
        row["code"]: (row["parent"] or "index", float(row["weight_proposal"]))
        for row in seed("pillars.csv")
    }


def test_counts() -> None:
    whole = load_catalogue("emerging_market")
    assert sum(i.scored for i in whole.indicators) == 42 + 13
    assert sum(i.role == "info" for i in whole.indicators) == 15
    public = load_catalogue("emerging_market_public")
    assert 10 <= sum(i.scored for i in public.indicators) <= 14


@pytest.mark.parametrize("name", catalogue_names())
def test_every_indicator_is_described(name: str) -> None:
    catalogue = load_catalogue(name)
    for indicator in catalogue.indicators:
        assert indicator.name, indicator.code
        assert indicator.name_zh, indicator.code
        assert indicator.unit, indicator.code
        assert indicator.source, indicator.code
        assert ";" not in indicator.unit + indicator.source
    tree = build_tree(catalogue)
    assert [tree.codes[n] for n in tree.children[0]] == ["attractiveness", "ease", "risk"]
    assert set(tree.codes) >= {i.code for i in catalogue.indicators if i.scored}


def test_proxies_stand_for_indicators_of_the_whole_model() -> None:
    whole = load_catalogue("emerging_market")
    for indicator in load_catalogue("emerging_market_public").indicators:
        if indicator.scored:
            assert indicator.proxy_for in whole.codes
        if "proxy" in indicator.name:
            assert indicator.proxy_for


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="did you mean 'emerging_market'"):
        load_catalogue("emerging_markt")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('directon = "higher_is_better"', "did you mean 'direction'"),
        ('direction = "up"', "direction 'up'"),
        ('parent = "nowhere"', "unknown parent"),
        ('gate = "big"', "a: gate 'big': not a condition"),
        ("gate = 3", "gate 3 is not text"),
        ("role = 3", "role 3 is not text"),
        ('weight = "x"', "weight 'x' is not a number"),
        ("weight = nan", "weight nan is not a number"),
        ("weight = -1", "weight -1 is negative"),
        ("target = true", "target True is not a number"),
        ('scale_by = "nowhere"', "unknown scale_by 'nowhere'"),
        ('panel = "cagrr"', "did you mean 'cagr'"),
        ('panel_of = "nowhere"', "a: no panel_of 'nowhere'"),
        ('panel_of = "a"', "a: no panel_of 'a'"),
        ('name = "a"\nname = "b"', "overwrite"),
        ('[[indicators]]\ncode = "a"', "a: the code is there twice"),
        ('[[indicators]]\nname = "b"', "has no code"),
        ('[[indicators]]\ncode = "rank"', "rank: the code is reserved"),
        ('[settings]\ntreatmnt = "auto"', "did you mean 'treatment'"),
        ('[settings]\ntreatment = "autoo"', "treatment 'autoo'"),
        ('[[pillars]]\ncode = "p"\nparent = "p"', "p: its parents form a cycle"),
    ],
)
def test_the_reader_is_strict(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "c.toml"
    path.write_text(f'title = "t"\ntitle_zh = "t"\n[[indicators]]\ncode = "a"\n{line}\n')
    with pytest.raises(ValueError, match=said):
        read_catalogue(path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('title = "t"\n[[indicators]]\ncode = "a"', "title_zh is missing"),
        ('title = "t"\ntitle_zh = "t"', "indicators is missing"),
        ('title = "t"\ntitle_zh = "t"\nindicators = 3', "indicators: write each as a table"),
        ('title = "t"\ntitle_zh = "t"\nmarkets = "contries"\nindicators = []', "'contries'"),
    ],
)
def test_the_top_of_a_catalogue_is_checked(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "c.toml"
    path.write_text(text)
    with pytest.raises(ValueError, match=said):
        read_catalogue(path)
