"""Menus of the sheet: that of a cell, that below the head of an image; and the answers on how clear an image is."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from PySide6.QtWidgets import QMenu, QWidget

from layers.document.vocabulary import VIEW_QUALITIES
from viewer.commands.imagery.sheet_rows import state_views
from viewer.panels.asking.key_question import KeyAnswer
from viewer.panels.comments.row_menu import add_history
from viewer.panels.observations.sheet_desk import SheetDesk, SheetPlace
from viewer.panels.reviewing.review_dialog import add_review
from viewer.support.language.stored_words import word
from viewer.support.language.translation import translate

CLEAR, PARTLY, OBSCURED = VIEW_QUALITIES
VIEW_KEYS = {CLEAR: "c", PARTLY: "p", OBSCURED: "o"}
"""The key of each word on how clear an image is."""
_ALL_CLEAR, _ALL_CLEAR_KEY = "all clear", "a"
"""The answer that this image and all others without a word on their view are clear, and its key."""


def view_answers(desk: SheetDesk) -> list[KeyAnswer]:
    """The answers to the question how clear an image is; one is for all images of which nobody has said it."""
    answers = [(key, value, word(value)) for value, key in VIEW_KEYS.items()]
    if len(_unstated(desk)) > 1:
        answers.append((_ALL_CLEAR_KEY, _ALL_CLEAR, translate("SheetView", "clear, as all others here")))
    return answers


def state_answer(desk: SheetDesk, column: int, answer: str) -> bool:
    """State what was answered, as one step; False where it is refused."""
    if answer != _ALL_CLEAR:
        return desk.state_view(column, answer)
    sentence = desk.context.attempt(state_views, _unstated(desk), CLEAR, observer=desk.observer)
    return desk.refuse(sentence) if sentence else True


def _unstated(desk: SheetDesk) -> dict[str, tuple[str, ...]]:
    """The images of a sheet of which nobody has said how clear they are, by key with their rows."""
    return {image.key: image.image_uuids for image in desk.sheet.images if not desk.view_of(image)}


def cell_menu(view: QWidget, desk: SheetDesk, at: SheetPlace, rows: Collection[int]) -> QMenu:
    """The menu of a cell: comments on its row, its history, and the review of the sites of the selected `rows`."""
    own = desk.cell(at).own
    menu = QMenu(view)
    if own is not None:
        add_history(menu, desk.context, "observations", own.uuid)
    sites = [site.uuid for row in sorted(rows) if (site := desk.site(row)) is not None]
    add_review(menu, desk.context, sites, view.window())
    menu.aboutToHide.connect(menu.deleteLater)
    return menu


def image_menu(view: QWidget, desk: SheetDesk, column: int) -> QMenu:
    """The menu of an image: how clear it is, its date and its history."""
    menu, image = QMenu(view), desk.sheet.images[column]
    shown = desk.view_of(image)
    for quality in VIEW_QUALITIES:
        action = menu.addAction(f"{word(quality)}\t{VIEW_KEYS[quality]}")
        action.setCheckable(True)
        action.setChecked(quality == shown)
        action.triggered.connect(lambda _checked=False, quality=quality: desk.state_view(column, quality))
    if image.layer_uuid:
        menu.addSeparator()
        date = menu.addAction(translate("Sheet", "Date of the Image…"))
        date.triggered.connect(partial(_open_date, desk, image.layer_uuid))
    row = desk.context.document.links.image_of_key(image.key)
    if row is not None:
        menu.addSeparator()
        add_history(menu, desk.context, "images", row.uuid)
    menu.aboutToHide.connect(menu.deleteLater)
    return menu


def _open_date(desk: SheetDesk, layer: str) -> None:
    """Lead to the field in which the date of an image is stated."""
    desk.context.show_layer(layer, raise_form=True)
    desk.context.field_wanted.emit("layer_properties", "acquired_at")
