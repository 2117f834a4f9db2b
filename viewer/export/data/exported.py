"""The data of a case for an export: its rows, words and pictures."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace
from shapely import box, intersects

from layers.document.chip import Chip
from layers.document.document import Document
from layers.document.image import Image
from layers.document.layer_terms import chip_may_leave
from layers.document.site import Site
from layers.geo.bounds import Bounds
from layers.product.bare_picture import bare_picture
from layers.product.content import ProductContent
from layers.product.gathering import content_of
from layers.product.marking import highest
from layers.product.publishing import Publishing
from layers.product.shown_picture import ShownPicture
from layers.requests.earth_file import EarthView
from layers.time.image_dates import image_date, image_date_words
from viewer.commands.filing.earth_overlays import KeptOverlay
from viewer.export.data.map_reading import MapReading
from viewer.support.language.translation import translate

_WITH_CHIPS = (".kmz", ".gpkg", ".html")
WITH_PICTURES = (".kmz", ".html")
"""Formats that show pictures. A GeoPackage keeps chips as they are: its readers check their hashes."""

type ReadChips = Callable[[Iterable[str]], Mapping[str, bytes]]
"""Returns bytes of chips by uuid, as far as they are there."""


class GroundPicture(Struct, frozen=True):
    """A picture laid on the ground: one side of a before/after. `bounds` are lon, lat; times are ISO 8601 or empty."""

    name: str
    data: bytes
    bounds: Bounds
    begin: str = ""
    end: str = ""
    words: str = ""
    group: int = 0
    """Number of a comparison, shared by its pictures."""
    size: tuple[int, int] = (0, 0)
    stretch: str = ""
    """Words on its stretch, and whether another frame has set it; empty where there is nothing to say."""
    bar: str = ""
    """Words of its scale bar; empty where its scale is not known."""
    bar_part: float = 0.0
    """Length of the scale bar as a part of the picture's width."""
    north: float = 0.0
    """True north in degrees clockwise from up, in the middle of the picture."""


class LaidPicture(Struct, frozen=True):
    """A picture that Google Earth laid on the ground, with what the case keeps of its overlay."""

    name: str
    picture: ShownPicture
    overlay: KeptOverlay
    opacity: float = 1.0
    is_visible: bool = True


class MapDetail(Struct, frozen=True):
    """A finer picture of a part of a map, whose place is in parts of the map's width and height."""

    data: bytes
    level: int
    """The times that pictures became finer: 1 for the first."""
    left: float
    top: float
    width: float
    height: float


class ExportedMap(Struct, frozen=True):
    """The map of a product without its point marks, the pixels of the marks by uuid, and the credits of its layers.

    `reading` is what stands on it and beside it, where the map can be zoomed.
    """

    data: bytes
    width: int
    height: int
    places: Mapping[str, tuple[float, float]]
    credits: tuple[str, ...] = ()
    reading: MapReading = MapReading()
    details: tuple[MapDetail, ...] = ()


class Imprint(Struct, frozen=True):
    """The subtitle, the people and the day of a product. `made_on` is YYYY-MM-DD, or empty."""

    subtitle: str = ""
    by: str = ""
    made_on: str = ""


class ShownChip(Struct, frozen=True):
    """A chip's picture, encoded anew, and the hash (SHA-256) of the bytes that the case keeps."""

    picture: ShownPicture
    sha256: str


class ChipPicture(Struct, frozen=True):
    """A chip with the bytes for readers; `words` give date, credit, and the hash of the bytes that the case keeps."""

    uuid: str
    site_uuid: str
    content_type: str
    data: bytes
    words: str = ""


class DataExport(Struct, frozen=True):
    """All that the formats are made from. `marking` is the product's own, where it has one."""

    document: Document
    content: ProductContent
    marking: str = ""
    chips: Mapping[str, bytes] = field(default_factory=dict)
    """Bytes as the case keeps them, by uuid. Somebody else may have made them, so they are not shown as pictures."""
    shown: Mapping[str, ShownChip] = field(default_factory=dict)
    """The pictures that are shown, by the chip's uuid, made by `with_shown_chips`."""
    overlays: Sequence[GroundPicture] = ()
    """Frames of the comparisons, each comparison's in their order."""
    laid: Sequence[LaidPicture] = ()
    """Overlays that came from Google Earth, on their way back."""
    views: Sequence[EarthView] = ()
    """Views of bookmarks that go out with the case, in the order of the tour."""
    map: ExportedMap | None = None
    left_out: str = ""
    """The sentence on chips that are left out by the terms of their images; empty where none is."""
    imprint: Imprint = Imprint()

    @property
    def shown_sites(self) -> list[str]:
        """Uuids of the marks in the product, in its order."""
        return [site.uuid for site in self.content.sites if site.uuid not in self.content.withheld]

    @property
    def publishing(self) -> Publishing:
        """The rules for the words of rows, published or not."""
        return Publishing(self.marking if self.content.is_published else None)

    @property
    def chip_pictures(self) -> list[ChipPicture]:
        """The chips that readers can see, in the order of the case; of a pair, the view as it was drawn."""
        publishing = self.publishing
        pairs = [(chip, self.shown[chip.uuid]) for chip in self.document.chips.values() if chip.uuid in self.shown]
        return [
            ChipPicture(
                chip.uuid,
                chip.site_uuid,
                shown.picture.content_type,
                shown.picture.data,
                _chip_words(self.document, chip, shown, publishing),
            )
            for chip, shown in pairs
            if not (chip.kind == "pixels" and chip.pair_uuid in self.shown)
        ]


