"""The part of a site's form about the image that the mark was drawn on: its date, pixels and citations."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QFormLayout, QMenu, QPushButton, QWidget

from layers.document.image import Image
from layers.document.mark_position import (
    LEAST_PLACEMENT_M,
    Pick,
    at_best_m,
    pick_of,
    stated_placement_m,
    with_placement,
)
from layers.document.site import Site
from layers.document.vocabulary import BASE_OR_TOP, MEASURED
from layers.text.counted import metres
from viewer.commands.imagery.mark_images import state_placement
from viewer.commands.sites import update_site
from viewer.panels.claims.image_citing import cite_image_of, citing_claims
from viewer.panels.claims.reason_line import ChipReasonLine
from viewer.panels.context import PanelContext
from viewer.panels.sites.chip_dialog import open_chip
from viewer.panels.sites.chip_strip import ChipStrip
from viewer.panels.sites.chip_words import date_words
from viewer.panels.widgets.fact_rows import FactRows
from viewer.panels.widgets.field_set import LABEL_PX
from viewer.panels.widgets.fields import ChoiceField, LineField
from viewer.panels.widgets.fold_section import FoldSection
from viewer.panels.widgets.form_page import muted, side_by_side
from viewer.panels.words import choices, example
from viewer.support.language.text import one_line, plain, tooltip
from viewer.support.language.translation import translate
from viewer.support.plain_label import plain_label

AT_LEAST = "≥ "
LONGEST_CLAIM = 60
_NO_IMAGE, _RECORDED = "", "recorded"


class ImagePart(FoldSection):
    """The part for one site; questions about its image are shown here, too."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Image"), parent=parent)
        self._context = context
        self._uuid = ""
        self.note = muted()
        self.note.setAccessibleName(self.tr("Note on the image"))
        self.facts = FactRows()
        form = QFormLayout()
        form.setHorizontalSpacing(8)
        self.layer = ChoiceField()
        self.layer.committed.connect(self._take_layer)
        self.placement = LineField()
        self.placement.setPlaceholderText(example("CE90 6.5 m"))
        self.placement.committed.connect(self._place)
        self.placement.given_up.connect(self._give_up_placement)
        self.end = ChoiceField(choices(("", *BASE_OR_TOP)))
        self.end.committed.connect(self._set_end)
        for title, field, tip in (
            (self.tr("Image"), self.layer, self.tr("The image on which the mark was drawn")),
            (
                self.tr("Placement"),
                self.placement,
                self.tr("As stated with the image: CE90 is the radius that holds 90 % of its places"),
            ),
            (self.tr("Marked end"), self.end, self.tr("Base or top of a tall object, on oblique and radar images")),
        ):
            label = plain_label(title)
            label.setMinimumWidth(LABEL_PX)
            label.setBuddy(field)
            field.setAccessibleName(title if field is not self.layer else self.tr("Image of the mark"))
            field.setToolTip(tooltip(tip))
            form.addRow(label, field)
        self.cite_button = QPushButton(self.tr("Cite the image"))
        self.cite_button.setAccessibleName(self.tr("Cite the image for a claim of this site"))
        self.cite_button.clicked.connect(self._cite)
        self.chip_button = QPushButton(self.tr("Take a chip"))
        self.chip_button.setAccessibleName(self.tr("Take a chip around the site"))
        self.chip_button.setToolTip(tooltip(self.tr("Keep the exact pixels around the site, and the view (C)")))
        self.chip_button.clicked.connect(self._take_chip)
        self.chips = ChipStrip(context)
        self.chips.opened.connect(lambda uuid: open_chip(context, uuid, self.window()))
        self.content.addWidget(self.note)
        self.content.addWidget(self.facts)
        self.content.addLayout(form)
        self.content.addLayout(side_by_side(self.cite_button, self.chip_button))
        self.content.addWidget(self.chips)
        self.chip_reason = ChipReasonLine(context)
        self.content.addWidget(self.chip_reason)
        context.image_asked.connect(self._asked)
        context.claim_shown.connect(self._offer_citing)

    def show_site(self, site: Site) -> None:
        """Show the known facts of a site's image."""
        document = self._context.document
        is_other, self._uuid = site.uuid != self._uuid, site.uuid
        image = document.images.get(site.image_uuid)
        self._show_choices(site, image)
        self.facts.show_facts(self._facts(site, image) if image is not None else ())
        note = self._note(site, image)
        self.note.setText(plain(note))
        self.note.setVisible(bool(note))
        self.placement.setEnabled(image is not None)
        show_placement = self.placement.show_other if is_other else self.placement.show_value
        show_placement("" if image is None else one_line(image.placement_note, 1000))
        self.end.show_value(site.base_or_top)
        self.end.setEnabled(image is not None or bool(site.base_or_top))
        self.chip_button.setEnabled(self._context.layers.images is not None)
        self.chips.show_chips(document.links.chips_of_site(site.uuid))
        self._offer_citing()

    def flush(self) -> None:
        """Commit typing that has not been entered."""
        self.placement.flush()

    # -- showing ------------------------------------------------------------------------------------------------

    def _asked(self, uuid: str) -> None:
        site = self._context.document.sites.get(uuid)
        if site is not None and uuid == self._uuid:
            self.show_site(site)
            if self._blended():
                self.set_folded(False)

    def _blended(self) -> int:
        images = self._context.layers.images
        return 0 if images is None else len(images.blended(self._uuid))

    def _show_choices(self, site: Site, image: Image | None) -> None:
        images = self._context.layers.images
        offered = [] if images is None else images.choices(site.uuid)
        rows = [(_NO_IMAGE, self.tr("choose") if self._blended() else self.tr("none recorded"))]
        if image is not None:
            rows.append((_RECORDED, one_line(image.layer_title or image.product_id or image.service, 80)))
        current = "" if image is None else image.layer_uuid
        rows += [(uuid, one_line(name, 80)) for uuid, name in offered if uuid != current]
        self.layer.set_choices(rows)
        self.layer.show_value(_NO_IMAGE if image is None else _RECORDED)
        self.layer.setEnabled(len(rows) > 1)

    def _facts(self, site: Site, image: Image) -> list[tuple[str, str]]:
        facts = [
            (self.tr("Acquired"), date_words(image)),
            (self.tr("Service"), one_line(image.service, 200)),
            (self.tr("Product"), one_line(image.product_id, 200)),
            (self.tr("Sensor"), one_line(image.sensor, 200)),
            (self.tr("Pixel here"), "" if pick_of(site) is None else metres(site.pixel_m or 0.0)),
            (self.tr("Position"), self._position(site, image)),
            (self.tr("Credit"), one_line(image.credit, 300)),
            (self.tr("Licence"), one_line(image.licence, 300)),
        ]
        return [(name, text) for name, text in facts if text]

    def _position(self, site: Site, image: Image) -> str:
        """One sentence on the accuracy of the mark: a radius only where pick and placement are both stated."""
        pick = pick_of(site)
        if pick is None or site.position_basis != MEASURED:
            return ""
        placement_m = stated_placement_m(image.placement_note)
        both = with_placement(pick.error_m, placement_m)
        if placement_m is None or both is None:
            if pick.is_finer_than_the_image:
                return ""  # the note above says it
            best = self.tr("{0} at best: {1}.").format(_least(pick), self._what_limits(pick))
            return f"{best} {self._not_stated()}"
        text = self.tr("{0}: {1} from {2}, and {3} from the placement of the image.")
        return text.format(metres(both), metres(pick.error_m), self._what_limits(pick), metres(placement_m))

    def _not_stated(self) -> str:
        return self.tr("How well the image itself is placed is not stated.")

    def _what_limits(self, pick: Pick) -> str:
        if pick.error_m < LEAST_PLACEMENT_M:
            return self.tr("images are hardly placed better")
        return (
            self.tr("one pixel of the image") if pick.pixel_m >= pick.screen_m else self.tr("one pixel of the screen")
        )

    def least_error(self, site: Site) -> str:
        """Text for an unjudged position error; empty without an image that the mark was measured on."""
        least = least_error_text(site) if site.image_uuid in self._context.document.images else ""
        return self.tr("not judged, {0} at best").format(least.removeprefix(AT_LEAST)) if least else ""

    def _note(self, site: Site, image: Image | None) -> str:
        if count := self._blended():
            return self.tr("{0} blended here: say which one the mark was drawn on.").format(
                translate("ImagePart", "{count} images are", "{count} image is", count)
            )
        if image is None:
            return self.tr("It is not recorded on which image this was drawn.")
        pick = pick_of(site)
        if pick is not None and pick.is_finer_than_the_image and site.position_basis == MEASURED:
            text = self.tr("A pixel of this image is {0} here: the mark is no better than that.").format(
                metres(pick.pixel_m)
            )
            return text if stated_placement_m(image.placement_note) else f"{text} {self._not_stated()}"
        return ""

    def _offer_citing(self, *_: object) -> None:
        claims = citing_claims(self._context, self._uuid)
        self.cite_button.setEnabled(bool(claims))
        can = self.tr("Cite this image as a source of the claim (Ctrl+Shift+R)")
        why = can if claims else self._why_not_cited()
        self.cite_button.setToolTip(tooltip(why))
        self.cite_button.setAccessibleDescription(why)

    def _why_not_cited(self) -> str:
        document = self._context.document
        site = document.sites.get(self._uuid)
        if site is None or site.image_uuid not in document.images:
            return self.tr("There is no image to cite: choose above on which one this was drawn.")
        if not document.links.claims_of_site(self._uuid):
            return self.tr("No claim yet needs the image as its source: report (R) or judge (J) one first.")
        return self.tr("Every claim about this site cites the image already.")

    # -- gestures -----------------------------------------------------------------------------------------------

    def _take_layer(self, layer_uuid: str) -> None:
        images = self._context.layers.images
        if images is not None and layer_uuid != _RECORDED:
            images.choose(self._uuid, layer_uuid)
        site = self._context.document.sites.get(self._uuid)
        if site is not None:
            self.show_site(site)

    def _place(self, note: str) -> None:
        site = self._context.document.sites.get(self._uuid)
        if site is not None and site.image_uuid in self._context.document.images:
            self._context.do(state_placement, site.image_uuid, note)

    def _give_up_placement(self) -> None:
        series = f"typing {self._uuid} placement {self.placement.rest.sitting}"
        self._context.give_up(series, self.placement.accessibleName(), self.placement.flush)

    def _set_end(self, end: str) -> None:
        self._context.do(update_site, self._uuid, base_or_top=end)

    def _take_chip(self) -> None:
        if self._context.layers.images is not None:
            self._context.layers.images.take_chip()

    def _cite(self) -> None:
        claims = citing_claims(self._context, self._uuid)
        if len(claims) == 1:
            cite_image_of(self._context, claims[0].uuid)
            return
        menu = QMenu(self)
        for claim in claims:
            text = one_line(claim.statement or claim.source_wording or self.tr("(empty claim)"), LONGEST_CLAIM)
            menu.addAction(text.replace("&", "&&"), partial(cite_image_of, self._context, claim.uuid))
        menu.popup(self.cite_button.mapToGlobal(self.cite_button.rect().bottomLeft()))
        menu.aboutToHide.connect(menu.deleteLater)


def least_error_text(site: Site) -> str:
    """The least error of a mark by the image that it was measured on; empty for other marks, and for a judged error."""
    least_m = at_best_m(site)
    return "" if least_m is None else AT_LEAST + metres(least_m)


def _least(pick: Pick) -> str:
    return metres(max(LEAST_PLACEMENT_M, pick.error_m))
