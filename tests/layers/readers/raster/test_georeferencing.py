"""Control points, RPCs and .aux.xml: where they put a picture, and what is said of it."""

import warnings
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import rasterio
import rasterio.shutil
from rasterio.control import GroundControlPoint as Point
from rasterio.enums import Resampling
from rasterio.errors import CRSError
from rasterio.transform import GCPTransformer, RPCTransformer
from rasterio.warp import reproject

from layers.geo.bounds import Bounds
from layers.grid.tile_grid import Affine
from layers.readers.raster.datasets import DATASETS
from layers.readers.raster.georeferencing import georeferencing_of
from layers.readers.raster.warp import ControlPoints, Warp, fit_control_points
from tests.support.readers.georeferenced import UTM, points_of, rpb, rpc, tile, with_rpc
from tests.support.readers.probed import probed_image
from tests.support.readers.tiny_rasters import SIZE, surface, write_raster


def picture(folder: Path, **more) -> Path:
    folder.mkdir(exist_ok=True)
    return write_raster(folder / "a.tif", surface().astype(np.float32), more.pop("crs", "EPSG:32652"), None, **more)


@pytest.mark.parametrize(
    ("curve", "steps", "words"),
    [
        (0.0, 2, "4 control points (first order), up to 0.0 pixels off"),
        (0.0, 3, "9 control points (first order), up to 0.0 pixels off"),
        (25.0, 3, "9 control points (second order), up to"),
        (
            25.0,
            6,
            "36 control points (thin plate spline through all of them; a second-order surface would be up to 10.4",
        ),
    ],
)
def test_control_points_place_as_gdal_does(tmp_path, curve, steps, words):
    points = points_of(curve, steps)
    path = picture(tmp_path, gcps=points)
    info = probed_image(path)
    assert words in info.georeferencing_note
    assert any(words in problem for problem in info.problems)
    assert (info.placed_by, info.crs) == ("control points", "EPSG:32652")
    xs, ys = (np.linspace(*ends, 20) for ends in (info.bounds[::2], info.bounds[1::2]))
    with GCPTransformer(points, tps="spline" in words) as gdal:
        rows, cols = gdal.rowcol(xs, ys, op=lambda v: v)
    warp = DATASETS.georeferencing(DATASETS.get(str(path))).warp
    near = (np.abs(np.array(cols) / SIZE - 0.5) < 0.6) & (np.abs(np.array(rows) / SIZE - 0.5) < 0.6)
    assert near.sum() > 5
    found = np.stack(warp.pixels(xs, ys))
    assert np.abs(found - np.stack([cols, rows]))[:, near].max() < 0.01


def test_a_bent_picture_is_drawn_through_its_points(tmp_path):
    points = points_of(25.0, 6)
    path = picture(tmp_path, gcps=points)
    values = surface()[0]
    for point in points[7:-7]:
        col, row = int(point.col), int(point.row)
        if not (2 < col < SIZE - 2 and 2 < row < SIZE - 2):
            continue
        found, mask = tile(path, "EPSG:32652", (2, 0, point.x - 5, 0, -2, point.y + 5), 5)
        assert mask.all()
        here = values[row - 1 : row + 1, col - 1 : col + 1]
        assert here.min() - 1 <= found[2, 2] <= here.max() + 1


def test_far_from_the_control_points_nothing_appears(tmp_path):
    path = picture(tmp_path, gcps=points_of(25.0, 6))
    _, near = tile(path, "EPSG:32652", (40, 0, UTM.left - 800, 0, -40, UTM.top + 800))
    _, far = tile(path, "EPSG:32652", (40, 0, UTM.left + 100_000, 0, -40, UTM.top + 800))
    _, world = tile(path, "EPSG:4326", (0.05, 0, 125.5, 0, -0.05, 54))
    assert near.any()
    assert not far.any()
    assert world.sum() < 20


