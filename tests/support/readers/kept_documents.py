"""Documents that a case may keep, written by hand: PDF, HTML, WARC and WACZ with words in three scripts."""

from __future__ import annotations

import gzip
import io
import json
import zipfile

PAGE_ADDRESS = "https://example.org/news/17"
PAGE = """<!doctype html><html><head><meta charset="utf-8"><title>Launch site | Example News</title>
<meta property="og:title" content="A new pad at Восточный">
<meta property="og:site_name" content="Example News">
<meta name="author" content="Anna Lind">
<meta property="article:published_time" content="2024-04-12T08:30:00+03:00">
<link rel="canonical" href="https://example.org/news/17">
<style>.hidden { color: cyan }</style><script>var hidden = "secretword";</script></head>
<body><h1>A new pad</h1><p>Космодром Восточный&nbsp;and the port of 三亚 were named.</p>
<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Another", "datePublished": "2023"}</script>
</body></html>"""


def pdf_of(*pages: str, title: str = "", author: str = "", made: str = "") -> bytes:
    """A PDF with these lines of text as its pages: any script, as its font maps each code to a character."""
    info = "".join(
        f"/{name} <{(b'\xfe\xff' + text.encode('utf-16-be')).hex()}>"
        for name, text in (("Title", title), ("Author", author), ("CreationDate", made))
        if text
    )
    cmap = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /U def /CMapType 2 def\n"
        b"1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        + b"".join(
            b"1 beginbfrange <%02X00> <%02XFF> <%02X00> endbfrange\n" % (high, high, high) for high in range(256)
        )
        + b"endcmap end end"
    )
    bodies = [f"BT /F 12 Tf 20 700 Td <{page.encode('utf-16-be').hex()}> Tj ET".encode() for page in pages]
    first = 7
    kids = " ".join(f"{first + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<</Type /Catalog /Pages 2 0 R>>",
        f"<</Type /Pages /Count {len(pages)} /Kids [{kids}]>>".encode(),
        b"<</Type /Font /Subtype /Type0 /BaseFont /U /Encoding /Identity-H /DescendantFonts [4 0 R] /ToUnicode 5 0 R>>",
        b"<</Type /Font /Subtype /CIDFontType2 /BaseFont /U /DW 1000 /CIDSystemInfo"
        b" <</Registry (Adobe) /Ordering (Identity) /Supplement 0>>>>",
        b"<</Length %d>> stream\n%s\nendstream" % (len(cmap), cmap),
        f"<<{info}>>".encode(),
    ]
    for number, body in enumerate(bodies):
        objects.append(
            f"<</Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources <</Font <</F 3 0 R>>>>"
            f" /Contents {first + 2 * number + 1} 0 R>>".encode()
        )
        objects.append(b"<</Length %d>> stream\n%s\nendstream" % (len(body), body))
    out, places = io.BytesIO(), []
    out.write(b"%PDF-1.7\n")
    for number, content in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer <</Size %d /Root 1 0 R /Info 6 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start))
    return out.getvalue()


def warc_record(url: str, body: bytes, kind: str = "text/html; charset=utf-8", headers: str = "") -> bytes:
    """A record of an answer of a server."""
    http = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n{headers}\r\n".encode() + body
    head = (
        f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2024-05-01T10:20:30Z\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
    )
    return head.encode() + http + b"\r\n\r\n"


def warc_of(*records: bytes) -> bytes:
    """A packed WARC: each record is packed for itself."""
    info = b"WARC/1.1\r\nWARC-Type: warcinfo\r\nContent-Length: 4\r\n\r\na: b\r\n\r\n"
    return b"".join(gzip.compress(record, mtime=0) for record in (info, *records))


def wacz_of(warc: bytes, pages: tuple[dict[str, str], ...] = ()) -> bytes:
    """A WACZ with one WARC and a list of pages."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        lines = [{"format": "json-pages-1.0"}, *pages]
        archive.writestr("pages/pages.jsonl", "\n".join(json.dumps(line) for line in lines))
        archive.writestr("archive/data.warc.gz", warc)
    return out.getvalue()
