"""Paths are found token by token: links, fractions, dates and prose stay, folders and machines go."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.product.own_paths import HIDDEN, is_own_link, without_paths
from layers.product.publishing import Publishing
from tests.support.cases.addresses import ADDRESSES

PATHS = (
    ("/home/quist/secret folder/report.pdf", "report.pdf"),
    ("/home/quist/x.tif", "x.tif"),
    ("/a/b/c.tif", "c.tif"),
    ("/srv/quist", "quist"),
    ("~/quist/x.tif", "x.tif"),
    ("~quist/x.tif", "x.tif"),
    ("C:\\Users\\Anna Quist\\Documents\\x.pdf", "x.pdf"),
    ("c:/quist/x.pdf", "x.pdf"),
    ("\\\\quist-pc\\share\\dir\\x.tif", "x.tif"),
    ("//quist-pc/share/x.tif", "x.tif"),
    ("\\\\?\\C:\\quist\\x.tif", "x.tif"),
    ("file:///home/quist/x.pdf", "x.pdf"),
    ("file://quist-pc/share/x.pdf", "x.pdf"),
    ("file:/quist/x.pdf", "x.pdf"),
    ("file:C:\\quist\\x.pdf", "x.pdf"),
    ("/vsizip/quist.zip/x.tif", "x.tif"),
    ("/home/quist", HIDDEN),
    ("C:\\Users\\quist", HIDDEN),
    ("/Users/quist/", HIDDEN),
    ("\\\\quist-pc\\share", HIDDEN),
    ("smb://quist-pc/share/x.tif", HIDDEN),
    ("/vsicurl/https://quist.example/x.tif", HIDDEN),
    ("http://quist-pc/x.tif", HIDDEN),
    ("https://quist:secret@example.org/x", HIDDEN),
    ("http://10.1.2.3/quist", HIDDEN),
    ("https://wiki.quist.corp/x", HIDDEN),
)
PROSE = (
    "and/or, 1/2, 24/7 and km/h; t/km²; N/A",
    "Xinhua/People's Daily, 30/04/2024",
    "/2024/04/30",
    "UNCLASSIFIED // TLP:GREEN",
    "Khorgos / Qarasu (CN side)",
    "Москва/Пекин/Ухань 中国/俄罗斯/哈萨克斯坦",
    "Chapter C: the pad; ratio 1:50/2",
    "english.aircas.cas.cn/a/b/c of S1:/x",
    "image/png sha256:abc product:S2A/B",
    "a \\ b /x/ /tmp",
    "file:scene at 5 o'clock",
)


@pytest.mark.parametrize(
    ("before", "after"),
    [("", ""), ("see ", " for more"), ("(", "), and"), ("“", "”"), ("path=", ""), ("is in: ", "."), ("参见 ", "。")],
)
def test_a_path_leaves_the_name_of_its_file(before: str, after: str) -> None:
    for path, name in PATHS:
        assert without_paths(f"{before}{path}{after}") == f"{before}{name}{after}"


@pytest.mark.parametrize("words", PROSE)
def test_what_is_no_path_stays(words: str) -> None:
    assert without_paths(words) == words


def test_two_hundred_addresses_stay_as_they_were_cited() -> None:
    assert len(ADDRESSES) == 200
    told = Publishing("")
    for address in ADDRESSES:
        assert told.address(address) == address
        assert without_paths(address) == address
        assert without_paths(f"as ({address} of /home/quist/x.tif says") == f"as ({address} of x.tif says"
    assert without_paths(" ".join(ADDRESSES)) == " ".join(ADDRESSES)


def test_machines_of_ones_own_are_known_by_their_names_and_numbers() -> None:
    own = ("localhost:8000", "http://127.0.0.1/x", "http://[::1]/", "http://169.254.1.1", "https://nas.lan", "http://x")
    assert all(is_own_link(one) for one in own)
    assert not any(is_own_link(one) for one in ("example.org", "http://8.8.8.8", "http://[2606:4700::1111]/"))


LINKS = st.sampled_from([address for address in ADDRESSES if "\\" not in address])
FRAGMENTS = st.one_of(
    st.sampled_from([path for path, _ in PATHS]),
    st.sampled_from(PROSE),
    LINKS,
    st.text(st.sampled_from("ab/\\:~.,;()“”\"' \n=C中"), max_size=12),
)


@given(st.lists(FRAGMENTS, max_size=6), st.sampled_from(["", " ", ", ", "\n"]))
def test_what_is_hidden_once_stays_hidden(parts: list[str], between: str) -> None:
    text = between.join(parts)
    once = without_paths(text)
    assert without_paths(once) == once


@given(st.lists(st.text(max_size=30), max_size=3), LINKS)
def test_a_link_stays_whole_in_any_words(parts: list[str], link: str) -> None:
    words = without_paths(f"{' '.join(parts)} \n {link} ")
    assert words.endswith(f" {link} ")


@given(st.text(st.characters(exclude_characters="/\\:")))
def test_a_text_without_separators_is_as_it_was(text: str) -> None:
    assert without_paths(text) == text
