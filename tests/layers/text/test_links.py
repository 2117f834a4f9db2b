"""Links are told from other text by the text alone."""

from __future__ import annotations

import pytest

from layers.text.links import is_plain_link, link_in, same_link, title_of_link


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("https://apnews.com/article/x-1", "https://apnews.com/article/x-1"),
        (" http://example.org/a?b=c#d \n", "http://example.org/a?b=c#d"),
        ("www.example.org/a", "https://www.example.org/a"),
        ("10.1000/182", "https://doi.org/10.1000/182"),
        ("doi: 10.1000/182", "https://doi.org/10.1000/182"),
        ("https://localhost/a", "https://localhost/a"),
        ("see https://example.org for more", ""),
        ("Gantry watch 12", ""),
        ("10.5 km from the pad", ""),
        ("file:///etc/passwd", ""),
        ("javascript:alert(1)", ""),
        ("https://" + "a" * 5000 + ".org", ""),
        ("", ""),
    ],
)
def test_a_link_is_the_whole_text_or_none(text: str, link: str) -> None:
    assert link_in(text) == link


def test_a_title_is_the_host_and_the_last_words_of_the_path() -> None:
    assert title_of_link("https://www.apnews.com/article/some-words_here.html?x=1") == "apnews.com: some words here"
    assert title_of_link("https://example.org/") == "example.org"
    assert title_of_link("https://example.org/%D0%B0-b") == "example.org: а b"
    assert title_of_link("https://[::1/a") == "https://[::1/a"
    assert len(title_of_link("https://example.org/" + "a" * 3000)) <= 160


def test_scheme_www_and_a_last_slash_make_no_other_link() -> None:
    assert same_link("https://example.org/a", "http://www.example.org/a/")
    assert not same_link("https://example.org/a", "https://example.org/b")
    assert not same_link("", "")


@pytest.mark.parametrize(
    ("link", "is_plain"),
    [
        ("https://apnews.com/article/x", True),
        ("HTTP://example.org/?q=a@b", True),
        ("https://пример.рф/путь", True),
        ("https://apnews.com@evil.example/x", False),
        ("https://user:secret@example.org/", False),
        ("https://example.org/\u202egpj.exe", False),
        ("https://example.org/a\u200bb", False),
        ("https://example.org/a b", False),
        ("https://example.org\\\\@evil.example", False),
        ("https://example.org/\nx", False),
        ("https:///x", False),
        ("https://[x", False),
        ("javascript:alert(1)", False),
        ("", False),
    ],
)
def test_a_link_leads_where_it_seems_to(link: str, is_plain: bool) -> None:
    assert is_plain_link(link) == is_plain
