"""Cases that a hostile or unlucky hand has changed, by seed: values, schema, journals, bytes, places of layers.

Everything that a case is made to point at lies in a folder of canaries: whoever opens one of them has followed it.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import struct
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry import LineString, Point, box

from layers.document.document import Document
from layers.document.edit import TABLES
from layers.document.layer import Layer
from layers.document.rows import Bookmark, MetaEntry
from layers.project.saving.publish import write_case
from layers.project.storage.schema import HISTORY_COLUMNS
from layers.project.storage.tables import SPECS
from tests.support.cases.rich import BLOBS, rich_document

type Hand = Callable[[random.Random, Path, Path], str]
"""Changes a case (its path, the folder of canaries) and says what it did."""

PORT_HOLDER = "{port}"
CANARIES = ("thesis.txt", "secret.tif", "secret.geojson", "deep/secret.gpkg")


def make_canaries(folder: Path) -> None:
    """Files that nothing may read, write or delete."""
    for name in CANARIES:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode() * 100)


def plain_case(path: Path, canaries: Path, port: int) -> None:
    """A case with every kind of row, layers beside it, and a service on loopback that nobody has agreed to."""
    write_tif(path.with_name("scene.tif"))
    feature = {"type": "Feature", "properties": {"n": 1}, "geometry": {"type": "Point", "coordinates": [100.3, 40.9]}}
    path.with_name("rows.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    document = rich_document()
    rows = {table: list(document.table(table).values()) for table in TABLES}
    sources = [
        ("raster", "Scene", {"path": "scene.tif"}),
        ("vector", "Rows", {"path": "rows.geojson", "table": "rows"}),
        (
            "tiles",
            "Tiles",
            {"template": f"http://127.0.0.1:{port}/{{z}}/{{x}}/{{y}}.png", "min_level": 0, "max_level": 9},
        ),
        ("raster", "Shipped", {"shipped": "blue_marble.tif"}),
    ]
    rows["layers"] = [
        Layer(uuid=f"layer-{number}", kind=kind, name=name, order_key=float(number), source_json=json.dumps(source))
        for number, (kind, name, source) in enumerate(sources)
    ]
    rows["bookmarks"] = [Bookmark(uuid="mark", name="Here", viewport_json='{"center": [100, 40], "resolution": 10}')]
    rows["meta"] += [MetaEntry(uuid="viewport", value='{"crs": "EPSG:3857", "x": 1, "y": 2, "resolution": 3}')]
    write_case(Document(rows), path, blobs=BLOBS)


def write_tif(path: Path) -> None:
    """An uncompressed GeoTIFF of bytes, without any library."""
    width = height = 16
    tags = [
        (256, 4, 1, width),
        (257, 4, 1, height),
        (258, 3, 1, 8),
        (259, 3, 1, 1),
        (262, 3, 1, 1),
        (273, 4, 1, 8),
        (277, 3, 1, 1),
        (278, 4, 1, height),
        (279, 4, 1, width * height),
        (33550, 12, 3, 0),
        (33922, 12, 6, 0),
        (34735, 3, 16, 0),
    ]
    pixels = bytes(range(256))
    directory = 8 + len(pixels)
    extra = directory + 2 + len(tags) * 12 + 4
    blocks = [
        struct.pack("<3d", 0.01, 0.01, 0.0),
        struct.pack("<6d", 0, 0, 0, 100.2, 41.0, 0),
        struct.pack("<16H", 1, 1, 0, 3, 1024, 0, 1, 2, 1025, 0, 1, 1, 2048, 0, 1, 4326),
    ]
    places = [extra, extra + 24, extra + 72]
    entries = b"".join(
        struct.pack("<HHI", tag, kind, count)
        + (struct.pack("<I", places.pop(0)) if tag > 33000 else struct.pack("<I", value))
        for tag, kind, count, value in tags
    )
    data = b"II*\0" + struct.pack("<I", directory) + pixels + struct.pack("<H", len(tags)) + entries + bytes(4)
    path.write_bytes(data + b"".join(blocks))


def tampered_case(seed: int, folder: Path, canaries: Path, port: int) -> tuple[Path, list[str]]:
    """A case in `folder` (new), and what was done to it."""
    chance = random.Random(seed)
    folder.mkdir(parents=True)
    case = folder / "case.gpkg"
    plain_case(case, canaries, port)
    done = []
    hands = chance.choices(list(HANDS), weights=list(HANDS.values()), k=chance.choice((1, 1, 2, 3)))
    # SQLite reads side files, and would wait for a pipe; and what is no database takes no rows.
    hands.sort(key=lambda hand: (hand is side_file, hand in (flipped, cut)))
    if hands.count(side_file) > 1:
        hands.remove(side_file)
    for hand in hands:
        with suppress(sqlite3.Error, OSError, OverflowError, UnicodeError, IndexError):
            done.append(hand(chance, case, canaries))
    return case, done


# -- values ---------------------------------------------------------------------------------------------------------


def _values(chance: random.Random, canaries: Path) -> Sequence[object]:
    n = chance.choice((300, 5_000, 100_000, 3_000_000))
    return (
        None,
        0,
        -1,
        1,
        2**31,
        2**63 - 1,
        -(2**63),
        1e308,
        -1e308,
        float("inf"),
        float("-inf"),
        1e-320,
        0.5,
        b"",
        b"\0",
        chance.randbytes(50),
        chance.randbytes(20_000),
        "",
        " ",
        "\0",
        "x" * n,
        "\u202e" * 50,
        "a\nb\r\n\tc",
        "é" * 300,
        "[" * n,
        '{"a":' * min(n, 90_000) + "1" + "}" * min(n, 90_000),
        "[]",
        "{}",
        "null",
        "NaN",
        "Infinity",
        '"x"',
        "[1,2",
        '{"path": 5}',
        '{"path": [1]}',
        '{"combined": {}}',
        '{"combined": [[]]}',
        '{"shipped": {}}',
        '{"template": 1}',
        '{"kind": "circle", "radius_m": 1e308}',
        '{"bands": [1e400, -5, "x"]}',
        '{"stretch": [NaN, Infinity]}',
        "<img src='file:///etc/passwd'>",
        "<b>bold</b>" * 50,
        "%s%s%n",
        "../../../../etc/passwd",
        str(canaries / "thesis.txt"),
        "unknown",
        "instant",
        "published",
        "verified",
        "EPSG:0",
        "EPSG:999999",
        "+proj=utm +zone=99",
        'LOCAL_CS["x"]',
        "2024-13-45T99:99:99Z",
        "9999999-01-01",
        "-1",
        "0x10",
        "１２",
        "likely",
        "almost certain",
        "direct speech",
        "withdrawn",
        "handed over",
        "source_files",
        '[["zh", "x", {"ours": true}]]',
        '[["zh", "x", {"source_uuid": [1]}]]',
        '[["zh", "x", null]]',
        '{"tool": ["x"], "checked_by": {}}',
        "A",
        "G",
        "#12",
        "#gggggg",
        "url(x)",
        "site-point",
        "claim-1",
        "layer-1",
        chance.choice("абв酒泉😀"),
        "\ud7ff",
        "\ufffe",
        "\U0010ffff",
    )


def value_anywhere(chance: random.Random, case: Path, canaries: Path) -> str:
    """One value of a wrong kind in one column, in all rows or one."""
    done = []
    with closing(_quiet(case)) as connection:
        for _ in range(chance.randint(1, 6)):
            tables = [spec.name for spec in SPECS] + [
                "loupe_history",
                "gpkg_contents",
                "layer_styles",
                "gpkg_extensions",
            ]
            table = chance.choice(tables)
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            column, value = chance.choice(columns), chance.choice(_values(chance, canaries))
            if isinstance(value, str) and chance.random() < 0.1:
                value = value.encode("utf-8", "surrogatepass")[:-1] or b"\xff"
                connection.execute(f"UPDATE {table} SET {column} = CAST(? AS TEXT)", (value,))
            else:
                connection.execute(f"UPDATE {table} SET {column} = ?", (value,))
            done.append(f"{table}.{column} = {str(value)[:30]!r}")
        connection.commit()
    return "value: " + "; ".join(done)


def geometry_anywhere(chance: random.Random, case: Path, canaries: Path) -> str:
    """A place that is none, or too much."""
    header = b"GP\x00\x01" + struct.pack("<i", 4326)
    nested = b"".join(b"\x01\x07\x00\x00\x00\x01\x00\x00\x00" for _ in range(chance.choice((10, 5_000, 60_000))))
    many = np.random.default_rng(chance.randrange(99)).uniform(-180, 180, (chance.choice((9, 20_000)), 2))
    blobs = (
        b"",
        b"GP",
        header,
        header + chance.randbytes(40),
        header + nested,
        header + struct.pack("<BII", 1, 2, 2**32 - 1),
        header + struct.pack("<BIII", 1, 3, 2**31, 5),
        header + struct.pack("<BIdd", 1, 1, float("nan"), float("inf")),
        header + struct.pack("<BIdd", 1, 1, 1e308, -1e308),
        header + struct.pack("<BIdd", 1, 1, 400.0, 95.0),
        header + struct.pack("<BIdd", 1, 1, 40.0, 120.0),
        header + shapely.to_wkb(LineString(many * (1, 0.5))),
        header + shapely.to_wkb(LineString(many)),
        header + shapely.to_wkb(box(-180, -90, 180, 90)),
        header + shapely.to_wkb(Point(1, 2).buffer(1e-12)),
        header + shapely.to_wkb(shapely.from_wkt("GEOMETRYCOLLECTION(POINT(1 2), LINESTRING(0 0, 1 1))")),
        header + shapely.to_wkb(shapely.multipoints(many[:5000])),
        header + shapely.to_wkb(shapely.from_wkt("POLYGON EMPTY")),
    )
    blob, table = chance.choice(blobs), chance.choice(("site_point", "site_line", "site_polygon"))
    with closing(_quiet(case)) as connection:
        connection.execute(f"UPDATE {table} SET geom = ?", (blob,))
        connection.commit()
    return f"geometry of {len(blob)} bytes in {table}"


def many_rows(chance: random.Random, case: Path, canaries: Path) -> str:
    """The same rows again and again."""
    table, count = chance.choice([spec.name for spec in SPECS if spec.key]), chance.choice((200, 5_000, 30_000))
    with closing(_quiet(case)) as connection:
        names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")][1:]
        listed = ", ".join(names)
        connection.execute(
            f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {count}) "
            f"INSERT INTO {table} ({listed}) SELECT {listed} FROM {table}, n LIMIT {count}"
        )
        connection.commit()
    return f"{count} rows more in {table}"


# -- layers ---------------------------------------------------------------------------------------------------------


def layer_source(chance: random.Random, case: Path, canaries: Path) -> str:
    """A layer that leads elsewhere."""
    secret = canaries / chance.choice(CANARIES)
    up = os.path.relpath(secret, case.parent)
    paths = (
        str(secret),
        up,
        f"./{up}",
        f"scene.tif/../{up}",
        f"file://{secret}",
        f"/vsizip/{secret}",
        "/vsicurl/http://127.0.0.1:1/x",
        "\\\\127.0.0.1\\share\\x.tif",
        "//127.0.0.1/share/x.tif",
        "/\\127.0.0.1/x",
        "/dev/zero",
        "/dev/stdin",
        "/proc/self/environ",
        "/net/host/x.tif",
        "C:\\secret\\x.tif",
        "~/.ssh/id_rsa",
        "<VRTDataset/>",
        f"NETCDF:{secret}",
        "scene.tif\0.png",
        "",
        ".",
        "..",
        "pipe",
        "link.tif",
        "x" * 5000,
        "scene.tif|layername=x",
        "con",
        "scene.tif ",
    )
    text = chance.choice(paths)
    with suppress(OSError):
        os.mkfifo(case.with_name("pipe"))
        case.with_name("link.tif").symlink_to(secret)
    source: dict[str, object] = chance.choice(
        (
            {"path": text},
            {"path": text, "table": "x" * 999},
            {"combined": [{"path": text, "name": "a", "bands": 1}]},
            {"shipped": up},
            {"shipped": ["blue_marble.tif"]},
            {"template": text + "{z}/{x}/{y}"},
            {"template": f"http://127.0.0.1:{PORT_HOLDER}/a/{{z}}/{{x}}/{{y}}", "min_level": -5, "max_level": 10**9},
            {"path": text, "height_m": 1e308, "band_names": {"1": 5}},
            {"path": text, "options": {"encoding": "x", "a": [1]}},
        )
    )
    kind = chance.choice(("raster", "vector", "tiles", "nonsense", ""))
    vrt = f'<VRTDataset rasterXSize="9" rasterYSize="9"><VRTRasterBand band="1"><SimpleSource SourceFilename="{secret}"/></VRTRasterBand></VRTDataset>'  # noqa: E501
    case.with_name("v.vrt").write_text(vrt)
    if chance.random() < 0.1:
        source = {"path": "v.vrt"}
    with closing(_quiet(case)) as connection:
        connection.execute(
            "UPDATE loupe_layers SET source_json = ?, kind = ? WHERE uuid = ?",
            (json.dumps(source), kind, f"layer-{chance.randrange(4)}"),
        )
        connection.commit()
    return f"a layer of kind {kind!r}: {str(source)[:80]}"


# -- schema ---------------------------------------------------------------------------------------------------------

BOMB = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


def schema(chance: random.Random, case: Path, canaries: Path) -> str:
    """Tables that are none, or none of ours."""
    number = chance.choice(("9" * 3000, "-1", "2", "x", "1e9"))
    fact = chance.choice(("min_reader_version", "min_writer_version", "schema_version", "integrity", "project_uuid"))
    table = chance.choice(
        [spec.name for spec in SPECS] + ["loupe_history", "gpkg_contents", "gpkg_extensions", "layer_styles"]
    )
    statements = chance.choice(
        (
            (f"DROP TABLE {table}",),
            (
                f"ALTER TABLE {table} RENAME TO other",
                f"CREATE VIEW {table} AS SELECT ({BOMB}) AS uuid, 1 AS key, 2 AS value",
            ),
            (
                f"CREATE VIEW {table}_view AS {BOMB}",
                f"INSERT INTO gpkg_contents (table_name, data_type) VALUES ('{table}_view', 'x')",
            ),
            (f"CREATE TRIGGER evil AFTER INSERT ON {table} BEGIN DELETE FROM sources; END",),
            (f"ALTER TABLE {table} ADD COLUMN slow TEXT AS (hex(zeroblob(90000000))) VIRTUAL",),
            (f"ALTER TABLE {table} ADD COLUMN rowid TEXT DEFAULT 'x'", f"ALTER TABLE {table} ADD COLUMN oid"),
            (f'ALTER TABLE {table} ADD COLUMN "a""; DROP TABLE claims; --" TEXT DEFAULT \'theirs\'',),
            (f"ALTER TABLE {table} DROP COLUMN uuid",),
            ("CREATE VIRTUAL TABLE search USING fts5(body)", "INSERT INTO search VALUES ('x')"),
            (f"ALTER TABLE {table} RENAME TO old", f"CREATE TABLE {table} (uuid TEXT PRIMARY KEY) WITHOUT ROWID"),
            (f"ALTER TABLE {table} RENAME TO old", f"CREATE TABLE {table} (uuid ANY, geom BLOB, key INT) STRICT"),
            (f"ALTER TABLE {table} RENAME TO old", f"CREATE VIRTUAL TABLE {table} USING rtree(id, a, b)"),
            (
                "CREATE TABLE theirs (fid INTEGER PRIMARY KEY, geom BLOB, t TEXT)",
                "INSERT INTO theirs SELECT fid, geom, 'x' FROM site_line",
                "INSERT INTO gpkg_contents (table_name, data_type, srs_id) VALUES ('theirs', 'features', 4326)",
                "INSERT INTO gpkg_geometry_columns VALUES ('theirs', 'geom', 'GEOMETRY', 4326, 0, 0)",
            ),
            (
                'CREATE TABLE "CLAIMS " (a)',
                "CREATE TABLE 'sqlite-x' (b)",
                "CREATE INDEX i ON claims (length(statement)) WHERE rev > 0",
            ),
            ("PRAGMA application_id = 5", "PRAGMA user_version = 99999"),
            (f"UPDATE loupe_meta SET value = '{number}' WHERE key = '{fact}'",),
            ("DELETE FROM loupe_meta",),
            ("PRAGMA journal_mode = WAL",),
        )
    )
    with closing(_quiet(case)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    return "schema: " + "; ".join(statement[:60] for statement in statements)


def master(chance: random.Random, case: Path, canaries: Path) -> str:
    """The schema's own text changed by hand."""
    with closing(_quiet(case)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        name = chance.choice(names)
        text = chance.choice(
            (
                f"CREATE TABLE {name} (a, b, c)",
                f"CREATE TABLE {name} (uuid TEXT AS (hex(zeroblob(50000000))) VIRTUAL NOT NULL)",
                "nonsense",
                "",
                f"CREATE TABLE {name} ({', '.join(f'c{i}' for i in range(1900))})",
                "CREATE TABLE x (a CHECK (a IN (SELECT 1)))",
            )
        )
        if chance.random() < 0.3:
            connection.execute("UPDATE sqlite_master SET rootpage = ? WHERE name = ?", (chance.randrange(1, 60), name))
        else:
            connection.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", (text, name))
        connection.commit()
    return f"master: {name} as {text[:50]!r}"


# -- files ----------------------------------------------------------------------------------------------------------


def side_file(chance: random.Random, case: Path, canaries: Path) -> str:
    """Something under the name of a journal or of the lock."""
    suffix = chance.choice(("-journal", "-wal", "-shm", ".lock", ".bak1"))
    side = case.with_name(case.name + suffix)
    what = chance.choice(
        ("bytes", "journal", "super", "zeros", "hole", "folder", "pipe", "link", "device", "wal", "empty")
    )
    victim = canaries / "thesis.txt"
    match what:
        case "bytes":
            side.write_bytes(chance.randbytes(chance.choice((5, 5_000, 100_000))))
        case "journal" | "super":
            data = bytes.fromhex("d9d505f920a163d7") + struct.pack(">IIIII", 1, 7, 5, 512, 4096)
            side.write_bytes(data.ljust(512, b"\0") + chance.randbytes(4096))
            name = os.fsencode(victim)
            if what == "super":
                checksum = sum(byte - 256 if byte > 127 else byte for byte in name) & 0xFFFFFFFF
                tail = struct.pack(">I", 0x40000000 // 4096 + 1) + name + struct.pack(">II", len(name), checksum)
                side.write_bytes(side.read_bytes() + tail + bytes.fromhex("d9d505f920a163d7"))
        case "zeros":
            side.write_bytes(bytes(100_000))
        case "hole":
            with side.open("wb") as file:
                file.truncate(chance.choice((2**33, 2**40)))
        case "folder":
            side.mkdir()
        case "pipe":
            os.mkfifo(side)
        case "link":
            side.symlink_to(victim)
        case "device":
            side.symlink_to("/dev/zero")
        case "wal":
            header = struct.pack(">IIIIII", 0x377F0682, 3007000, 4096, 1, 5, 6)
            side.write_bytes(header + chance.randbytes(8 + 24 + 4096))
        case "empty":
            side.touch()
    return f"{what} as {suffix}"


def flipped(chance: random.Random, case: Path, canaries: Path) -> str:
    """Bytes changed, with the hash and its counter left out of it so that they are looked at."""
    if chance.random() < 0.7:
        with closing(_quiet(case)) as connection, suppress(sqlite3.Error):
            connection.execute("DELETE FROM loupe_meta WHERE key = 'integrity'")
            connection.commit()
    data = bytearray(case.read_bytes())
    count = chance.choice((1, 5, 50, 2000))
    for _ in range(count):
        data[chance.randrange(len(data))] = chance.randrange(256)
    case.write_bytes(data)
    return f"{count} bytes changed"


def cut(chance: random.Random, case: Path, canaries: Path) -> str:
    """Cut short, made longer, or with pages of nothing."""
    data = case.read_bytes()
    match chance.randrange(4):
        case 0:
            case.write_bytes(data[: chance.randrange(len(data))])
            return "cut"
        case 1:
            case.write_bytes(data + chance.randbytes(chance.randrange(20_000)))
            return "longer"
        case 2:
            page = chance.randrange(len(data) // 4096) * 4096
            case.write_bytes(data[:page] + bytes(4096) + data[page + 4096 :])
            return "a page of nothing"
        case _:
            one, two = (chance.randrange(len(data) // 4096) * 4096 for _ in range(2))
            mixed = bytearray(data)
            mixed[one : one + 4096] = data[two : two + 4096]
            case.write_bytes(mixed)
            return "a page in the place of another"


def history(chance: random.Random, case: Path, canaries: Path) -> str:
    """A history that is none."""
    with closing(_quiet(case)) as connection:
        count = chance.choice((1, 50, 3_000))
        most = 10**7 // count  # what is tried are odd rows, not gigabytes of them
        values = [value for value in _values(chance, canaries)[:30] if len(str(value)) < most]
        for _ in range(count):
            row = [chance.choice(values) for _ in HISTORY_COLUMNS]
            row[4], row[5], row[6] = (
                chance.choice(("claims", "site_point", "x")),
                "claim-1",
                chance.choice(("insert", "update", "delete", "baseline", "?")),
            )
            if chance.random() < 0.5:
                row[9] = json.dumps({"statement": [None, "x" * chance.choice((5, 9_000))], "rev": [1, "y"]})
            holders = ", ".join("?" * len(row))
            connection.execute(f"INSERT INTO loupe_history ({', '.join(HISTORY_COLUMNS)}) VALUES ({holders})", row)
        connection.commit()
    return "history"


def _quiet(case: Path) -> sqlite3.Connection:
    """Without the triggers that need functions of other programs."""
    connection = sqlite3.connect(case)
    connection.setconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_TRIGGER, False)
    connection.setconfig(sqlite3.SQLITE_DBCONFIG_DEFENSIVE, False)
    return connection


HANDS: dict[Hand, float] = {
    value_anywhere: 6,
    geometry_anywhere: 2,
    many_rows: 1,
    layer_source: 4,
    schema: 4,
    master: 2,
    side_file: 3,
    flipped: 3,
    cut: 2,
    history: 1,
}
