"""The report in a real browser: wide and narrow, by keyboard and mouse, printed, without a request or a finding."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtGui import QImage

import sample_data
from tests.support.browser import browser
from tests.support.command_line import run_python
from tests.support.driven_browser import Browser
from tests.support.qgis.peers import need
from viewer.export.data.exported import DataExport
from viewer.export.data.picture_bytes import png_bytes
from viewer.export.data.report import report_html

pytestmark = pytest.mark.bounded

WIDTHS = (360, 768, 1440)
MOST_PAGES = 8
_COVERED = """
[...document.querySelectorAll(
    ".under button, .under .bar-words, .here, .how, .legend li, figcaption, h3, .words, .answer")]
  .filter(one => one.checkVisibility())
  .filter(one => {
    one.scrollIntoView({ block: "center" });
    const box = one.getBoundingClientRect();
    if (!box.width || !box.height) return false;
    const top = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height / 2, 300));
    return !(top && (one.contains(top) || top.contains(one)));
  }).map(one => one.className + ": " + one.textContent.slice(0, 60))
"""
"""What is on the page and is covered by something else in its middle."""
_DETAILS = "[...document.querySelectorAll('.detail')].filter(one => one.checkVisibility()).length"
_BAR = """
(() => {
  const figure = document.querySelector(".map"), box = figure.querySelector(".box");
  const ground = figure.querySelector(".ground");
  const { a, e, f } = new DOMMatrix(ground.style.transform), steps = Number(figure.dataset.steps);
  const wide = box.clientWidth, high = box.clientHeight, page = figure.querySelector(".still").viewBox.baseVal.width;
  const middle = [(wide / 2 - e) / a / wide, (high / 2 - f) / a / high];
  const [column, row] = middle.map(one => Math.round(one * (steps - 1)));
  const metres = JSON.parse(figure.dataset.scale)[row * steps + column][0] * page / (wide * a);
  return [figure.querySelector(".live-bar").getBoundingClientRect().width * metres,
          figure.querySelector(".bar-words").textContent];
})()
"""
"""The length of the scale bar by the scale at the nearest of the places at which it is known, and its words."""
_SIGNS = """
(() => {
  const live = [...document.querySelector(".live").children], signs = live.filter(one => one.matches("a, .many"));
  const boxes = signs.map(one => {
    const parts = [...one.querySelectorAll("rect, circle, use")].map(part => part.getBoundingClientRect());
    const side = (name, most) => most(...parts.map(part => part[name]));
    const box = [side("left", Math.min), side("top", Math.min), side("right", Math.max), side("bottom", Math.max)];
    return [one.matches(".claimed"), box];
  });
  return [boxes, document.querySelectorAll(".live .foot").length];
})()
"""
"""Of each sign on the map, from the lowest: whether it is of a mark named in a claim, and its box; and the number of
those that stand beside their places.
"""
_ON_PICTURE = """
[...document.querySelectorAll(".pair .stamp")].filter(one => !one.closest("figure + figure .ruler")).map(one => {
  const { left, right, top, bottom } = one.getBoundingClientRect();
  return [one.innerText.replace(/\\s+/g, " ").trim(), left, right, top, bottom];
})
"""
"""The words that stand on compared pictures, each with its left, right, upper and lower side."""
_ZOOM = "new DOMMatrix(document.querySelector('.ground').style.transform).a"


@pytest.fixture(scope="module")
def shown() -> Iterator[Browser]:
    with Browser() as driven:
        yield driven


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("demo") / "demo.html"
    words = ("-m", "viewer", "export", sample_data.path("demo.gpkg"), "--out", out)
    done = run_python(*words, cwd=out.parent, timeout=150)  # nine seconds of work, on a machine that others use too
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture
def compared(export: DataExport, tmp_path: Path) -> Path:
    """A report with a comparison of a red and a blue image."""
    sides = []
    for side, color in zip(export.overlays, (0xC00000, 0x0000C0), strict=True):
        picture = QImage(600, 400, QImage.Format.Format_RGB32)
        picture.fill(color)
        scale = {"bar": "5 km", "bar_part": 0.25, "north": -3.0}
        sides.append(replace(side, data=png_bytes(picture), size=(600, 400), stretch="same stretch as Before", **scale))
    path = tmp_path / "compared.html"
    path.write_text(report_html(replace(export, overlays=tuple(sides))), "utf-8")
    return path


@pytest.mark.parametrize("dark", [False, True])
def test_nothing_is_covered_or_cut_at_any_width_and_axe_finds_nothing(
    shown: Browser, demo: Path, compared: Path, dark: bool
) -> None:
    for page in (demo, compared):
        for width in WIDTHS:
            shown.show(page, width, dark=dark)
            assert shown.value("document.documentElement.scrollWidth") <= width
            assert shown.value(_COVERED) == []
            assert shown.violations() == []
    assert shown.requests == []
    assert shown.errors == []


def test_the_line_below_the_map_is_as_wide_as_the_map(shown: Browser, demo: Path) -> None:
    """The scale bar of a page without script is a share of that line."""
    for width in WIDTHS:
        shown.show(demo, width)
        wide, below = shown.value("['.box', '.under'].map(one => document.querySelector(one).clientWidth)")
        assert wide == below > 0, width


def test_axe_and_the_search_for_requests_look_at_the_page(shown: Browser, demo: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.html"
    broken.write_text(re.sub('alt="Map[^"]*"', "", demo.read_text("utf-8")), "utf-8")
    shown.show(broken, 768)
    assert [name for name, _element in shown.violations()] == ["image-alt"]
    with Browser() as other:
        asking = tmp_path / "asking.html"
        asking.write_text('<img src="http://example.org/x.png">')
        other.show(asking, 768)
        assert other.requests


def test_the_page_refuses_what_is_not_its_own(shown: Browser, demo: Path, tmp_path: Path) -> None:
    """Markup that came in by a text would run no script and fetch nothing: the page's own policy forbids both."""
    spoiled = tmp_path / "spoiled.html"
    hostile = '<img src="http://example.org/x.png"><script>document.title = "taken"</script>'
    spoiled.write_text(demo.read_text("utf-8").replace("</header>", f"{hostile}</header>"), "utf-8")
    with Browser() as other:
        other.show(spoiled, 768)
        assert other.value("document.title") == "What was reported: China and Russia, April 2024"
        assert len(other.errors) >= 2, "both are refused aloud"
        assert not [address for address in other.requests if "example.org" in address]