def data_export(
    document: Document,
    suffix: str,
    read_chips: ReadChips,
    *,
    publish: bool = False,
    marking: str = "",
    sites: Collection[str] | None = None,
    bounds: Bounds | None = None,
) -> DataExport:
    """Collect the data of a case: of `sites` (uuids), of what lies within `bounds` (lon, lat), or all of it. Blocks.

    `suffix`: the file's ending in lower case, as only some formats have chips. `marking`: the export's own, in place of
    that of the case. `publish`: only what may be published (`Publishing`). Raises what `read_chips` raises.
    """
    own = marking or document.meta("marking")
    uuids = [
        site.uuid
        for site in document.sites.values()
        if (sites is None or site.uuid in sites) and (bounds is None or _is_in(site, bounds))
    ]
    content = content_of(document, uuids, publish, own, whole_case=sites is None and bounds is None)
    content = replace(content, marking=highest((marking, content.marking)).words)
    if suffix not in _WITH_CHIPS:
        return DataExport(document, content, own)
    wanted = _wanted_chips(document, content, own)
    leaving = {uuid: chip for uuid, chip in wanted.items() if chip_may_leave(chip, document)}
    left_out = _withheld_words([chip for uuid, chip in wanted.items() if uuid not in leaving])
    if left_out:
        content = replace(content, caveats=(*content.caveats, left_out))
    return DataExport(document, content, own, _bytes_of(leaving, content, own, read_chips, suffix), left_out=left_out)


def _wanted_chips(document: Document, content: ProductContent, marking: str) -> dict[str, Chip]:
    """The chips of the product's sites, by uuid."""
    publishing = Publishing(marking if content.is_published else None)
    sites: Collection[str] = {site.uuid for site in content.sites} - content.withheld
    return {
        chip.uuid: chip
        for chip in document.chips.values()
        if chip.site_uuid in sites and publishing.admits_marked(chip)
    }


def _withheld_words(chips: Sequence[Chip]) -> str:
    """The sentence on chips that may not leave; the two of one capture count once."""
    withheld = {chip.uuid for chip in chips}
    number = sum(not (chip.kind == "pixels" and chip.pair_uuid in withheld) for chip in chips)
    if not number:
        return ""
    return translate(
        "Export",
        "{count} image chips are left out: the terms of their images do not allow their pictures in a file.",
        "{count} image chip is left out: the terms of its image do not allow its pictures in a file.",
        number,
    )


def _bytes_of(
    chips: Mapping[str, Chip], content: ProductContent, marking: str, read_chips: ReadChips, suffix: str
) -> dict[str, bytes]:
    """Bytes of chips by uuid, as the case keeps them.

    In a published GeoPackage they lack the words that are stored beside their pixels. Formats that show pictures need
    the bytes unchanged, for their hash: what they show is encoded anew (`with_shown_chips`).
    """
    publishing = Publishing(marking if content.is_published else None)
    read = read_chips(chips) if chips else {}
    if not publishing.is_on or suffix in WITH_PICTURES:
        return {uuid: read[uuid] for uuid in chips if uuid in read}
    bare = {uuid: bare_picture(read[uuid], chip.content_type) for uuid, chip in chips.items() if uuid in read}
    return {uuid: data for uuid, data in bare.items() if data is not None}


def _chip_words(document: Document, chip: Chip, shown: ShownChip, publishing: Publishing) -> str:
    """The words below a chip: the date of its stamp, and beside it the date that its image has now."""
    image = document.images.get(chip.image_uuid)
    later = "" if image is None or image.acquired_at in ("", chip.acquired_at) else _later_date_words(image, publishing)
    credit = publishing.words(chip.later_credit(image))
    credited = publishing.words(chip.credit), f"stated later: {credit}" if credit else ""
    date = publishing.words(image_date(chip.acquired_at, chip.date_kind))
    parts = (publishing.words(chip.caption), date, later, *credited)
    return " · ".join(filter(None, (*parts, f"SHA-256 of the original {shown.sha256}")))


def _later_date_words(image: Image, publishing: Publishing) -> str:
    return f"stated later: {publishing.words(image_date_words(image.acquired_at, image.date_kind, image.date_basis))}"


def _is_in(site: Site, bounds: Bounds) -> bool:
    return bool(intersects(site.geometry, box(*bounds)))
