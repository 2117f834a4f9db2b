"""The walls of the house: imports point down, rooms stay small, words keep their meaning."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.parsed import nodes_in, parsed

ROOT = Path(__file__).resolve().parents[2]
CODE = sorted(p for room in ("layers", "viewer", "sample_data") for p in (ROOT / room).rglob("*.py"))
READER_LIBRARIES = {"rasterio", "pyogrio", "geopandas", "cv2"}
NOTEBOOK_DOOR = ROOT / "layers" / "frames.py"
NOTEBOOK_LIBRARIES = {"geopandas", "pandas"}
FORBIDDEN_NAMES = re.compile(r"(^|_)(utils?|helpers?|manager|base|mixin)($|_)")


def nodes_of(path: Path, words: str) -> Iterator[ast.AST]:
    """All nodes of a file; none where no line of it has one of the `words`, as parsing takes long."""
    text = path.read_text("utf-8")
    if re.search(words, text):
        yield from nodes_in(text)


def imported(code: str) -> set[str]:
    """Top-level names of all modules a file imports."""
    names: set[str] = set()
    for node in nodes_in(code):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


def test_import_contracts() -> None:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_values_are_structs() -> None:
    """Python's dataclass takes thirty times as long for each class at the start: it stands where a Struct cannot."""
    rooms = [path for path in CODE if path.is_relative_to(ROOT / "layers") or path.is_relative_to(ROOT / "viewer")]
    slow = [
        f"{path.relative_to(ROOT)}: {line}"
        for path in rooms
        for line in path.read_text("utf-8").splitlines()
        if re.match(r"\s*@(\w+\.)?dataclass\b", line) and "  # no Struct: " not in line
    ]
    assert not slow, "make it a msgspec.Struct, or say behind the decorator why that cannot be: # no Struct: ..."


def test_a_folder_holds_what_one_can_look_over() -> None:
    """More than twenty modules want packages, each named by the field's word for its subject."""
    counts = Counter(path.parent.relative_to(ROOT) for path in CODE if path.stem != "__init__")
    assert not {str(folder): count for folder, count in counts.items() if count > 24}


def test_the_formatter_lays_out_all_but_a_few_tables() -> None:
    """A table that is read by columns may keep its lines; nothing else is exempt."""
    skip, off = "# fmt: " + "skip", "# fmt: " + "off"
    texts = [path.read_text("utf-8") for path in [*CODE, *(ROOT / "tests").rglob("*.py")]]
    assert sum(text.count(skip) for text in texts) <= 60
    assert not sum(text.count(off) for text in texts)


def broken_rules(path: Path) -> Iterator[str]:
    """What a file breaks of the rules of the house."""
    text = path.read_text("utf-8")
    if text.count("\n") > 600:
        yield f"{text.count(chr(10))} lines: the design wants a new room"
    has_late_imports = re.search(r"^\s+(?:import|from)\b", text, re.MULTILINE)
    for node in nodes_in(text):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if node.end_lineno - node.lineno + 1 > 60:
                yield f"{node.name}: {node.end_lineno - node.lineno + 1} lines"
            if has_late_imports:
                yield from imports_without_reason(node, text.splitlines())
    if FORBIDDEN_NAMES.search(path.stem):
        yield "a name that says nothing"
    yield from (f"imports {name}" for name in sorted(imported(text) & kept_out_of(path)))
    if text.strip() and not ast.get_docstring(parsed(text)):
        yield "a module says in a sentence what it is for"


def imports_without_reason(function: ast.AST, lines: list[str]) -> Iterator[str]:
    """The imports inside a function that no comment says why of."""
    for inner in ast.walk(function):
        if isinstance(inner, ast.Import | ast.ImportFrom):
            near = "\n".join(lines[max(0, function.lineno - 1) : inner.lineno])
            if "#" not in near:
                yield f"line {inner.lineno}: an import inside a function without a comment"


def kept_out_of(path: Path) -> set[str]:
    """The libraries that a file may not import."""
    room = path.relative_to(ROOT).parts[0]
    out = {"PySide6", "shiboken6", "viewer"} if room == "layers" else set()
    if path == NOTEBOOK_DOOR:
        return out | READER_LIBRARIES - NOTEBOOK_LIBRARIES
    if room == "viewer" or (room == "layers" and "readers" not in path.parts):
        return out | READER_LIBRARIES | NOTEBOOK_LIBRARIES
    return out


@pytest.mark.parametrize("room", sorted({path.relative_to(ROOT).parts[:2] for path in CODE}), ids="/".join)
def test_each_file_keeps_the_house_rules(room: tuple[str, str]) -> None:
    """Room by room: all at once take longer on a busy machine than a test may."""
    paths = [path for path in CODE if path.relative_to(ROOT).parts[:2] == room]
    assert paths
    assert not [f"{path.relative_to(ROOT)}: {broken}" for path in paths for broken in broken_rules(path)]