def test_the_map_is_zoomed_and_moved_by_keys(shown: Browser, demo: Path) -> None:
    shown.show(demo, 360)
    shown.value("document.querySelector('.box').focus()")
    assert shown.value(_ZOOM) == 1
    parted = shown.value("document.querySelectorAll('.live a').length")
    shown.press("+", times=4)
    assert shown.value(_ZOOM) == pytest.approx(1.6**4)
    before = shown.value("document.querySelector('.ground').style.transform")
    shown.press("ArrowRight", 39, times=2)
    assert shown.value("document.querySelector('.ground').style.transform") != before
    scale = shown.value("document.querySelector('.bar-words').textContent")
    assert re.fullmatch(r"\d+ km at \d+° N", scale), scale
    shown.press("0")
    assert shown.value(_ZOOM) == 1
    assert shown.value("document.querySelectorAll('.live a').length") == parted


def test_the_scale_bar_is_right_at_each_zoom_and_finer_pictures_come(shown: Browser, demo: Path) -> None:
    shown.show(demo, 768)
    shown.value("document.querySelector('.box').focus()")
    assert shown.value(_DETAILS) == 0, "the whole map is one picture"
    shown.press("+", times=4)
    assert shown.value(_DETAILS) > 0
    shown.press("0")
    still, live = shown.value("[...document.querySelectorAll('.map .north svg')].map(one => one.style.transform)")
    assert still == live != "", "paper has the arrow of the whole map"
    for _ in range(8):
        metres, words = shown.value(_BAR)
        number, unit = words.split()[:2]
        stated = float(number.replace(",", "")) * {"km": 1000, "m": 1}[unit]
        assert metres == pytest.approx(stated, rel=0.03)
        shown.press("+")
        shown.press("ArrowRight", 39)


def test_a_circle_of_several_marks_parts_them_and_each_mark_can_be_reached(shown: Browser, demo: Path) -> None:
    shown.show(demo, 360)
    reached = set(shown.value("[...document.querySelectorAll('.live a')].map(one => one.getAttribute('href'))"))
    groups = shown.value("document.querySelectorAll('.live .many').length")
    for at in range(groups):
        shown.value("document.querySelector('.box').focus()")
        shown.press("0")
        shown.value(f"document.querySelectorAll('.live .many')[{at}].focus()")
        count = int(shown.value("document.activeElement.textContent").removeprefix("×"))
        shown.press("Enter", 13)
        named = shown.value("[...document.querySelectorAll('.here a')].map(one => one.getAttribute('href'))")
        assert len(named) == count
        reached |= set(named)
        assert shown.value(_ZOOM) > 1
    assert len(reached) == 60


def test_marks_named_in_a_claim_stand_alone_and_nothing_lies_on_them(shown: Browser, demo: Path) -> None:
    """The five firms that the page is about were hidden in circles of several marks."""
    for width in WIDTHS:
        shown.show(demo, width)
        signs, moved = shown.value(_SIGNS)
        claims = [at for at, (is_claim, _box) in enumerate(signs) if is_claim]
        assert claims == list(range(len(signs)))[-5:], "each is on the first map by itself, above all others"
        boxes = [box for _is_claim, box in signs]
        for at, box in enumerate(boxes):
            assert not [other for other in boxes[at + 1 :] if overlap(box, other)], (width, box)
        assert width > 500 or moved, "a crowd has lines to true places"


