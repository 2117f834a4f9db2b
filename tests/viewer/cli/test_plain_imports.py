"""Every command that draws leaves imports as they are: PySide6 would keep the source text of all that is imported."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command_line import run_python

PROGRAM = """
import linecache, sys
from viewer.__main__ import main
code = max(main(words.split(" ")) for words in sys.argv[1:])
if "numpy.ma" in sys.modules:
    sys.exit("numpy.ma was imported: np.unique and others do that, and the start waits for it")
kept = [name for name in linecache.cache if "viewer/" in name.replace("\\\\", "/")]
sys.exit(code or f"the text of {len(kept)} modules is kept" if kept or code else 0)
"""


@pytest.mark.bounded
@pytest.mark.parametrize(
    "commands",
    [
        ["demo --screenshot out.png --size 900x700"],
        [
            "export {demo} --out out.png --size 700x460",
            "render {demo} --out out.png --size 300x200",
        ],
        ["bench view {scene} --size 300x200"],
    ],
    ids=["window", "files", "bench"],
)
def test_no_source_text_is_read_at_imports(commands: list[str], demo: Path, scene_tif: Path, tmp_path: Path) -> None:
    said = [words.format(demo=demo, scene=scene_tif) for words in commands]
    done = run_python("-c", PROGRAM, *said, cwd=tmp_path, timeout=150)
    assert (done.returncode, done.stderr) == (0, "")
