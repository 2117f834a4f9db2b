"""The dialog that asks which layers of a file are added to the case."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from viewer.commands.found_layers import FoundLayer
from viewer.panels.widgets.tick_dialog import TickDialog, TickRow
from viewer.support.language.text import one_line
from viewer.support.language.translation import translate


class TablePicker(TickDialog):
    """The dialog; `chosen` carries the ticked `FoundLayer` values."""

    def __init__(self, file_name: str, layers: Sequence[FoundLayer], parent: QWidget | None = None) -> None:
        stem = file_name.rpartition(".")[0]
        are_pictures = all(layer.is_alternative for layer in layers)
        kind, count = (
            (translate("TablePicker", "Size"), "")
            if are_pictures
            else (translate("TablePicker", "Geometry"), translate("TablePicker", "Features"))
        )
        rows = [
            TickRow(
                [
                    one_line(layer.name.removeprefix(f"{stem}: "), 120),
                    one_line(layer.details[0], 40),
                    layer.details[1],
                ],
                layer,
                at == 0 or not layer.is_alternative,
                one_line(layer.source.get("part", ""), 200),
            )
            for at, layer in enumerate(layers)
        ]
        says = translate("TablePicker", "{0} holds {1}. Which should be added?").format(
            one_line(file_name, 80), _layers(len(layers))
        )
        super().__init__(says, (translate("TablePicker", "Name"), kind, count), rows, _add_text, parent)
        self.add_button = self.take_button
        self.setWindowTitle(translate("TablePicker", "Layers of {0}").format(one_line(file_name, 60)))
        self.list.setAccessibleName(translate("TablePicker", "Layers of the file"))
        self.all_button.setToolTip(translate("TablePicker", "Tick all layers"))
        self.none_button.setToolTip(translate("TablePicker", "Tick no layer"))
        self.resize(520, 380)


def _add_text(count: int) -> str:
    return translate("TablePicker", "A&dd {0}").format(_layers(count))


def _layers(count: int) -> str:
    return translate("TablePicker", "{count} layers", "{count} layer", count)