def test_a_model_that_folds_is_not_asked_beyond_the_picture():
    rough = Affine(1, 0, 0, 0, -1, 100)
    folding = Warp(lambda x, y: (50 + 40 * np.sin((x - 50) / 40), 50 + 40 * np.sin((50 - y) / 40)), rough, 100, 100)
    x, y = np.array([50.0, 90.0, 300.0, -400.0]), np.array([50.0, 50.0, 50.0, 600.0])
    px, py = folding.pixels(x, y)
    assert (px[:2], py[:2]) == (pytest.approx([50, 50 + 40 * np.sin(1)]), pytest.approx([50, 50]))
    assert px[2] > 200
    assert px[3] < -300
    assert py[3] < -300


def test_control_points_on_both_sides_of_the_antimeridian(tmp_path):
    corners = [(0, 0, 177.0, 56.0), (0, SIZE, -176.6, 56.0), (SIZE, 0, 177.0, 50.0), (SIZE, SIZE, -176.6, 50.0)]
    path = picture(tmp_path, crs="EPSG:4326", gcps=[Point(*corner) for corner in corners])
    info = probed_image(path)
    assert info.bounds == pytest.approx((177, 50, 183.4, 56))
    values = surface()[0]
    for left in (177.0, -183.0):
        found, mask = tile(path, "EPSG:4326", (0.05, 0, left, 0, -0.05, 56), 64)
        assert mask.all()
        assert abs(found[0, 0] - values[0, 0]) < 1


@pytest.mark.parametrize("points", [[(0, 0), (1, 1), (2, 2)], [(0, 0), (5, 9)]])
def test_points_in_a_line_or_too_few_place_nothing(tmp_path, points):
    info = probed_image(picture(tmp_path, gcps=[Point(r, c, UTM.left + c, UTM.top - r) for r, c in points]))
    assert (info.placed_by, info.bounds_lonlat) == ("", None)
    assert any("do not determine where it lies" in p for p in info.problems)


# --- RPC


def test_an_rpc_places_as_gdal_does(tmp_path):
    path = with_rpc(tmp_path)
    info = probed_image(path)
    assert (info.placed_by, info.crs) == ("RPC", "EPSG:4326")
    assert "height of 215 m above the ellipsoid (the RPC's own HEIGHT_OFF)" in info.georeferencing_note
    assert any("ground 100 m higher or lower is drawn" in problem for problem in info.problems)
    for height in (None, 0.0, 400.0):
        used = 215.0 if height is None else height
        affine = rasterio.transform.from_bounds(*info.bounds, 100, 100)
        expected = np.full((100, 100), np.nan)
        reproject(
            surface().astype(np.uint8)[0].astype(float),
            expected,
            rpcs=rpc(),
            src_crs="EPSG:4326",
            dst_crs="EPSG:4326",
            dst_transform=affine,
            dst_nodata=np.nan,
            resampling=Resampling.bilinear,
            RPC_HEIGHT=used,
            tolerance=0,
        )
        found, mask = tile(path, "EPSG:4326", affine, 100, **({} if height is None else {"height_m": height}))
        both = mask & np.isfinite(expected)
        assert both.sum() > 3000
        assert np.abs(found - expected)[both].max() <= 1.0
        lons, lats = np.linspace(127.997, 128.003, 9), np.linspace(51.998, 52.002, 9)
        with RPCTransformer(rpc(), RPC_HEIGHT=used) as gdal:
            rows, cols = gdal.rowcol(lons, lats, op=lambda v: v)
        placed = DATASETS.georeferencing(DATASETS.get(str(path))).at_height(used, SIZE, SIZE)
        assert np.abs(np.stack(placed.warp.pixels(lons, lats)) - np.stack([cols, rows])).max() < 0.01


