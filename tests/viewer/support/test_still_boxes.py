"""No choice, number or slider anywhere in the program is changed by a wheel that only passes over it."""

from __future__ import annotations

import re
from pathlib import Path

import viewer
from viewer.support import still_boxes

_RESTLESS = re.compile(r"\bQ(?:ComboBox|SpinBox|DoubleSpinBox|DateEdit|DateTimeEdit|TimeEdit|Slider|Dial)\(")


def test_every_box_and_slider_keeps_still() -> None:
    rooms = [path for path in Path(viewer.__file__).parent.rglob("*.py") if path != Path(still_boxes.__file__)]
    restless = [path.name for path in rooms if _RESTLESS.search(path.read_text())]
    assert not restless, "take those of still_boxes"
    subclasses = re.compile(r"^class \w+\(Q(?:ComboBox|SpinBox|DoubleSpinBox|DateEdit|Slider)\)", re.MULTILINE)
    assert not [path.name for path in rooms if subclasses.search(path.read_text())]
