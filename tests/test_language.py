"""One catalogue has the Chinese of every text, and texts speak the language in use."""

import re
import subprocess
import sys
from string import Formatter

import pytest

from entryscore import language
from entryscore.language import catalogue, own_name, say, translated, using
from entryscore.naming import text_width
from entryscore.page.words import WORDS, words
from entryscore.partners.ecosystem import Capability
from entryscore.problems import Problem
from entryscore.wording import wrapped
from tests.templates import has_words, in_data, in_source, placeholders

HAN = re.compile(r"[\u4e00-\u9fff]")
SAME = {"r", "tau b", "0-1", "0-100", "1-5", "%", "alpha"}  # figures and Greek: no Chinese needed


def test_the_source_is_read():
    found = in_source()
    assert len(found) > 1000
    assert {"no such file", "{text!r} is no setting", "top {n}"} - found.keys() == {
        "{text!r} is no setting"
    }
    assert "all weights under {parent} are 0" in found  # of a problem, and of a formula


def test_no_text_lacks_a_translation():
    known = catalogue("zh")
    texts = {text: where for text, where in in_source().items() if has_words(text)}
    missing = {text: texts.get(text, "data") for text in [*texts, *in_data()] if text not in known}
    assert missing.keys() <= SAME


def test_every_translation_is_of_a_text_and_fills_in_the_same():
    texts = in_source().keys() | in_data()
    for english, chinese in catalogue("zh").items():
        assert english in texts
        assert placeholders(english) == placeholders(chinese), english
        assert HAN.search(chinese) or english in SAME or not has_words(english), english


def test_formats_of_numbers_are_kept():
    def formats(template):
        parts = Formatter().parse(template)
        return {(name, spec, conversion) for _, name, spec, conversion in parts if name}

    for english, chinese in catalogue("zh").items():
        assert formats(english) == formats(chinese), english


def test_a_text_that_is_not_known_stays_english():
    with using("zh"):
        assert say("a text of {whom}", whom="nobody") == "a text of nobody"


def test_language_holds_within_its_block():
    problem = Problem("Markets!A2", "the code is missing", "type a code, or empty the row")
    english = str(problem)
    with using("zh"):
        assert str(problem) == "Markets!A2: 缺少代碼 (請填入代碼，或清空該列)"
        with using("en"):
            assert str(problem) == english
        with pytest.raises(ZeroDivisionError), using("en"):
            1 / 0  # noqa: B018
        assert language.current() == "zh"
    assert language.current() == "en"
    assert english == "Markets!A2: the code is missing (type a code, or empty the row)"


def test_names():
    both, one = Capability("a", "Reach", "渠道"), Capability("b", "Trust")
    assert (own_name(both), own_name(one)) == ("Reach", "Trust")
    with using("zh"):
        assert (own_name(both), own_name(one)) == ("渠道", "Trust")


def test_words_of_the_page():
    assert words() == WORDS
    with using("zh"):
        assert {key for key, text in words().items() if not HAN.search(text)} == set()


def test_the_catalogue_is_loaded_only_when_asked_for():
    script = (
        "import entryscore.cli, entryscore.output, entryscore.report\n"
        "from entryscore.language import catalogue, say\n"
        "say('no such file')\n"
        "assert not catalogue.cache_info().currsize\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


LONG = "名次在其範圍之外，因此這些名次（見下）恰恰取決於現行設定：BWA 3 (6–27)、NAM 21，另有 3 個。"


@pytest.mark.parametrize("width", [20, 33, 60])
def test_chinese_is_wrapped_by_its_width(width):
    with using("zh"):
        lines = wrapped(LONG, width, "- ", "  ")
    assert len(lines) > 1
    assert all(text_width(line) <= width + 2 for line in lines)  # a closing sign may hang
    assert all(line[2] not in "，。：、）" for line in lines)
    assert not any(line.endswith("（") for line in lines)
    joined = "".join(line[2:] for line in lines)
    assert joined.replace(" ", "") == LONG.replace(" ", "")


def test_english_is_wrapped_at_words():
    assert wrapped("one two three", 9, "- ", "  ") == ["- one two", "  three"]
    assert translated("one two three") == "one two three"
