"""The row of a product in the case while its window changes it: number, version, state and correction."""

from __future__ import annotations

from msgspec.structs import replace

from layers.document.rows import Product
from layers.product.issuing.corrections import correction_of
from layers.product.issuing.edition import Edition, Outgoing
from layers.product.publishing import DRAFT, PUBLISHED, STATES, State
from layers.product.spec import Override, ProductSpec, read_overrides, read_spec
from viewer.commands.products import (
    change_product,
    draft_after,
    product_number,
    product_rows,
    reissue_product,
    save_product,
)
from viewer.commands.stamps import new_uuid
from viewer.export.made_on import today
from viewer.panels.context import PanelContext

type _Whole = tuple[ProductSpec, tuple[Override, ...], str]


class ProductInCase:
    """A product in the case; its `uuid` is empty while the case does not hold it.

    `state`: the state in which it will leave; None before one was chosen. `overrides`: findings that were let pass.
    """

    def __init__(self, context: PanelContext, uuid: str, spec: ProductSpec) -> None:
        self._context, self.uuid = context, uuid
        row = self.row
        self.overrides = read_overrides(row.overrides_json) if row is not None else ()
        self._typed = row.correction if row is not None and not row.issued_at else ""
        self._offered: str | None = None
        self.state: State | None = self._issued_before()
        self._state_before = self.state
        self.answered: bool | None = None
        """The product's `publish` before the question on its state was answered; None: the answer stands."""
        self._refused: State | None = None
        """State in which an export was refused, to be taken up once nothing blocks it any more."""
        self._kept: _Whole = self._whole(spec)
        self._issued: _Whole | None = None
        """The product as it was last issued here. Until something changes, another file of it is the same version."""

    @property
    def row(self) -> Product | None:
        """Row of the product in the case; None while there is none."""
        return product_rows(self._context.document).get(self.uuid)

    @property
    def previous(self) -> Product | None:
        """Issued version that this one follows; None for a first version."""
        row = self.row
        if row is None or row.issued_at:
            return row
        return product_rows(self._context.document).get(row.previous_uuid)

    @property
    def correction(self) -> str:
        """Correction of the version before: as typed, else derived from the changes of the case."""
        if self._typed:
            return self._typed
        if self._offered is None:
            before = self.previous
            self._offered = correction_of(self._context.document, before) if before is not None else ""
        return self._offered

    def corrects(self, spec: ProductSpec) -> bool:
        """True where this is a later version of an issued product, and so states what is corrected."""
        row = self.row
        if row is None or not row.issued_at:
            return row is not None and self.previous is not None
        return not self.is_as_issued(spec) and self.is_changed(spec)

    def correct(self, line: str) -> None:
        """Take a typed correction; an empty one means the derived text."""
        self._typed = line.strip()

    def edition(self, spec: ProductSpec) -> Edition:
        """Number, version and state of an export made now; after an issued version, those of the next."""
        document, state, row = self._context.document, self.state or DRAFT, self.row
        number = product_number(document, spec, row)
        if row is None:
            return Edition(Product(uuid="", name="", number=number), today(), state)
        if row.issued_at and self.is_as_issued(spec):
            return Edition(replace(row, layout_json="", overrides_json=""), row.issued_at[:10], _issued_state(row))
        if row.issued_at:
            following = draft_after(document, row.uuid)
            version = following.version if following is not None else row.version + 1
            row = Product(uuid="", name="", number=row.number, version=version, previous_uuid=row.uuid)
        row = replace(row, layout_json="", overrides_json="", number=number, correction=self.correction)
        return Edition(row, today(), state)

    def shown_edition(self, spec: ProductSpec, is_stamped: bool) -> Edition:
        """The edition that a preview prints: a draft where the page is stamped, as it could leave only as one."""
        edition = self.edition(spec)
        return edition._replace(state=DRAFT) if is_stamped and not self.is_as_issued(spec) else edition

    def choose_state(self, state: State) -> None:
        """Take a state for further exports."""
        if state != self.state:
            self._state_before, self.state = self.state, state
        self._refused = None

    def go_back(self) -> None:
        """Go back to the state before the one that was chosen last: an export in it was refused."""
        if self.state not in (None, DRAFT):
            self._refused, self.state = self.state, self._state_before

    def take_up(self, spec: ProductSpec) -> None:
        """Take up the state that was refused: nothing blocks it any more."""
        refused, self._refused = self._refused, None
        if refused is not None and (refused != PUBLISHED or spec.publish):
            self.state = refused

    def outgoing(self, spec: ProductSpec) -> Outgoing:
        """All that is needed to write the product's file."""
        return Outgoing(spec, self.edition(spec), self.overrides)

    def is_as_issued(self, spec: ProductSpec) -> bool:
        """True while another file would be of the version that was issued here."""
        return self._issued is not None and self._issued == self._whole(spec)

    def is_changed(self, spec: ProductSpec) -> bool:
        """True where the case does not hold the product's present state."""
        return self._whole(spec) != self._kept

    def keep(self, spec: ProductSpec) -> str:
        """Keep the product in the case, an issued one as the next version; returns the sentence on a refusal."""
        context, row = self._context, self.row
        if row is None:
            uuid = new_uuid()
            refusal = context.attempt(save_product, spec, overrides=self.overrides, uuid=uuid)
        else:
            change = reissue_product if row.issued_at else change_product
            line = self._typed
            refusal = context.attempt(change, row.uuid, spec, overrides=self.overrides, correction=line)
            draft = draft_after(context.document, row.uuid) if row.issued_at else None
            uuid = draft.uuid if draft is not None else row.uuid
        if not refusal:
            self.uuid, self._kept = uuid, self._whole(spec)
        return refusal

    def take_row(self, spec: ProductSpec) -> None:
        """Take the state of the row over from the case: an undo in the main window has changed it to `spec`."""
        row = self.row
        if row is not None:
            self.overrides = read_overrides(row.overrides_json)
            self._typed = row.correction if not row.issued_at else ""
            self._kept = self._whole(spec)

    def kept_spec(self, spec: ProductSpec) -> ProductSpec | None:
        """The product in the case where it differs from `spec` and taking it loses no changes, else None."""
        row = self.row
        kept = read_spec(row.layout_json) if row is not None else None
        return kept if kept is not None and not self.is_changed(spec) and kept != spec else None

    def note_issued(self) -> None:
        """Record that the kept product was written and issued."""
        spec, overrides, _line = self._kept
        self._typed, self._offered = "", None  # a next version corrects something else
        self._kept = self._issued = (spec, overrides, "")

    def hear(self) -> None:
        """Take note that rows which a page may print have changed."""
        self._issued = self._offered = None

    def _whole(self, spec: ProductSpec) -> _Whole:
        return spec, self.overrides, self._typed

    def _issued_before(self) -> State | None:
        before = self.previous
        return _issued_state(before) if before is not None and before.issued_at else None


def _issued_state(row: Product) -> State:
    return next((state for state in STATES if state == row.state and state != DRAFT), "issued")
