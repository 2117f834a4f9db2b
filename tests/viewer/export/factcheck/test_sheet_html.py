"""The sheet as one HTML file: it asks for nothing, keeps its ticks, and what it holds comes back as it was."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from html import unescape
from pathlib import Path

import pytest
from msgspec.structs import replace

from layers.errors import InvalidValue, TooLarge
from layers.product.factcheck.fact_rows import SPEAKER
from layers.product.factcheck.kept_texts import KeptQuotes, KeptText
from layers.product.factcheck.ticked_file import MOST_BYTES, is_sheet, read_sheet, sheet_in
from tests.support.browser import browser
from tests.support.driven_browser import Browser
from tests.viewer.export.factcheck.conftest import HOSTILE, QUOTE, SHEET, fact
from viewer.export.factcheck.sheet_html import sheet_html


@pytest.fixture
def page() -> str:
    return sheet_html(SHEET, "pumps-check.html")


def ticked(page: str, facts: Mapping[str, object], checker: str = "C. Checker") -> str:
    data = json.dumps({"checker": checker, "at": "2026-05-02T00:00:00Z", "facts": facts}).replace("<", "\\u003c")
    return page.replace('id="ticks">{}<', f'id="ticks">{data}<')


def test_what_was_asked_and_ticked_comes_back(page: str) -> None:
    first, second, third = SHEET.facts
    marks = {second.key: {"ticked": True, "remark": "page 4"}, first.key: {"ticked": False}}
    sheet = sheet_in(ticked(page, marks), "x.html")
    assert (sheet.title, sheet.product_uuid, sheet.checker) == ("Pumps", "p-1", "C. Checker")
    assert [row.key for row in sheet.facts] == [first.key, second.key, third.key]
    assert [row.is_unsourced for row in sheet.facts] == [True, False, False]
    assert [row.digest for row in sheet.facts] == [first.digest, second.digest, third.digest]
    assert [row.is_ticked for row in sheet.facts] == [False, True, False]
    assert sheet.facts[1].remark == "page 4"
    assert sheet.facts[2].words == HOSTILE
    assert [(row.table, row.uuid, row.rev, row.digest) for row in sheet.subjects] == [
        ("claims", "c-1", 4, "0123456789abcdef")
    ]


def test_words_of_a_case_stay_words(page: str) -> None:
    assert "<img" not in page
    assert page.count("<script") == 3
    assert page.count("</script>") == 3
    assert 'href="javascript' not in page
    assert 'href="https://example.org/report?a=1&amp;b=2"' in page
    for words in ("INTERNAL", "TLP:AMBER", "page 1, claims", "A. Author", "3 February 2020, caption", "p. 4"):
        assert words in page
    assert "Blocked, let pass [scale-bar, map 1]: None. Reason: The client draws it. (B. Second, 2026-05-01)" in page


def test_no_policy_lets_it_ask_for_anything(page: str) -> None:
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for tag, rule in (("style", "style-src"), ("script", "script-src")):
        (text,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{rule} 'sha256-{digest}'" in policy
    assert not re.search(r"fetch\(|XMLHttp|sendBeacon|WebSocket|import\(", page)
    assert re.findall(r'(?:src|action)="([^"]*)"', page) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html>a page</html>",
        '<script type="application/json" id="sheet">{}</script>',
        '<script type="application/json" id="sheet">[]</script><script type="application/json" id="ticks">{}</script>',
        '<script type="application/json" id="sheet">{"kind": 3}</script>'
        '<script type="application/json" id="ticks">{"facts": NaN}</script>',
        '<script type="application/json" id="sheet">' + "[" * 100_000,
        '<script type="application/json" id="sheet">{"a":' + "[" * 100_000 + "</script>",
    ],
)
def test_anything_else_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        sheet_in(text, "x.html")
    assert caught.value.sentence == (
        "“x.html” is no fact-check sheet of Geoloupe, or its end is missing: save it again in the browser."
    )


def test_two_answers_in_one_file_are_refused(page: str) -> None:
    again = '<script type="application/json" id="ticks">{}</script>'
    with pytest.raises(InvalidValue):
        sheet_in(page.replace("</body>", f"{again}</body>"), "x.html")


@pytest.mark.parametrize(
    "marks",
    ['{"facts": []}', '{"facts": {"KEY": 3}}', '{"facts": {"KEY": {"ticked": "yes", "remark": {}}}, "checker": []}'],
)
def test_odd_members_count_as_not_stated(page: str, marks: str) -> None:
    text = page.replace('id="ticks">{}<', f'id="ticks">{marks.replace("KEY", SHEET.facts[0].key)}<')
    sheet = sheet_in(text, "x.html")
    assert (sheet.ticked, sheet.checker, sheet.facts[0].remark) == (0, "", "")


def test_texts_of_a_stranger_are_plain_and_short(page: str) -> None:
    marks = {SHEET.facts[0].key: {"ticked": True, "remark": "a\u202eb\x00c\n" + "x" * 10_000}}
    sheet = sheet_in(ticked(page, marks, "C.\n Checker" + "y" * 500), "x.html")
    assert sheet.facts[0].remark.startswith("a b c xxx")
    assert len(sheet.facts[0].remark) == 2000
    assert len(sheet.checker) == 80


def test_a_file_is_known_by_its_head_and_read_whole_only_up_to_a_limit(page: str, tmp_path: Path) -> None:
    path = tmp_path / "sheet.html"
    path.write_text(page, "utf-8")
    assert is_sheet(path)
    assert read_sheet(path).title == "Pumps"
    other = tmp_path / "other.html"
    other.write_text("<!doctype html><title>x</title>", "utf-8")
    assert not is_sheet(other)
    assert not is_sheet(tmp_path / "none.html")
    path.write_bytes(page.encode() + b" " * MOST_BYTES)
    with pytest.raises(TooLarge):
        read_sheet(path)


# -- in a browser ------------------------------------------------------------------------------------------------------

_HAND = """
<script>addEventListener("load", () => {
  const box = document.querySelector('input[data-key="KEY"]');
  const remark = document.querySelector('textarea[data-key="KEY"]');
  const name = document.getElementById("checker");
  const save = HTMLAnchorElement.prototype.click;
  HTMLAnchorElement.prototype.click = function () { document.body.dataset.file = this.download; };
  if (!name.value) {
    box.click();
    for (const [field, words] of [[remark, "seen </script> on page 4"], [name, "C. Checker"]]) {
      field.value = words;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    document.getElementById("save").click();
  } else {
    const said = document.getElementById("said").textContent;
    document.body.dataset.told = JSON.stringify([box.checked, remark.value, name.value, said]);
  }
});</script>
"""


@pytest.mark.bounded
def test_ticks_survive_closing_and_the_file_comes_home(page: str, tmp_path: Path) -> None:
    """Chromium ticks a fact, as a hand does, and saves; the saved text is opened anew, in another profile."""
    key = SHEET.facts[1].key
    hand = _HAND.replace("KEY", key).replace("</script> on", "<\\/script> on")
    allowed = re.sub(r"script-src 'sha256-[^']*'", "script-src 'unsafe-inline'", page)
    path = tmp_path / "sheet.html"
    path.write_text(allowed.replace("</body>", f"{hand}</body>"), "utf-8")
    saved, asked = browser("--dump-dom", path.as_uri())
    assert asked == []
    assert 'data-file="pumps-check-ticked-by-c-checker.html"' in saved, "told from the blank sheet, and from others"
    sheet = sheet_in(saved, "sheet.html")
    assert [row.is_ticked for row in sheet.facts] == [False, True, False]
    assert (sheet.checker, sheet.facts[1].remark) == ("C. Checker", "seen </script> on page 4")
    path.write_text(saved, "utf-8")
    again, _ = browser("--dump-dom", path.as_uri())
    (told,) = re.findall(r'data-told="([^"]*)"', again)
    assert json.loads(unescape(told)) == [True, "seen </script> on page 4", "C. Checker", "1 of 3 ticked"]


def test_what_the_kept_text_has_otherwise_is_told_as_loudly_as_a_difference() -> None:
    kept = KeptQuotes({"q-1": [KeptText("a.txt", QUOTE.replace("12", "13"))]}).answers("q-1", QUOTE)
    (source,) = fact("12 pumps", 1).stands_on
    page = sheet_html(
        replace(SHEET, facts=(replace(fact("12 pumps", 1), stands_on=(source._replace(kept=kept),)),)), "x.html"
    )
    assert '<p class="kept differs">Kept text: not so. quote has “12”, kept text “13”.' in page
    assert "Quoted otherwise than the kept text (1)" in page


@pytest.mark.bounded
def test_its_own_policy_lets_its_own_script_run(page: str, tmp_path: Path) -> None:
    path = tmp_path / "sheet.html"
    path.write_text(page, "utf-8")
    shown, asked = browser("--dump-dom", path.as_uri())
    assert "0 of 3 ticked" in shown
    assert asked == []


_SAID = "document.getElementById('said').textContent"


@pytest.mark.bounded
@pytest.mark.timeout(120)
def test_a_tick_without_a_source_counts_once_a_remark_says_where_the_fact_was_found(page: str, tmp_path: Path) -> None:
    path = tmp_path / "sheet.html"
    path.write_text(page, "utf-8")
    key = SHEET.facts[0].key
    with Browser() as chromium:
        chromium.show(path, 768)
        chromium.value(f"document.querySelector('input[data-key=\"{key}\"]').click()")
        assert chromium.value(_SAID).startswith("0 of 3 ticked; 1 without a source needs a remark")
        assert not chromium.value("document.querySelector('.wants').hidden")
        assert chromium.violations() == []
        chromium.picture(tmp_path / "wants.png")
        chromium.value(
            f"(() => {{ const field = document.querySelector('textarea[data-key=\"{key}\"]');"
            " field.value = 'the annual report, p. 4'; field.dispatchEvent(new Event('input', { bubbles: true })); })()"
        )
        assert chromium.value(_SAID).startswith("1 of 3 ticked,")
        assert chromium.value("document.querySelector('.wants').hidden")


@pytest.mark.bounded
@pytest.mark.timeout(120)
def test_axe_finds_nothing_and_nothing_is_cut_on_a_phone(page: str, tmp_path: Path) -> None:
    path = tmp_path / "sheet.html"
    path.write_text(page, "utf-8")
    with Browser() as chromium:
        for width, dark in ((360, False), (768, True), (1440, False), (1440, True)):
            chromium.show(path, width, dark=dark)
            assert chromium.violations() == [], (width, dark)
            assert chromium.value("document.documentElement.scrollWidth") <= width
            chromium.picture(tmp_path / f"{width}-{dark}.png")


def test_a_sheet_without_facts_says_so() -> None:
    page = sheet_html(replace(SHEET, facts=(), carried=SHEET.facts, since="2026-05-01"), "x.html")
    assert "Nothing has changed since the earlier sheet." in page
    assert "3 facts as before are not listed, 3 of them not ticked there." in page, "else nobody would check them"
    done = frozenset(fact.key for fact in SHEET.facts)
    page = sheet_html(replace(SHEET, facts=(), carried=SHEET.facts, since="2026-05-01", done=done), "x.html")
    assert "3 facts as before are not listed." in page
    assert [row.is_carried for row in sheet_in(page, "x.html").facts] == [True, True, True]


def test_what_was_ticked_on_the_first_sheet_counts_on_the_second() -> None:
    first, second, third = SHEET.facts
    page = sheet_html(replace(SHEET, facts=(first,), carried=(second, third), done=frozenset({second.key})), "x.html")
    sheet = sheet_in(ticked(page, {third.key: {"ticked": True}}), "x.html")
    assert [fact.is_ticked for fact in sheet.facts] == [False, True, False], "no mark of this file ticks an old fact"
    assert sheet.ticked == 0


def test_altered_words_and_a_lost_not_are_named_and_one_quote_stands_once() -> None:
    words = "has delivered", "has not delivered 15 pumps", "has not delivered 15 pumps to Boreal"
    rows = [replace(fact(each, at), is_quoted=True) for at, each in enumerate(words, 1)]
    page = sheet_html(replace(SHEET, facts=(*rows, replace(fact("two clerks", 4, uuid="c-2"), kind=SPEAKER))), "x.html")
    assert "In quotation marks, but not so in the quote (2)" in page
    assert "A “not” in one, and none in the other (1)" in page
    assert "Page says “15”, source says “12”" in page
    assert "Source has “not”, which the page leaves out" in page
    assert "; check for a “not”: the quote has one, the page has none" in page
    assert "The quote does not hold its speaker: find in the source who says it." in page
    assert "Other words than those they stand on: #1, #2, #3." in page
    assert page.count("<blockquote>Aurora Ltd. has not") == 3, "once for two facts of one claim and group"
