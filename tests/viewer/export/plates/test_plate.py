"""A plate: the same things at the same places at any size, every mark named, nothing on anything else."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtGui import QImage
from shapely.geometry import Point

from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.edit import TABLES
from layers.document.observation import Observation
from layers.document.rows import ClaimEvidence, ClaimSite
from layers.document.site import Site
from layers.product.content import MOST_EVIDENCE
from layers.product.spec import ProductSpec
from tests.support.cases.judgements import judgement
from tests.viewer.export.conftest import FRAME, pixels
from tests.viewer.export.plates.conftest import faults, picture, strips_differ
from viewer.export.formats.page_files import page_path
from viewer.export.formats.writers import begin_writing
from viewer.export.headless import wait_until
from viewer.export.plates.printed_plate import PrintedPlate
from viewer.support.painting import painting

SPEC = ProductSpec(
    title="Title of the map",
    subtitle="One line more",
    bottom_line="One sentence that says it.",
    dateline="1 May 2024",
    marking="TLP:AMBER",
    author="An Analyst",
    bounds=FRAME,
)


@pytest.mark.bounded
def test_a_page_in_strips_is_the_page(plate_of) -> None:
    plate = plate_of(SPEC)
    assert strips_differ(plate, 72, 97) == []


def test_every_site_in_the_frame_is_named_keyed_or_counted(plate_of) -> None:
    plate = plate_of(SPEC)
    (naming,), (one,) = plate.namings, plate.maps
    inside = {uuid for uuid in one.in_frame() if one.index.sites[uuid].is_site}
    assert inside == {"in", "in2", "area", "zone"} or inside == {"in", "in2", "area", "zone", "around"}
    assert naming.named | naming.keyed.keys() | naming.left_out == inside
    assert {"in", "in2"} <= naming.named


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize("dpi", [48.0, 96.0, 150.0])
def test_a_preview_is_a_picture_of_that_size(plate_of, dpi: float) -> None:
    plate = plate_of(SPEC)
    assert picture(plate, dpi) == picture(plate, dpi)


def test_a_map_of_no_bounds_is_full_of_its_image_and_has_all_marks(plate_of, document) -> None:
    rows = {name: list(document.table(name).values()) for name in ("layers", "sites")}
    kept = {"in", "in2", "zone"}
    document = Document({**rows, "sites": [site for site in rows["sites"] if site.uuid in kept]})
    plate = plate_of(ProductSpec(page="Newspaper, 2 columns"), document)
    (one,) = plate.maps
    seen, image = one.framing.lonlat(), plate.scenes[0].stack.bounds_of("l")
    assert seen is not None
    assert image is not None
    assert seen.left >= image.left - 1e-6
    assert seen.right <= image.right + 1e-6
    assert seen.bottom >= image.bottom - 1e-6
    assert seen.top <= image.top + 1e-6
    assert set(one.in_frame()) == {"in", "in2", "zone"}


@pytest.mark.bounded
def test_a_page_in_grey_has_no_colour(plate_of) -> None:
    plate = plate_of(replace(SPEC, grey=True))
    grey, coloured = pixels(picture(plate, 60)), pixels(picture(plate_of(SPEC), 60))
    assert (np.ptp(grey, axis=2) <= 1).all()
    assert np.ptp(coloured, axis=2).max() > 100


@pytest.mark.bounded
def test_the_groups_of_a_page_are_the_page(plate_of) -> None:
    plate = plate_of(SPEC)
    whole = picture(plate, 96)
    printed = PrintedPlate(plate, 96)
    titles = [group.title for group in printed.groups(0)]
    assert len(titles) == len(set(titles)) == 5
    together = QImage(whole.size(), whole.format())
    for group in printed.groups(0):
        with painting(together) as painter:
            printed.paint(painter, 0, group=group)
    assert together == whole


@pytest.mark.bounded
def test_the_marking_is_never_below_that_of_what_is_on_the_page(plate_of, document) -> None:
    rows = {name: list(document.table(name).values()) for name in TABLES}
    rows["sites"] = [replace(row, marking="TLP:RED" if row.uuid == "in" else "") for row in rows["sites"]]
    rows["claims"] = [replace(row, marking="UNCLASSIFIED") for row in rows["claims"]]
    raised = plate_of(replace(SPEC, marking="TLP:GREEN"), Document(rows))
    facts = PrintedPlate(raised, 96).facts()
    assert (facts.marking_top, facts.marking_bottom) == ("UNCLASSIFIED // TLP:RED",) * 2
    assert PrintedPlate(raised, 96).words.marking == "UNCLASSIFIED // TLP:RED"
    assert "UNCLASSIFIED // TLP:RED" in facts.words_of("marking top")
    assert raised.spec.marking == "TLP:GREEN", "the analyst's own stays as it was set"
    assert PrintedPlate(plate_of(SPEC), 96).facts().marking_top == "TLP:AMBER"


@pytest.mark.bounded
@pytest.mark.parametrize("dpi", [60.0, 97.0])
def test_the_written_png_is_the_preview_of_its_size(plate_of, studio, tmp_path, dpi: float) -> None:
    plate = plate_of(replace(SPEC, page="A4 portrait", caption="Words that go on. " * 400))
    assert plate.pages > 1
    out = tmp_path / "product.png"
    writing = begin_writing(PrintedPlate(plate, dpi), out, studio.context)
    wait_until(lambda: writing.is_over)
    assert writing.error is None
    for page in range(plate.pages):
        written, preview = QImage(str(page_path(out, page))), picture(plate, dpi, page)
        assert (pixels(written) == pixels(preview)).all()


@pytest.mark.bounded
@pytest.mark.parametrize("layout", ["single", "site"])
def test_the_caption_stands_under_its_map(plate_of, layout: str) -> None:
    spec = replace(SPEC, layout=layout, site="in", page="A4 landscape", caption="The quay, seen from above.")
    plate = plate_of(spec)
    (caption,) = [piece for piece in plate.pieces if piece.key == "caption"]
    (credit,) = [piece for piece in plate.pieces if piece.key == "credit:0"]
    frame = plate.maps[0].rect
    assert frame.bottom() <= caption.place.top() < caption.place.bottom() <= credit.place.top() + 1
    assert caption.place.left() == pytest.approx(frame.left(), abs=1)
    assert list(faults(plate)) == []
    long = plate_of(replace(spec, caption="Many words of the analyst. " * 100))
    assert list(faults(long)) == []


@pytest.mark.bounded
@pytest.mark.parametrize("layout", ["single", "site"])
def test_numbers_on_the_map_are_explained_beside_it(plate_of, document, layout: str) -> None:
    """Whatever else has so many words that it goes to a second page."""
    rows = {name: list(document.table(name).values()) for name in TABLES}
    rows["sites"] += [
        Site(uuid=f"near {at}", geometry=Point(10.5 + 0.0004 * at, 50.5), label=f"Tank number {at} of the depot")
        for at in range(30)
    ]
    rows["claims"] = [Claim(uuid=f"c{at}", statement=f"Claim {at}. " + "Words of it. " * 60) for at in range(8)]
    rows["claim_sites"] = [ClaimSite(uuid=f"l{at}", claim_uuid=f"c{at}", site_uuid="in") for at in range(8)]
    plate = plate_of(replace(SPEC, layout=layout, site="in", page="A4 landscape"), Document(rows))
    assert plate.numbers
    assert plate.pages > 1
    assert min(piece.page for piece in plate.pieces if piece.key == "key") == 0


@pytest.mark.bounded
def test_a_claim_names_its_places_where_its_words_do_not(plate_of, document) -> None:
    """Where several stood in the frame, nothing said which of them a claim was about."""
    rows = {name: list(document.table(name).values()) for name in TABLES}
    rows["claims"] = [Claim(uuid="c", statement="It was hit."), Claim(uuid="d", statement="The pier of In is new.")]
    links = ("c", "in2"), ("c", "out"), ("d", "in")
    rows["claim_sites"] = [ClaimSite(uuid=site, claim_uuid=claim, site_uuid=site) for claim, site in links]

    def about(sites: list[Site]) -> list[str]:
        plate = plate_of(SPEC, Document(rows | {"sites": sites}))
        texts = [text for piece in plate.pieces if piece.key in ("claims", "parties") for text in piece.texts]
        return [text for text in texts if text.startswith("About")]

    assert about(rows["sites"]) == ["About: In 2; Out"]
    many = [Site(uuid=f"near {at}", geometry=Point(10.2 + at / 50, 50.4), label=f"Tank {at}") for at in range(12)]
    rows["claim_sites"] += [ClaimSite(uuid=one.uuid, claim_uuid="d", site_uuid=one.uuid) for one in many]
    assert about(rows["sites"] + many)[1] == f"About: In; {'; '.join(f'Tank {at}' for at in range(7))}; 5 others"
    rows["claim_sites"] = [ClaimSite(uuid="l", claim_uuid="c", site_uuid="in2")]
    assert about([site for site in rows["sites"] if site.uuid == "in2"]) == []


def test_a_judgement_lists_what_it_rests_on(plate_of, document) -> None:
    """Rows of evidence were counted, and a reader could not tell what they were."""
    rows = {name: list(document.table(name).values()) for name in TABLES}
    seen = [
        Observation(uuid=f"o{at}", site_uuid="pad", image_uuid="", presence="present", words=f"crane {at}")
        for at in range(MOST_EVIDENCE + 3)
    ]
    rows["sites"] += [Site(uuid="pad", geometry=Point(10.5, 50.4), label="Pad", class_code="launch_site")]
    rows |= {
        "claims": [judgement("It is in use")],
        "claim_sites": [ClaimSite(uuid="l", claim_uuid="j", site_uuid="pad")],
        "observations": seen,
        "claim_evidence": [
            ClaimEvidence(
                uuid=f"e{row.uuid}",
                claim_uuid="j",
                evidence_table="observations",
                evidence_uuid=row.uuid,
                bearing="against" if row.uuid == "o0" else "supports",
            )
            for row in seen
        ],
    }
    plate = plate_of(SPEC, Document(rows))
    texts = [text for piece in plate.pieces if piece.key == "claims" for text in piece.texts]
    lines = [" ".join(text.split()) for text in texts if text.startswith("Evidence")]
    assert lines[0] == "Evidence (against): observation: present · an image that is not in the case · crane 0"
    assert len(lines) == MOST_EVIDENCE + 1
    assert lines[-1] == "Evidence: 3 further rows not listed here."
    assert list(faults(plate)) == []