def test_a_chosen_height_moves_what_is_told_as_it_moves_what_is_drawn(tmp_path):
    path = with_rpc(tmp_path)
    own, higher = probed_image(path), probed_image(path, height_m=615.0)
    assert (own.height_m, own.own_height_m) == (215.0, 215.0)
    assert (higher.height_m, higher.own_height_m) == (615.0, 215.0)
    assert "height of 615 m above the ellipsoid (chosen by the analyst)" in higher.georeferencing_note
    assert sum("RPC" in problem for problem in higher.problems) == 1
    assert any("615 m" in problem for problem in higher.problems)
    assert abs(higher.bounds.left - own.bounds.left) > 1e-4
    assert probed_image(path) == own, "nothing of the other height stays"
    plain = write_raster(tmp_path / "b.tif", surface(), "EPSG:32652", UTM)
    assert probed_image(plain, height_m=615.0).height_m is None


def test_the_displacement_told_is_the_displacement_drawn(tmp_path):
    path = with_rpc(tmp_path)
    told = float(probed_image(path).georeferencing_note.split("drawn ")[1].split(" m")[0])
    georeferencing = DATASETS.georeferencing(DATASETS.get(str(path)))
    moved = georeferencing.rpc.ground(np.array([64.0]), np.array([64.0]), 315.0)
    here = georeferencing.rpc.ground(np.array([64.0]), np.array([64.0]), 215.0)
    east = (moved[0] - here[0])[0] * 111_320 * np.cos(np.radians(52))
    north = (moved[1] - here[1])[0] * 111_320
    assert told == pytest.approx(np.hypot(east, north), abs=1.0)
    assert told > 10


def test_a_nitf_with_an_rpc(tmp_path):
    source, path = with_rpc(tmp_path), tmp_path / "a.ntf"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rasterio.shutil.copy(source, path, driver="NITF", RPC00B="YES", FSCLAS="U", FSREL="NONE")
    info = probed_image(path)
    assert (info.driver, info.placed_by) == ("NITF", "RPC")
    assert "HEIGHT_OFF" in info.georeferencing_note
    assert info.tags["NITF_FSCLAS"] == "U"
    assert next(iter(info.tags)).startswith(("NITF_FS", "NITF_IS"))
    assert any(key.startswith("TRE RPC00B") for key in info.tags)


