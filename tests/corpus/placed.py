"""Pictures placed by control points, an RPC or files beside them, contradicted by them, off the Earth or nowhere."""

from __future__ import annotations

import warnings
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pyproj
import rasterio
from rasterio.control import GroundControlPoint
from rasterio.crs import CRS
from rasterio.errors import NotGeoreferencedWarning
from rasterio.rpc import RPC
from rasterio.transform import Affine

from tests.corpus.odd import Odd
from tests.corpus.pictures import EUROPA, GRID, MARS, MOON, PLACES, at, rgb, size_of, values_of, write

UTM33 = "EPSG:32633"
NOWHERE = {"grid": [], "wkt": "", "how": "nothing", "pole": 0}


def placed() -> list[Odd]:
    """All of them."""
    return [*_control_points(), *_rational(), *_beside(), *_off_earth()]


def _with_points(
    path: Path, rng: np.random.Generator, points: list[tuple[float, float, float, float]], crs: str = "EPSG:4326"
) -> Path:
    """A picture with control points: column, row, x, y."""
    values = np.rint(values_of(1, *size_of(rng), 40, 240)).astype(np.uint8)
    write(path, values, None, None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(path, "r+") as out:
            out.gcps = (
                [GroundControlPoint(row, col, x, y) for col, row, x, y in points],
                CRS.from_user_input(crs) if crs else CRS(),
            )
    return path


def _points(rng: np.random.Generator, bend: float = 0.0, count: int = 2) -> list[tuple[float, float, float, float]]:
    """A lattice of points over the picture, in a turned and perhaps bent grid of degrees."""
    lon, lat = float(rng.uniform(-150, 150)), float(rng.uniform(-60, 60))
    found = []
    for row in np.linspace(0, 20, count):
        for col in np.linspace(0, 24, count):
            x = lon + 0.01 * col + 0.002 * row + bend * col * row
            found.append((float(col), float(row), x, lat + 0.001 * col - 0.009 * row + bend * col * col))
    return found


def _control_points() -> list[Odd]:
    def good(count: int, bend: float = 0.0) -> partial[Path]:
        return partial(_gcps, count, bend)

    def bad(points: list[tuple[float, float, float, float]], crs: str = "EPSG:4326") -> partial[Path]:
        return partial(_bad_gcps, points, crs)

    corners = [(0.0, 0.0), (24.0, 0.0), (0.0, 20.0), (24.0, 20.0)]

    def over(places: list[tuple[float, float]]) -> list[tuple[float, float, float, float]]:
        return [(*corner, *place) for corner, place in zip(corners, places, strict=True)]

    nowhere = {"written": NOWHERE, "why": "GDAL fits what tells no place"}
    shown = {"says": "it is shown in pixel space", **nowhere}
    metres = over([(450_000, 5e6), (450_640, 5e6), (450_000, 4_999_360), (450_640, 4_999_360)])
    return [
        Odd("control points at four corners", good(2)),
        Odd("control points in nine places", good(3)),
        Odd("control points that bend", good(3, 4e-6)),
        Odd("control points in metres", partial(_gcps_in_metres, 3)),
        Odd("control points over the antimeridian", partial(_gcps_over_the_antimeridian)),
        Odd("three control points", partial(_three_gcps)),
        Odd("control points in one place", bad(over([(10.1, 50.3)] * 4)), **shown),
        Odd("control points in one line", bad(over([(10, 50), (11, 51), (12, 52), (13, 53)])), **shown),
        Odd(
            "control points in a row of the picture",
            bad([(c, 3.0, 10 + c / 100, 50.0) for c in (0.0, 9.0, 20.0)]),
            **shown,
        ),
        Odd("control points that cross", bad(over([(10, 50), (11, 51), (11, 51), (10, 50)])), **shown),
        Odd("control points of two", bad(over([(10, 50), (11, 50), (10, 49), (11, 49)])[:2]), **shown),
        Odd(
            "control points that contradict their CRS",
            bad(metres),
            **{
                **shown,
                "says": "its numbers do not fit that",
                "written": {"grid": [], "pole": 0},
                "why": "GDAL takes metres for degrees",
            },
        ),
        Odd(
            "control points without a CRS",
            bad(over([(10, 50), (11, 50), (10, 49), (11, 49)]), ""),
            says="it is shown in pixel space",
        ),
    ]


def _gcps(count: int, bend: float, folder: Path, rng: np.random.Generator) -> Path:
    return _with_points(folder / "points.tif", rng, _points(rng, bend, count))


def _gcps_in_metres(count: int, folder: Path, rng: np.random.Generator) -> Path:
    points = [(c, r, 400_000 + 9 * c - r, 5_750_000 - c - 11 * r) for c, r, _, _ in _points(rng, 0.0, count)]
    return _with_points(folder / "metres.tif", rng, points, "EPSG:32652")


def _gcps_over_the_antimeridian(folder: Path, rng: np.random.Generator) -> Path:
    points = [(c, r, 179.9 + 0.01 * c, 52 - 0.01 * r) for c, r, _, _ in _points(rng)]
    return _with_points(folder / "over.tif", rng, points)


def _three_gcps(folder: Path, rng: np.random.Generator) -> Path:
    return _with_points(folder / "three.tif", rng, _points(rng)[:3])


def _bad_gcps(
    points: list[tuple[float, float, float, float]], crs: str, folder: Path, rng: np.random.Generator
) -> Path:
    return _with_points(folder / "bad.tif", rng, points, crs)


def _rational() -> list[Odd]:
    return [
        Odd("an RPC inside", partial(_rpc, 0.0)),
        Odd(
            "an RPC inside at a height",
            partial(_rpc, 700.0),
            peer={"transformer": ["RPC_HEIGHT=700"]},
            why="GDAL takes the height 0 where it is told none",
        ),
        Odd("an RPC and a position", _rpc_and_place),
    ]


def _coefficients(height_off: float, lon: float, lat: float) -> RPC:
    """A look from the side: rows go south, columns east, heights move both."""
    line = [0.0, 0.05, -1.0, 0.02, 0.001, *[0.0] * 15]
    samp = [0.0, 1.0, 0.04, -0.03, 0.0005, *[0.0] * 15]
    one = [1.0, *[0.0] * 19]
    return RPC(
        height_off=height_off,
        height_scale=500.0,
        lat_off=lat,
        lat_scale=0.05,
        long_off=lon,
        long_scale=0.08,
        line_off=9.5,
        line_scale=10.0,
        samp_off=11.5,
        samp_scale=12.0,
        line_num_coeff=line,
        line_den_coeff=one,
        samp_num_coeff=samp,
        samp_den_coeff=one,
    )


def _rpc(height_off: float, folder: Path, rng: np.random.Generator) -> Path:
    values = np.rint(values_of(1, 20, 24, 40, 240)).astype(np.uint8)
    path = write(folder / "rational.tif", values, None, None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(path, "r+") as out:
            out.rpcs = _coefficients(height_off, float(rng.uniform(-150, 150)), float(rng.uniform(-50, 50)))
    return path


def _rpc_and_place(folder: Path, rng: np.random.Generator) -> Path:
    path = _rpc(0.0, folder, rng)
    with rasterio.open(path, "r+") as out:
        out.transform, out.crs = at(PLACES["degrees"]), "EPSG:4326"
    return path


def _beside() -> list[Odd]:
    esri = pyproj.CRS(UTM33).to_wkt("WKT1_ESRI")
    gauss = pyproj.CRS("EPSG:28411").to_wkt("WKT1_ESRI")
    reference = (
        '<?xml version="1.0"?><metadata><Esri><DataProperties><coordRef><projcsn Sync="TRUE">WGS_1984_UTM_Zone_33N'
        "</projcsn></coordRef></DataProperties></Esri></metadata>"
    )
    pam = f"<PAMDataset><SRS>{pyproj.CRS(UTM33).to_wkt('WKT1_GDAL')}</SRS></PAMDataset>"
    whole = pam.replace("</PAM", "<GeoTransform>450000, 10, 0, 5000000, 0, -10</GeoTransform></PAM")
    told = {"peer": {"crs": UTM33}, "why": "GDAL looks for no CRS there"}
    return [
        Odd("jpeg with a world file and prj", partial(_image, "a.jpg", "a.jgw", {"a.prj": esri}), **told),
        Odd("jpeg with wld", partial(_image, "a.jpg", "a.wld", {"a.prj": esri}), **told),
        Odd("jpeg in capitals", partial(_image, "SCENE.JPG", "SCENE.JGW", {"SCENE.PRJ": esri}), **told),
        Odd("png with pgw and name.xml", partial(_image, "a.png", "a.pgw", {"a.xml": reference}), **told),
        Odd("png with pngw and png.xml", partial(_image, "a.png", "a.pngw", {"a.png.xml": reference}), **told),
        Odd("tiff with tfw and prj", partial(_image, "a.tif", "a.tfw", {"a.prj": esri}), **told),
        Odd("jpeg 2000 with j2w and prj", partial(_image, "a.jp2", "a.j2w", {"a.prj": esri}), **told),
        Odd("png with a CRS in aux.xml", partial(_image, "a.png", "a.pgw", {"a.png.aux.xml": pam})),
        Odd("png placed by aux.xml alone", partial(_image, "a.png", "", {"a.png.aux.xml": whole})),
        Odd(
            "jpeg with an old russian prj",
            partial(_image, "a.jpg", "a.jgw", {"a.prj": gauss}, x=11_400_000.0, y=5_750_000.0),
            peer={"crs": "EPSG:28411"},
            why="GDAL looks for no CRS there",
        ),
        Odd("world file turned", partial(_image, "a.png", "a.pgw", {"a.prj": esri}, turn=4.0), **told),
        Odd(
            "world file with commas",
            partial(_image, "a.png", "a.pgw", {"a.prj": esri}, comma=True),
            peer={"crs": UTM33},
            why="GDAL looks for no CRS there",
        ),
        Odd("world file alone", partial(_image, "a.png", "a.pgw", {}), says="it is shown in pixel space"),
        Odd("prj alone", partial(_image, "a.png", "", {"a.prj": esri}), says="it is shown in pixel space", **told),
        Odd("nothing beside", partial(_image, "a.jpg", "", {}), says="it is shown in pixel space"),
        Odd("mask beside a jpeg", _jpeg_with_mask, **told),
    ]


def _image(
    name: str,
    world: str,
    beside: dict[str, str],
    folder: Path,
    rng: np.random.Generator,
    *,
    x: float = 450_005.0,
    y: float = 5_000_005.0,
    turn: float = 0.0,
    comma: bool = False,
) -> Path:
    """`world` is the name of the world file, if any; `beside` are texts of other files by their names."""
    values = rgb(rng)
    _encode(folder / name, values)
    if world:
        text = f"10.0\n{turn}\n{turn}\n-10.0\n{x}\n{y}\n"
        (folder / world).write_text(text.replace(".", ",") if comma else text)
    for other, text in beside.items():
        (folder / other).write_text(text, "utf-8")
    return folder / name


def _encode(path: Path, values: np.ndarray) -> None:
    suffix = path.suffix.lower()
    if suffix in (".tif", ".jp2"):
        options = {"driver": "JP2OpenJPEG", "QUALITY": "100", "REVERSIBLE": "YES"} if suffix == ".jp2" else {}
        write(path, values, None, None, **options)
        return
    flags = [cv2.IMWRITE_JPEG_QUALITY, 100] if suffix == ".jpg" else []
    done, content = cv2.imencode(suffix, np.moveaxis(values, 0, -1)[..., ::-1], flags)
    assert done
    path.write_bytes(content.tobytes())


def _jpeg_with_mask(folder: Path, rng: np.random.Generator) -> Path:
    path = _image("a.jpg", "a.jgw", {"a.prj": pyproj.CRS(UTM33).to_wkt("WKT1_ESRI")}, folder, rng)
    with rasterio.open(path) as source:
        mask = np.full(source.shape, 255, np.uint8)
    mask[:8] = 0
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=False), rasterio.open(path, "r+") as out:
        out.write_mask(mask)
    return path


def _off_earth() -> list[Odd]:
    kinds = {"a site's grid": GRID, "the Moon": MOON, "Mars": MARS, "Europa": EUROPA}
    alone = {
        "says": "no place on the Earth",
        "written": {"grid": [], "pole": 0},
        "why": "GDAL has no other body to say",
    }
    return [
        *(Odd(f"on {name}", partial(_on, crs), **alone) for name, crs in kinds.items()),
        Odd("no CRS but a position", partial(_on, None), says="it is shown in pixel space"),
        Odd(
            "metres said to be degrees",
            partial(_on, "EPSG:4326"),
            says="its numbers do not fit that",
            written={"grid": [], "pole": 0},
            why="GDAL takes metres for degrees",
        ),
    ]


def _on(crs: str | None, folder: Path, rng: np.random.Generator) -> Path:
    values = np.rint(values_of(1, *size_of(rng), 40, 240)).astype(np.uint8)
    step = 1.0 if crs not in (MARS, EUROPA) else 0.01
    x, y = (450_000.0, 5_000_000.0) if crs in (None, "EPSG:4326") else (1.0, 3.0)
    return write(folder / "off.tif", values, crs, Affine(step, 0, x, 0, -step, y))
