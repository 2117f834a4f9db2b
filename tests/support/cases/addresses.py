"""Addresses of public places in all shapes that sources are cited by, many of which look like paths in parts."""

from __future__ import annotations

from itertools import product

_HOSTS = (
    "example.org",
    "news.example.co.uk:8443",
    "例え.テスト",
    "военный.рф",
    "xn--fsqu00a.xn--0zwm56d",
    "8.8.8.8",
    "[2606:4700:4700::1111]:443",
    "data.example.gov",
)
_PATHS = (
    "",
    "/",
    "/a",
    "/C:/Users/anna/x.tif",
    "/s:/b",
    "/home/quist/report.html",
    "/wiki/Path_(computing)",
    "/%E4%B8%AD%E5%9B%BD/%2Fhome%2Fx",
    "/中国/航天/发射场.html",
    "//double//slash",
    "/~anna/notes",
    "/a;v=1,2/b@3/c+d/e'f",
)
_ENDS = ("", "?q=/home/a/b&p=C:/x", "#/route/to:this")
_OTHERS = (
    "doi:10.1000/182/home/x",
    "DOI:10.1109/5.771073",
    "urn:isbn:978-3-16-148410-0",
    "urn:nbn:de:101:1-201102033592",
    "ark:/12148/btv1b8449691v/f29",
    "hdl:2381/12345",
    "www.example.org",
    "www.example.org/a/b:c/d?e=f#/g",
    "ftp://ftp.example.org/pub/data/x.tif",
    "ftps://ftp.example.org:990/a/b",
    "s3://sentinel-cogs/sentinel-s2-l2a-cogs/36/Q/WD/2020/7/x.tif",
    "gs://gcp-public-data-landsat/LC08/01/044/034/x",
    "HTTPS://Example.ORG/MiXeD/Case",
    "http://example.org/?redirect=https://other.example.org/a/b",
    "https://web.archive.org/web/20200101/https://example.org/a/b",
    "https://example.org/unc/\\\\host\\share\\file",
    "https://example.org/C:\\Users\\anna",
    "https://example.org/a|b^c`d",
    "https://example.org/=HYPERLINK(1)",
    "https://example.org/" + "long/" * 60 + "end",
)
_WEB = [
    f"{scheme}://{host}{path}{end if path else end.lstrip('/')}"
    for (host, path, end), scheme in zip(product(_HOSTS, _PATHS, _ENDS), ("https", "http", "https") * 96, strict=True)
]
ADDRESSES = tuple(dict.fromkeys([*_OTHERS, *(_WEB[at * 7 % len(_WEB)] for at in range(len(_WEB)))]))[:200]
"""Two hundred of them."""