def test_rpcs_in_files_beside_the_picture(tmp_path):
    whole = probed_image(with_rpc(tmp_path))
    for name, text in (("b.RPB", rpb()), ("b_RPC.TXT", rpc_txt())):
        path = write_raster(tmp_path / "b.tif", surface().astype(np.uint8), None, None)
        (tmp_path / name).write_text(text)
        info = probed_image(path)
        assert info.placed_by == "RPC"
        assert info.bounds == pytest.approx(whole.bounds)
        (tmp_path / name).write_text(text[: len(text) // 2])
        assert probed_image(path).placed_by == ""
        (tmp_path / name).unlink()


def rpc_txt() -> str:
    r = rpc()
    lines = [f"{n.upper()}: {getattr(r, n)} x" for n in ("line_off", "samp_off", "lat_off", "long_off", "height_off")]
    lines += [f"{n.upper()}: {getattr(r, n)}" for n in ("line_scale", "samp_scale", "lat_scale", "long_scale")]
    lines.append(f"HEIGHT_SCALE: {r.height_scale}")
    for name in ("line_num", "line_den", "samp_num", "samp_den"):
        numbers = getattr(r, f"{name}_coeff")
        lines += [f"{name.upper()}_COEFF_{i}: {v}" for i, v in enumerate(numbers, 1)]
    return "\n".join(lines)


# --- .aux.xml


def aux(path: Path, body: str) -> None:
    path.with_name(path.name + ".aux.xml").write_text(f"<PAMDataset>{body}</PAMDataset>")


WKT = rasterio.crs.CRS.from_epsg(32652).to_wkt()


def test_aux_xml_gives_crs_and_transform(tmp_path):
    path = write_raster(tmp_path / "a.png", surface().astype(np.uint8), None, None, driver="PNG")
    aux(path, f"<SRS>{WKT}</SRS><GeoTransform>400000, 10, 0, 5751280, 0, -10</GeoTransform>")
    info = probed_image(path)
    assert (info.crs, info.bounds, info.problems) == ("EPSG:32652", UTM, ())


def test_aux_xml_gives_control_points(tmp_path):
    path = write_raster(tmp_path / "a.tif", surface().astype(np.uint8), None, None)
    points = "".join(f'<GCP Id="" Pixel="{p.col}" Line="{p.row}" X="{p.x}" Y="{p.y}"/>' for p in points_of(0, 2))
    aux(path, f'<GCPList Projection="{WKT.replace(chr(34), "&quot;")}">{points}</GCPList>')
    info = probed_image(path)
    assert (info.crs, info.placed_by) == ("EPSG:32652", "control points")
    plain = probed_image(picture(tmp_path / "plain", gcps=points_of(0, 2)))
    assert info.transform == pytest.approx(plain.transform)


@pytest.mark.parametrize("up", [False, True])
def test_aux_xml_of_arcgis_gives_control_points(tmp_path, up):
    path = write_raster(tmp_path / "a.tif", surface().astype(np.uint8), None, None)
    if up:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with rasterio.open(path, "r+") as out:
                out.update_tags(TIFFTAG_XRESOLUTION="100", TIFFTAG_YRESOLUTION="100", TIFFTAG_RESOLUTIONUNIT="2")
    points = points_of(0, 2)
    source = [v for p in points for v in ((p.col / 100, (SIZE - p.row) / 100) if up else (p.col, -p.row))]
    target = [v for p in points for v in (p.x, p.y)]
    doubles = ["".join(f"<Double>{v}</Double>" for v in values) for values in (source, target)]
    aux(
        path,
        '<Metadata domain="xml:ESRI" format="xml"><GeodataXform xsi:type="typens:PolynomialXform">'
        f"<PolynomialOrder>1</PolynomialOrder><SpatialReference><WKT>{WKT}</WKT></SpatialReference>"
        f"<SourceGCPs>{doubles[0]}</SourceGCPs><TargetGCPs>{doubles[1]}</TargetGCPs></GeodataXform></Metadata>",
    )
    info = probed_image(path)
    assert (info.crs, info.placed_by) == ("EPSG:32652", "control points")
    plain = probed_image(picture(tmp_path / "plain", gcps=points))
    assert info.transform == pytest.approx(plain.transform)


def test_the_files_own_crs_wins_and_the_difference_is_told(tmp_path):
    path = write_raster(tmp_path / "a.tif", surface().astype(np.uint8), "EPSG:32651", UTM)
    aux(path, f"<SRS>{WKT}</SRS>")
    info = probed_image(path)
    assert info.crs == "EPSG:32651"
    assert "names another CRS" in info.problems[0]


def test_a_picture_without_a_place_can_be_shown_in_its_own_pixels(tmp_path):
    path = write_raster(tmp_path / "a.tif", surface().astype(np.float32), None, None)
    info = probed_image(path)
    assert info.bounds == Bounds(0, -SIZE, SIZE, 0)
    found, mask = tile(path, "", (1, 0, 0, 0, -1, 0), SIZE)
    assert mask.all()
    assert (found == surface().astype(np.float32)[0]).all()


@pytest.mark.parametrize("lat", [88.0, 92.0])
def test_lonlat_bounds_beyond_the_pole_stay_finite(tmp_path, lat):
    path = write_raster(tmp_path / "a.tif", surface().astype(np.uint8), "EPSG:4326", Bounds(-180, lat - 5, 180, lat))
    info = probed_image(path)
    assert info.bounds_lonlat is not None
    assert info.bounds_lonlat.is_finite()


# -- control points that tell nothing, and a CRS that cannot be told ---------------------------------------------------


def fit_of(world: np.ndarray, side: int = 4):
    rows, cols = (grid.ravel() for grid in np.mgrid[0:side, 0:side] * 40.0)
    return fit_control_points(ControlPoints(cols, rows, *world.T))


def regular(side: int = 4) -> np.ndarray:
    rows, cols = (grid.ravel() for grid in np.mgrid[0:side, 0:side] * 40.0)
    return np.stack([1000 + 10 * cols, 5000 - 10 * rows], axis=1)


@pytest.mark.parametrize("spot", [0.0, 10.1, 4.5e6])
def test_points_in_one_place_determine_nothing(spot):
    assert fit_of(np.full((16, 2), spot)) is None
    assert fit_of(np.full((16, 2), spot) + np.random.default_rng(1).normal(0, 1e-16, (16, 2))) is None


def test_points_that_contradict_each_other_determine_nothing():
    crossed = np.array([(10.0, 50.0), (11.0, 51.0), (11.0, 51.0), (10.0, 50.0)])
    assert fit_of(crossed, 2) is None
    mirrored = np.concatenate([regular()[:8], regular()[7::-1]])
    assert fit_of(mirrored) is None


def test_a_fit_that_would_fold_the_picture_is_not_taken():
    world = regular()
    world[[5, 6]] = world[[6, 5]]  # two points are mixed up
    fit = fit_of(world)
    assert fit is not None
    assert "spline" not in fit.note
    cols, rows = np.meshgrid(np.linspace(0, 120, 25), np.linspace(0, 120, 25))
    u, _ = fit.exact(1000 + 10 * cols, 5000 - 10 * rows)
    assert (np.diff(u, axis=1) > 0).all()
    assert "spline" in fit_of(regular() + 30 * np.sin(np.arange(32)).reshape(16, 2)).note


def test_a_crs_that_cannot_be_written_is_none(tmp_path):
    class Unwritable:
        def to_wkt(self):
            raise CRSError("Cannot convert to WKT.")

    dataset = SimpleNamespace(
        crs=Unwritable(), driver="PNG", gcps=([], None), rpcs=None, transform=(1.0, 0.0, 5.0, 0.0, -1.0, 7.0, 0, 0, 1)
    )
    found = georeferencing_of(dataset, str(tmp_path / "a.png"))
    assert (found.crs, found.placed_by) == ("", "transform")
    assert "a.png is in a CRS that is not understood: choose its CRS in the layer's properties." in found.problems


_ARCGIS_9 = (
    '<GeodataXform xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:typens="http://www.esri.com/schemas/ArcGIS/9.3" xsi:type="typens:PolynomialXform">'
    "<PolynomialOrder>{order}</PolynomialOrder><SpatialReference><WKT>{wkt}</WKT></SpatialReference>{body}</GeodataXform>"
)


def _doubles(tag: str, *values: float) -> str:
    return f"<{tag}>{''.join(f'<Double>{value}</Double>' for value in values)}</{tag}>"


@pytest.mark.parametrize("wrapped", ["{}", '<PAMDataset><Metadata domain="xml:ESRI">{}</Metadata></PAMDataset>'])
def test_aux_xml_of_arcgis_9_gives_crs_and_polynomial(tmp_path, wrapped):
    """GDAL 3.10 says: GeoTransform = 399995.25, 10, -0.5, 5751284.875, 0.25, -10."""
    path = write_raster(tmp_path / "a.tif", surface().astype(np.uint8), None, None)
    plane = _doubles("CoeffX", 400000, 10, 0.5) + _doubles("CoeffY", 5751280, 0.25, 10)
    path.with_name("a.tif.aux.xml").write_text(wrapped.format(_ARCGIS_9.format(order=1, wkt=WKT, body=plane)))
    info = probed_image(path)
    assert (info.placed_by, info.problems) == ("transform", ())
    assert info.crs == "EPSG:32652"
    assert info.transform == pytest.approx((10, -0.5, 399995.25, 0.25, -10, 5751284.875))


def test_a_curve_of_arcgis_is_said_not_to_be_read(tmp_path):
    path = write_raster(tmp_path / "a.tif", surface().astype(np.uint8), None, None)
    curve = _doubles("CoeffX", *range(6)) + _doubles("CoeffY", *range(6))
    path.with_name("a.tif.aux.xml").write_text(_ARCGIS_9.format(order=2, wkt=WKT, body=curve))
    assert any("by a curve of ArcGIS" in problem for problem in probed_image(path).problems)
