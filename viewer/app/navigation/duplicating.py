"""Duplicates the selected marks of any kind beside them on the map."""

from __future__ import annotations

from viewer.commands.shapes.duplicates import duplicate_sites
from viewer.commands.stamps import new_uuid
from viewer.panels.context import PanelContext
from viewer.support.language.translation import translate
from viewer.tools.mark_drag import moved_figures

COPY_PX = 24
"""Offset of a copy from its mark, to the right and down: near the mark, and not on it."""
MOST = 2000
"""Most sites duplicated at once: the window waits for it."""


def duplicate_selected(panels: PanelContext) -> None:
    """Put a copy beside each selected mark, and select the copies; a single one gets the keyboard in its label."""
    sites = [panels.document.sites[uuid] for uuid in panels.document.sites if uuid in panels.selection]
    if len(sites) > MOST:
        sentence = translate("duplicating", "{0} are too many to duplicate at once: select fewer.")
        panels.report(sentence.format(translate("Duplicating", "{count} sites", "{count} site", len(sites))))
        return
    view = panels.view.shown()
    step = COPY_PX * view.ratio
    figures = moved_figures(sites, view, step, step)
    if len(figures) < len(sites):
        sentence = translate("duplicating", "There is no room on the map beside {0} for a copy.")
        panels.report(
            sentence.format(translate("Duplicating", "{count} sites", "{count} site", len(sites) - len(figures)))
        )
    copies = {uuid: (new_uuid(), figure) for uuid, figure in figures.items()}
    if copies and panels.do(duplicate_sites, copies):
        panels.selection.set({copy for copy, _ in copies.values()})
        if len(copies) == 1:
            panels.typing_wanted.emit("site_form")