def overlap(box: list[float], other: list[float]) -> bool:
    """True where two boxes (left, top, right, bottom) share more than their rims."""
    wide = min(box[2], other[2]) - max(box[0], other[0])
    return wide > 3 and min(box[3], other[3]) - max(box[1], other[1]) > 3


def test_a_drag_moves_the_map_and_selects_nothing(shown: Browser, demo: Path) -> None:
    shown.show(demo, 768)
    shown.value("document.querySelector('.box').scrollIntoView()")
    shown.value("document.querySelector('.box').focus()")
    shown.press("+", times=2)
    before = shown.value("new DOMMatrix(document.querySelector('.ground').style.transform).e")
    shown.drag((400, 200), (460, 200))
    after = shown.value("new DOMMatrix(document.querySelector('.ground').style.transform).e")
    assert after - before == pytest.approx(60, abs=2)
    assert shown.value("document.querySelector('.here').textContent") == ""


def test_the_slider_stands_on_the_picture_and_follows_mouse_and_keys(
    shown: Browser, compared: Path, tmp_path: Path
) -> None:
    shown.show(compared, 768)
    shown.value("document.querySelector('.slide').scrollIntoView({block: 'center'})")
    box = shown.value(
        "(({left, top, width, height}) => [left, top, width, height])"
        "(document.querySelector('.slider img').getBoundingClientRect())"
    )
    left, top, width, height = box
    picture = shown.value("document.querySelector('.slide').getBoundingClientRect().height")
    assert picture == pytest.approx(height), "as large as the picture"

    def colors() -> tuple[int, int]:
        seen = QImage(str(shown.picture(tmp_path / "seen.png", whole=False)))
        y = round(top + height * 0.8)
        return seen.pixel(round(left + width * 0.3), y) & 0xFFFFFF, seen.pixel(round(left + width * 0.7), y) & 0xFFFFFF

    assert colors() == (0xC00000, 0x0000C0)
    stamps = shown.value(_ON_PICTURE)
    assert [words for words, *_place in stamps] == ["Before: 1985", "5 km N", "After: 1 June 2020"], "a crop keeps them"
    for _words, begins, ends, upper, lower in stamps:
        assert left <= begins < ends <= left + width
        assert top <= upper < lower <= top + height
    assert stamps[0][2] <= left + width / 2 <= stamps[2][1], "each on its own image"
    bar = shown.value("document.querySelector('.ruler .bar').getBoundingClientRect().width")
    assert bar == pytest.approx(0.25 * width, abs=1)
    shown.drag((left + width * 0.5, top + height / 2), (left + width * 0.2, top + height / 2))
    assert colors() == (0x0000C0, 0x0000C0)
    shown.value("document.querySelector('.slide').focus()")
    shown.press("End", 35)
    assert colors() == (0xC00000, 0xC00000)
    assert "100 % Before: 1985" in shown.value("document.querySelector('.slide').getAttribute('aria-valuetext')")


def test_it_is_printed_with_every_word_and_both_pictures(
    shown: Browser, demo: Path, compared: Path, tmp_path: Path
) -> None:
    need(shutil.which("pdftotext") is not None, "pdftotext")
    shown.show(demo, 1440)
    shown.value("document.querySelector('.box').focus()")
    shown.press("+", times=3)
    printed = shown.printed(tmp_path / "demo.pdf")
    pages = subprocess.run(["pdfinfo", printed], capture_output=True, text=True).stdout
    count = re.search(r"Pages:\s+(\d+)", pages)
    assert count is not None
    assert int(count[1]) <= MOST_PAGES
    shown.show(compared, 1440)
    told = subprocess.run(["pdftotext", shown.printed(tmp_path / "x.pdf"), "-"], capture_output=True, text=True).stdout
    for words in ("Before: 1985", "After:", "5 km", "Same stretch as Before", "Восточный путь", "likely (55–80 %)"):
        assert words in told, words


def test_without_script_it_shows_all_marks_and_both_pictures(compared: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare.html"
    bare.write_text(re.sub("<script>.*?</script>", "", compared.read_text("utf-8"), flags=re.DOTALL), "utf-8")
    printed = tmp_path / "x.pdf"
    _shown, asked = browser("--no-pdf-header-footer", f"--print-to-pdf={printed}", bare.as_uri())
    assert asked == []
    told = subprocess.run(["pdftotext", printed, "-"], capture_output=True, text=True).stdout
    assert "Before: 1985" in told
    assert "After:" in told
    assert "Восточный путь" in told