@pytest.mark.parametrize(
    ("name", "text", "broken"),
    [
        ("layers/geo/new.py", '"""A room."""\nimport PySide6\n', "imports PySide6"),
        ("viewer/app/new.py", '"""A room."""\nimport cv2.aruco\n', "imports cv2"),
        (
            "viewer/app/new.py",
            '"""A room."""\ndef f():\n    import os\n',
            "line 3: an import inside",
        ),
        ("viewer/app/new.py", '"""A room."""\ndef f():\n' + "    x = 1\n" * 60, "f: 61 lines"),
        ("viewer/app/new.py", '"""A room."""\n' + "x = 1\n" * 600, "601 lines"),
        ("viewer/app/new.py", "x = 1\n", "a module says in a sentence"),
        ("viewer/app/site_utils.py", '"""A room."""\n', "a name that says nothing"),
    ],
)
def test_a_file_that_breaks_a_rule_is_found(
    name: str, text: str, broken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    path.write_text(text)
    (found,) = broken_rules(path)
    assert found.startswith(broken)


def test_nobody_here_goes_through_the_notebooks_door() -> None:
    """The window and the readers would load geopandas with it, at a second and a hundred megabytes."""
    for path in CODE:
        for node in nodes_of(path, r"\bframes\b"):
            match node:
                case ast.Import():
                    found = [alias.name for alias in node.names]
                case ast.ImportFrom():
                    found = [f"{node.module}.{alias.name}" for alias in node.names] + [str(node.module)]
                case _:
                    continue
            assert "layers.frames" not in found, f"{path}:{node.lineno}"


def test_no_exception_is_swallowed() -> None:
    for path in CODE:
        for node in nodes_of(path, "except"):
            if isinstance(node, ast.ExceptHandler) and len(node.body) == 1 and isinstance(node.body[0], ast.Pass):
                name = getattr(node.type, "id", "")
                assert node.type is not None, f"{path}:{node.lineno}"
                assert name not in {"Exception", "BaseException"}, f"{path}:{node.lineno}"


def test_the_entry_module_and_the_worker_import_no_qt() -> None:
    code = (
        "import sys, viewer.__main__, layers.pool.worker;"
        "print([m for m in sys.modules if m.startswith(('PySide6', 'rasterio', 'geopandas', 'pyogrio', 'cv2'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


WINDOW_PROBE = """
import sys
from viewer.__main__ import main

if __name__ == "__main__":
    code = main(["demo", "--screenshot", sys.argv[1], "--size", "800x600"])
    foreign = [m for m in ("rasterio", "pyogrio", "geopandas", "cv2", "pandas", "pyarrow") if m in sys.modules]
    print("exit", code, "foreign", foreign)
"""


def test_f20_the_window_process_never_imports_a_reader_library(tmp_path: Path) -> None:
    script, picture = tmp_path / "probe.py", tmp_path / "out.png"
    script.write_text(WINDOW_PROBE)
    done = subprocess.run(
        [sys.executable, str(script), str(picture)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        timeout=50,
    )
    assert "exit 0 foreign []" in done.stdout, done.stdout + done.stderr
    assert picture.stat().st_size > 20_000


REFCOUNT_PROBE = """
import sys
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QLabel
app = QApplication(sys.argv)
class Bell(QObject):
    rung = Signal(bool)
bell, label = Bell(), QLabel()
bell.rung.connect(label.setEnabled)
def round_of(n):
    for i in range(n):
        bell.rung.emit(True); label.setText("x"); label.resize(10, 10); label.update()
round_of(100)
before = sys.getrefcount(None), sys.getrefcount(True)
round_of(5000)
after = sys.getrefcount(None), sys.getrefcount(True)
print(max(abs(a - b) for a, b in zip(before, after)))
"""


def test_reference_counts_stay_steady_over_qt_calls() -> None:
    done = subprocess.run([sys.executable, "-c", REFCOUNT_PROBE], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 50, "Qt calls eat reference counts: the interpreter will abort"


CLOCK_OF_THE_WALL = {
    "layers/project/saving/lock.py",  # compared across computers, which share no other clock
    "layers/project/saving/recovery.py",  # compared with the times of files, which know no other clock
    "layers/time/utc.py",  # when an edit or a pack was made, for people
    "layers/scenes/name_dates.py",  # no picture was taken after today
    "layers/services/times/offered_times.py",  # the end of an interval up to the present
    "viewer/export/made_on.py",  # the date of a product
    "viewer/commands/imagery/service_times.py",  # the day of daily imagery
    "viewer/network/answer.py",  # a server says until when it wants to be left alone
    "viewer/network/document_store.py",  # when a copy was made, for people
    "viewer/rendering/service_state.py",  # when the analyst tried again, for people
    "viewer/network/tile_store.py",  # a server says until when a copy may be used
}


def test_f18_intervals_are_measured_by_a_clock_that_does_not_jump() -> None:
    """The clock of the wall is for people: it may be set a year forward or back at any moment."""
    asked = {("time", "time"), ("time", "time_ns"), ("datetime", "now"), ("datetime", "utcnow"), ("date", "today")}
    asked.add(("QDateTime", "currentDateTime"))
    seen = set()
    for path in CODE:
        for node in nodes_of(path, "time|today"):
            if isinstance(node, ast.Attribute) and (getattr(node.value, "id", ""), node.attr) in asked:
                seen.add(str(path.relative_to(ROOT)))
            assert not (isinstance(node, ast.ImportFrom) and node.module == "time"), path
    assert seen <= CLOCK_OF_THE_WALL, seen - CLOCK_OF_THE_WALL


PRODUCTS = ("viewer/app", "viewer/export", "viewer/cli", "viewer/panels", "viewer/support")
WRITTEN_IN_PLACE = {
    "viewer/app/crash.py",  # the file that a crash below Python writes into
    "viewer/support/event_log.py",  # a log grows
    "viewer/cli/benches/bench_view.py",  # beside the pictures of a measurement
    "viewer/support/kept_files.py",  # the door itself
    "viewer/support/timing.py",  # a trace, for us
    "viewer/export/data/workbook.py",  # in the scratch folder of an export: the reader makes the sheet of it
    "viewer/export/formats/embedded.py",  # in the scratch folder of an export, moved as a whole
    "viewer/export/formats/coded_pictures.py",  # the same
    "viewer/export/formats/pdf_parts.py",  # the same
    "viewer/export/formats/png.py",  # the same
    "viewer/export/formats/raw_pixels.py",  # the same
    "viewer/export/factcheck/sheet_file.py",  # the same
    "viewer/export/formats/svg.py",  # the same
}


def test_f03_products_and_settings_are_written_whole_or_not_at_all() -> None:
    """Through `write_whole`, `move_whole` or `replace_text`: who writes in place leaves halves behind."""
    for path in CODE:
        name = str(path.relative_to(ROOT))
        if not name.startswith(PRODUCTS) or name in WRITTEN_IN_PLACE:
            continue
        for node in nodes_of(path, r"open\(|write_"):
            if isinstance(node, ast.Call):
                called = getattr(node.func, "attr", getattr(node.func, "id", ""))
                modes = [word.value for word in node.args if isinstance(word, ast.Constant)] if called == "open" else []
                is_writing = any(isinstance(mode, str) and re.fullmatch("[wax][bt+]*|r.?[+].?", mode) for mode in modes)
                assert called not in {"write_text", "write_bytes"}, f"{path}:{node.lineno}"
                assert not is_writing, f"{path}:{node.lineno}"


def test_nobody_takes_the_items_of_a_layout() -> None:
    """PySide's wrapper of a layout's item outlives it, and is written to when its widget goes: the heap is spoiled."""
    tests = sorted((ROOT / "tests").rglob("*.py"))
    for path in [*CODE, *tests]:
        for node in nodes_of(path, "itemAt|takeAt"):
            if isinstance(node, ast.Attribute) and node.attr in {"itemAt", "takeAt", "itemAtPosition"}:
                owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
                assert "tree" in owner or "table" in owner, f"{path}:{node.lineno}: `laid_out` gives the widgets"


def test_painters_end_with_a_block() -> None:
    """After an error a picture may go before its painter: then the program ends without a word."""
    for path in [*CODE, *sorted((ROOT / "tests").rglob("*.py"))]:
        for node in nodes_of(path, "QPainter"):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "QPainter" and node.args:
                assert path.name == "painting.py", f"{path}:{node.lineno}: `painting` ends a painter"


def test_f81_no_label_guesses_rich_text() -> None:
    """A label fed with a variable shows it as plain text (see the widget scan in the window's tests)."""
    offenders = [
        f"{path.relative_to(ROOT)}"
        for path in CODE
        if "setTextFormat(Qt.TextFormat.RichText)" in path.read_text("utf-8")
    ]
    assert not offenders


def test_nothing_of_one_machine_is_in_the_tree() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    if not listed:
        pytest.skip("not a checkout: the file list is git's")
    assert "uv.lock" not in listed
    agreed = {
        "pyproject.toml",
        "viewer",
        "layers",
        "sample_data",
        "tests",
        "README.md",
        "LICENSE",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "ARCHITECTURE.md",
        "SECURITY.md",
        ".gitignore",
        ".pre-commit-config.yaml",
        ".ci",
    }
    assert {name.split("/")[0] for name in listed} <= agreed
    assert [n for n in listed if n.endswith(".gpkg")] in ([], ["sample_data/demo.gpkg"])
