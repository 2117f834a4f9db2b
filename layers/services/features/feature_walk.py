"""The pager of features: which request comes next, and what its answer holds, as a state machine that asks nobody."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from layers.errors import GeoloupeError, NotReadable
from layers.phrase import Phrase
from layers.services.features.feature_question import MOST_FEATURES, FeatureQuestion
from layers.services.features.gml_axes import with_axes_named
from layers.services.http_request import HttpRequest
from layers.services.offers.crs_names import crs_of
from layers.services.offers.documents import root_of_xml, unpacked, with_parameters
from layers.services.offers.feature_pages import FeaturePage, crs_of_answer, read_feature_page
from layers.services.offers.service_exceptions import EXCEPTION_ROOTS, words_of_exception
from layers.text.counted import counted, grouped

MOST_BYTES = 64 * 2**20
MOST_PAGES = 500
MOST_EMPTY = 5
"""Most pages in a row without a feature, though each names a next one."""
_DEGREES = frozenset(("OGC:CRS84", "OGC:CRS84h", "EPSG:4326", "EPSG:4979"))
"""CRSs whose coordinates are longitude and latitude once x stands first, as GeoJSON has them without a word."""
_COUNTED = re.compile(rb"\b(?:numberMatched|totalFeatures)\s*=\s*[\"'](\d{1,15})[\"']")
_RETURNED = re.compile(rb"\b(?:numberReturned|numberOfFeatures)\s*=\s*[\"'](\d{1,15})[\"']")
_MEMBER = re.compile(rb"<(?:[\w.-]+:)?(?:member|featureMember)[\s>]")
_HEAD_BYTES = 8192


class FeatureWalk:
    """Asks a question page by page. `next_request` says what to ask; its answer goes to `take`, an error to `fail`.

    What came before an error, or before a bound, is kept, and `problem` says in a sentence why there is no more.
    """

    def __init__(self, question: FeatureQuestion, most: int = MOST_FEATURES, most_bytes: int = MOST_BYTES) -> None:
        self.question = question
        self._most, self._most_bytes = most, most_bytes
        self._request: HttpRequest | None = HttpRequest(question.first_address)
        self._asked: set[str] = set()
        self._features: dict[str, str] = {}
        """Features as JSON, by what tells them apart: their identifier, or themselves."""
        self._crs = ""
        self._gml, self._gml_count = b"", 0
        self._numbered = self._pages = self._empty = self._bytes = 0
        self._matched: int | None = None
        self._is_more = False
        self.problem: Phrase | None = None

    def next_request(self) -> HttpRequest | None:
        """The request to make now; None at the end."""
        return self._request

    @property
    def count(self) -> int:
        """Number of features that came."""
        return self._gml_count if self._gml else len(self._features)

    @property
    def matched(self) -> int | None:
        """Number of features that the server says it has; None where it does not say."""
        return self._matched

    @property
    def is_complete(self) -> bool:
        """True where everything that the server has was received."""
        is_less = self._matched is not None and self.count < self._matched
        return self._request is None and self.problem is None and not is_less

    @property
    def suffix(self) -> str:
        """The suffix of a file of the answer."""
        return ".gml" if self._gml else ".geojson"

    @property
    def words(self) -> Phrase:
        """The number of features that came, and of how many."""
        if self.is_complete:
            if not self.count:
                return Phrase("No features: the server has none here.")
            return Phrase("{features}.", features=counted(self.count, "feature"))
        if not self.count and self._matched:
            return Phrase("None of {features} came.", features=counted(self._matched, "feature"))
        if not self.count:
            return Phrase("No features came: what the server has is not known.")
        if self._matched is not None and self._matched > self.count:
            return Phrase("{count} of {matched} features.", count=grouped(self.count), matched=grouped(self._matched))
        least = max(self.count, self._numbered) + self._is_more
        return Phrase("{count} of at least {least} features.", count=grouped(self.count), least=grouped(least))

    @property
    def outcome(self) -> Phrase:
        """A sentence on the number of features that came, and on why there are no more."""
        return self.words if self.problem is None else Phrase("{count} {why}", count=self.words, why=self.problem)

    # -- answers ------------------------------------------------------------------------------------------------------

    def fail(self, error: GeoloupeError) -> None:
        """End at an error. Raises it where nothing has come yet."""
        if not self._pages:
            raise error
        self._stop(error.sentence)

    def take(self, body: bytes, address: str, content_crs: str = "") -> None:
        """Take the answer to the request. `address` is where it came from, `content_crs` its header of that name.

        Raises NotReadable where the first answer is none.
        """
        request = self._request
        assert request is not None
        self._asked.add(request.address)
        self._bytes += len(body)
        try:
            document = unpacked(body)
            if document.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<" or document[:4:2] in (b"\xff<", b"<\0"):
                self._take_xml(document, request.address)
            else:
                self._take_page(read_feature_page(document, address, self.question.page, self._numbered), content_crs)
        except NotReadable as error:
            self.fail(error)

    def _take_xml(self, document: bytes, asked_address: str) -> None:
        """Take GML, and ask for JSON once more where a web page came instead."""
        root, _ = root_of_xml(document)
        if self.question.kind == "ogcapi":
            as_json = with_parameters(asked_address, {"f": "json"})
            if as_json in self._asked:
                raise NotReadable("The server sends a web page instead of features.")
            self._request = HttpRequest(as_json)
            return
        if root in EXCEPTION_ROOTS:
            raise NotReadable("The service answers: “{words}”.", words=words_of_exception(document))
        if root.lower() == "html" or not root:
            raise NotReadable("The server sends a web page instead of features.")
        if self._features:
            raise NotReadable("The server sends features in another format than before.")
        returned, matched = (pattern.search(document[:_HEAD_BYTES]) for pattern in (_RETURNED, _COUNTED))
        members = len(_MEMBER.findall(document))
        self._gml = with_axes_named(document, asked_address, self.question.bounds)
        self._gml_count = self._numbered = int(returned[1]) if returned is not None else members
        self._matched = int(matched[1]) if matched is not None else None
        self._pages = 1
        self._is_more = self._gml_count >= self.question.page
        self._stop(self._bound_words() if self._is_more else None)

    def _take_page(self, page: FeaturePage, content_crs: str) -> None:
        crs, is_swapped = self._place_of(page, content_crs)
        if self._features and crs != self._crs:
            raise NotReadable("The server changes the CRS between pages: from {old} to {new}.", old=self._crs, new=crs)
        self._crs = crs
        before = len(self._features)
        self._pages, self._numbered = self._pages + 1, self._numbered + len(page.features)
        if page.matched is not None:
            self._matched = page.matched
        left_out = False
        for feature in page.features:
            key, text = _packed(feature, is_swapped=is_swapped)
            if len(self._features) < self._most:
                self._features.setdefault(key, text)
            else:
                left_out = left_out or key not in self._features
        self._empty = 0 if page.features else self._empty + 1
        self._go_on(page, is_new=len(self._features) > before, left_out=left_out)

    def _go_on(self, page: FeaturePage, *, is_new: bool, left_out: bool) -> None:
        """Decide on the next request."""
        self._is_more = bool(page.next) and not left_out
        if left_out or (page.next and (len(self._features) >= self._most or self._bytes >= self._most_bytes)):
            self._stop(self._bound_words())
        elif not page.next:
            self._stop(None)
        elif page.next in self._asked or (page.features and not is_new):
            self._stop(Phrase("The server sends the same features again and again."))
        elif self._empty > MOST_EMPTY:
            self._stop(Phrase("The server sends empty pages again and again."))
        elif self._pages >= MOST_PAGES:
            self._stop(Phrase("No more than {most} pages are fetched: zoom in.", most=MOST_PAGES))
        else:
            self._request = HttpRequest(page.next)

    def _stop(self, problem: Phrase | None) -> None:
        self._request, self.problem = None, problem

    def _bound_words(self) -> Phrase:
        return Phrase(
            "No more than {most} features or {size} MB are fetched at once: zoom in.",
            most=grouped(self._most),
            size=self._most_bytes // 2**20,
        )

    def _place_of(self, page: FeaturePage, content_crs: str) -> tuple[str, bool]:
        """The CRS of a page, and whether its coordinates have north first, which only the header can say."""
        if not content_crs.strip() and page.crs:
            own = crs_of(page.crs)
            place = None if own is None else (own, False)
        else:
            place = crs_of_answer(content_crs)
        if place is None:
            spelling = (content_crs.strip() or page.crs)[:80]
            raise NotReadable("The answer is in “{crs}”, a CRS that is not known here.", crs=spelling)
        crs, is_swapped = place
        return ("OGC:CRS84" if crs in _DEGREES else crs), is_swapped

    # -- the file -----------------------------------------------------------------------------------------------------

    def file_data(self) -> bytes | Iterator[str]:
        """The content of a file of all that came: GML as the server wrote it, but for the names of its CRS
        where they leave the order of axes open; else one collection of GeoJSON.
        """
        return self._gml or self._collection()

    def _collection(self) -> Iterator[str]:
        yield '{"type": "FeatureCollection",\n'
        if self._crs and self._crs not in _DEGREES:
            authority, _, code = self._crs.partition(":")
            name = {"name": f"urn:ogc:def:crs:{authority}::{code}"}
            yield f'"crs": {json.dumps({"type": "name", "properties": name})},\n'
        yield '"features": [\n'
        for number, text in enumerate(self._features.values()):
            yield f",\n{text}" if number else text
        yield "\n]}\n"


def _packed(feature: dict[str, Any], *, is_swapped: bool) -> tuple[str, str]:
    """The key of a feature, by which a repeated one is known, and the feature as JSON with x first."""
    if is_swapped:
        feature = {name: value for name, value in feature.items() if name != "bbox"}
        feature["geometry"] = _east_first(feature.get("geometry"))
    text = json.dumps(feature, ensure_ascii=False, separators=(",", ":"))
    identifier = feature.get("id")
    is_named = isinstance(identifier, str | int) and identifier != ""
    return (f"{identifier}" if is_named else text), text


def _east_first(geometry: Any) -> Any:
    """A geometry whose positions have x before y."""
    if not isinstance(geometry, dict):
        return geometry
    parts = geometry.get("geometries")
    turned = {name: value for name, value in geometry.items() if name != "bbox"}
    if isinstance(parts, list):
        turned["geometries"] = [_east_first(part) for part in parts]
    if "coordinates" in geometry:
        turned["coordinates"] = _turned(geometry["coordinates"])
    return turned


def _turned(places: Any) -> Any:
    if not isinstance(places, list):
        return places
    if len(places) >= 2 and not isinstance(places[0], list):
        return [places[1], places[0], *places[2:]]
    return [_turned(part) for part in places]
