"""Words of evidence of a product: exact, cited, apart; and a published one holds nothing internal."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import replace
from shapely import LineString, Point

from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.image import Image
from layers.document.observation import Observation
from layers.document.rows import ClaimSite, ClaimSource, MetaEntry, Response, ResponseClaim
from layers.document.search import Search
from layers.document.site import Site
from layers.document.source import Source
from layers.document.vocabulary import DEFAULT_BASIS, MEASURED
from layers.product.citations import Citations, citation_of, unrecorded_in
from layers.product.content import ProductContent, SourceCited
from layers.product.gathering import content_of, response_words
from layers.product.publishing import Publishing
from layers.product.site_words import place_word, site_words, subtitle_of
from tests.support.cases.addresses import ADDRESSES
from tests.support.cases.judgements import ASSESSED_LIKELY
from viewer.commands.sites import update_sites

EIGHT = "118206cc-bca6-55a0-99bc-a8ad318f9b24"


def _firms(demo: Document) -> list[str]:
    return [site.uuid for site in demo.links.sites_of_claim(EIGHT)]


@pytest.mark.parametrize("publish", [False, True])
def test_claim_8_has_three_firms_the_words_and_the_answers(demo: Document, publish: bool) -> None:
    content = content_of(demo, _firms(demo), publish)
    (claim,) = content.claims
    assert claim.source_words == demo.claims[EIGHT].source_wording
    assert claim.speaker == "report's voice, unattributed"
    assert [one.name for one in claim.parties] == [
        "Wuhan Global Sensor Technology Co.",
        "Wuhan Tongsheng Technology Co. Ltd.",
        "Hikvision (Hangzhou Hikvision Digital Technology)",
    ]
    assert all(one.inferred.startswith("place inferred by us, not stated by S1: centre of") for one in claim.parties)
    assert len(claim.inferred) == 3
    said = [answer.words for answer in claim.responses]
    assert said[0] == '"isn\'t providing Russia with arms or military assistance"'
    assert said[1].startswith('"The normal trade between China and Russia')
    assert all(answer.is_to_whole for answer in claim.responses)
    assert [source.number for source in content.sources] == ["S1"]
    assert content.sources[0].citation == (
        "“US intel: China surges equipment sales to Russia to help war effort in Ukraine”, "
        "Newslooks, carrying the Associated Press (Washington)"
    )
    for missing in (
        "Date of publication not recorded: S1.",
        "No address recorded: S1.",
        "Date of access not recorded: S1.",
    ):
        assert missing in content.caveats, "said once for all sources, never made up"
    assert (claim.likelihood, claim.confidence) == ("", "")
    assert all(
        site.is_party and site.precision.startswith("± 15 km around a place inferred by us, centre of")
        for site in content.sites
    )
    assert content.caveats[0] == "What is not marked is not thereby absent."
    assert "3 places of firms or persons are inferred by us: no source states them." in content.caveats
    assert claim.statement == demo.claims[EIGHT].statement, "a paraphrase bounds the report: it is no judgement"


def test_a_date_within_a_title_is_no_record_and_that_is_said() -> None:
    def said(**fields: str) -> list[str]:
        rows = [Source(uuid="a", title="On pads"), Source(uuid="b", **fields)]
        citations = Citations(Document({"sources": rows}), Publishing())
        for row in rows:
            citations.cite(row.uuid)
        return [one for one in unrecorded_in(citations.all()) if one.startswith("Date of publication")]

    assert said(title="New pad, Xinhua") == ["Date of publication not recorded: S1 to S2."]
    assert said(title="New pad, Xinhua, 2024-12-01") == [
        "Date of publication not recorded: S1 to S2. A date within a title may be that of something else."
    ]
    assert said(title="New pad, Xinhua, 2024", published_at="2024-12-02") == ["Date of publication not recorded: S1."]


@pytest.mark.parametrize("cites", [(), ("another",)])
def test_who_answered_one_report_has_not_answered_another_claim(demo: Document, cites: tuple[str, ...]) -> None:
    rows = {table: list(demo.table(table).values()) for table in ("sites", "claims", "sources", "claim_sources")}
    rows["responses"] = list(demo.responses.values())
    rows["sources"].append(Source(uuid="another", title="On pads"))
    rows["claims"].append(Claim(uuid="own", statement="The pad was widened."))
    rows["claim_sources"] += [ClaimSource(uuid=f"link-{one}", claim_uuid="own", source_uuid=one) for one in cites]
    pad = next(site for site in demo.sites.values() if site.class_code == "launch_site")
    rows["claim_sites"] = [ClaimSite(uuid="at", claim_uuid="own", site_uuid=pad.uuid)]
    content = content_of(Document(rows), [pad.uuid])
    assert [claim.uuid for claim in content.claims] == ["own"]
    assert content.responses == ()
    assert len(content_of(Document(rows), [], whole_case=True).responses) == 2


def test_an_answer_whose_report_no_claim_cites_is_to_all_that_others_said() -> None:
    answer = Response(uuid="r", speaker="The ministry", words="No.")
    claims = [Claim(uuid="said", statement="A"), Claim(uuid="ours", statement="B", voice="analyst", state="assessed")]
    document = Document({"claims": claims, "responses": [answer]})
    assert [len(document.links.responses_to(uuid)) for uuid in ("said", "ours")] == [1, 0]


def test_the_place_that_a_source_states_is_not_inferred(demo: Document) -> None:
    irays = next(site for site in demo.sites.values() if site.label.startswith("iRay"))
    content = content_of(demo, [irays.uuid])
    assert (content.sites[0].inferred, content.claims[0].inferred) == ("", ())


def test_claims_of_no_place_are_counted(demo: Document) -> None:
    content = content_of(demo, _firms(demo))
    assert (content.left_out.claims_of_no_place, content.left_out.claims_elsewhere) == (9, 2)
    assert content_of(demo, []).claims == ()


def test_an_unreviewed_mark_of_ours_is_not_published(demo: Document) -> None:
    content = content_of(demo, demo.sites, publish=True)
    assert {site.name for site in content.sites} == {site.name for site in content.parties}
    assert len(content.withheld) == len(demo.sites) - 5
    reviewed = Document({"sites": [replace(site, status="reviewed") for site in demo.sites.values()]})
    assert len(content_of(reviewed, reviewed.sites, publish=True).sites) == len(demo.sites)


def _case(*, claim: Claim, site_marking: str = "", source: Source | None = None, case_marking: str = "") -> Document:
    return Document(
        {
            "sites": [
                Site(
                    uuid="site",
                    geometry=Point(10, 50),
                    label="A",
                    class_code="company",
                    marking=site_marking,
                    role="named in a claim",
                )
            ],
            "claims": [claim],
            "claim_sites": [ClaimSite(uuid="cs", claim_uuid=claim.uuid, site_uuid="site")],
            "sources": [source or Source(uuid="s", title="T")],
            "claim_sources": [ClaimSource(uuid="cq", claim_uuid=claim.uuid, source_uuid="s", credibility=6)],
            "responses": [
                Response(uuid="r1", speaker="A", words="No.", kind="answer", made_at="2024-05-01"),
                Response(uuid="r2", speaker="B", words="", kind="not asked"),
                Response(uuid="r3", speaker="C", words="", kind="no reply by a date", made_at="2024-06-01"),
                Response(uuid="r4", speaker="D", words="", kind="declined", source_uuid="s"),
                Response(uuid="r5", speaker="E", words="", kind="none in source", source_uuid="s"),
            ],
            "response_claims": [
                ResponseClaim(uuid=f"rc{n}", response_uuid=f"r{n}", claim_uuid=claim.uuid) for n in (1, 2, 3, 4, 5)
            ],
            "meta": [MetaEntry(uuid="marking", value=case_marking)],
        }
    )


ASSESSED = Claim(
    uuid="c",
    statement="It is so",
    voice="analyst",
    confidence_reason="one source",
    **ASSESSED_LIKELY,
)


def test_likelihood_and_confidence_stand_apart_and_on_assessed_claims_only() -> None:
    said = content_of(_case(claim=ASSESSED), ["site"]).claims[0]
    assert (said.likelihood, said.confidence, said.reason) == ("likely (55–80 %)", "Confidence: low", "one source")
    said = content_of(_case(claim=replace(ASSESSED, state="reported")), ["site"]).claims[0]
    assert (said.likelihood, said.confidence, said.reason) == ("", "", "")


def test_answers_say_whose_they_are_and_that_none_was_given() -> None:
    said = content_of(_case(claim=ASSESSED), ["site"]).claims[0]
    assert [answer.sentence for answer in said.responses] == [
        "A (1 May 2024): “No.”",
        "B was not asked",
        "C gave no reply by 1 June 2024",
        "D declined to answer [S1]",
        "The source has no answer of E [S1]",
    ]
    assert said.quotes[0].credibility == "6 (cannot be judged)"


@pytest.mark.parametrize(
    ("claim", "source", "shown"),
    [
        (ASSESSED, Source(uuid="s"), 0),
        (replace(ASSESSED, status="reviewed"), Source(uuid="s"), 1),
        (replace(ASSESSED, status="reviewed"), Source(uuid="s", marking="TLP:GREEN"), 0),
        (replace(ASSESSED, status="reviewed", marking="internal"), Source(uuid="s"), 0),
        (replace(ASSESSED, status="published", state="withdrawn"), Source(uuid="s"), 0),
        (Claim(uuid="c", source_wording="“so”", statement="limits"), Source(uuid="s"), 1),
        (Claim(uuid="c", source_wording="“so”", statement="draft", voice="analyst"), Source(uuid="s"), 0),
        (Claim(uuid="c", source_wording="“so”", statement="draft", state="assessed"), Source(uuid="s"), 0),
        (Claim(uuid="c", statement="draft"), Source(uuid="s"), 0),
    ],
)
def test_no_draft_and_nothing_internal_is_published(claim: Claim, source: Source, shown: int) -> None:
    content = content_of(_case(claim=claim, source=source), ["site"], publish=True)
    assert len(content.claims) == shown
    assert len(content_of(_case(claim=claim, source=source), ["site"]).claims) == 1
    assert "draft" not in repr(content).replace("status='draft'", "")
    assert content.marking == ""


def test_a_mark_that_is_marked_higher_is_withheld() -> None:
    document = _case(claim=replace(ASSESSED, status="reviewed"), site_marking="SECRET")
    content = content_of(document, ["site"], publish=True)
    assert (content.withheld, content.sites, content.claims[0].parties) == (frozenset({"site"}), (), ())
    assert content_of(document, ["site"], publish=True, marking="SECRET").withheld == frozenset()


def test_a_case_that_somebody_marked_above_its_rows_marks_its_products() -> None:
    claim = replace(ASSESSED, status="reviewed")
    marked = _case(claim=claim, site_marking="SECRET", case_marking="TLP:GREEN")
    assert content_of(marked, ["site"]).marking == "SECRET // TLP:GREEN"
    assert content_of(marked, ["site"], publish=True).marking == "TLP:GREEN"
    raised_by_a_row = _case(claim=claim, site_marking="TLP:GREEN", case_marking="TLP:GREEN")
    assert content_of(raised_by_a_row, ["site"], publish=True).marking == ""


def test_paths_and_machines_of_ones_own_are_not_published() -> None:
    source = Source(uuid="s", title="scan of /home/anna/secret folder/report.pdf", url="file:///home/anna/x.pdf")
    document = _case(claim=replace(ASSESSED, status="reviewed"), source=source)
    (cited,) = content_of(document, ["site"], publish=True).sources
    assert "anna" not in repr(cited)
    assert cited.url == ""
    for url, stays in (
        ("https://example.org/a/b", True),
        ("http://localhost:80/x", False),
        ("http://fileserver/x", False),
        ("https://10.0.0.1/x", False),
        (r"C:\Users\anna\x.pdf", False),
        ("https://wiki.corp/x", False),
    ):
        document = _case(claim=replace(ASSESSED, status="reviewed"), source=Source(uuid="s", url=url))
        assert bool(content_of(document, ["site"], publish=True).sources[0].url) is stays, url
        assert content_of(document, ["site"]).sources[0].url == url


def test_a_published_link_is_the_link_that_was_cited() -> None:
    for address in ADDRESSES:
        document = _case(claim=replace(ASSESSED, status="reviewed"), source=Source(uuid="s", title="T", url=address))
        (cited,) = content_of(document, ["site"], publish=True).sources
        assert cited.url == address
        assert cited.citation == f"“T”, {address}"


def test_an_address_that_is_not_published_is_not_called_unrecorded() -> None:
    rows = [Source(uuid="a", title="A", url="file:///home/quist/a.pdf"), Source(uuid="b", title="B")]
    citations = Citations(Document({"sources": rows}), Publishing(""))
    for row in rows:
        citations.cite(row.uuid)
    said = list(unrecorded_in(citations.all()))
    assert "No address recorded: S2." in said
    assert "Address not published: S1." in said


@pytest.mark.bounded
@pytest.mark.parametrize("words", ["nobody says who shipped them", "of what is not clear", "stays open"])
def test_words_that_bound_a_report_are_published_with_it(demo: Document, words: str) -> None:
    stated = [claim for claim in demo.claims.values() if words in claim.statement]
    assert len(stated) == 1
    assert {claim.status for claim in stated} == {"draft"}
    content = content_of(demo, demo.sites, publish=True, whole_case=True)
    assert any(words in claim.statement for claim in content.claims)


def test_the_note_on_a_reports_place_is_published_and_ours_is_not() -> None:
    report = Claim(uuid="c", source_wording="“so”", place_note="only “China-based”, see /srv/desk/a.txt")
    ours = replace(ASSESSED, status="reviewed", place_note="our guess")
    notes = [content_of(_case(claim=one), ["site"], publish=True).claims[0].place_note for one in (report, ours)]
    assert notes == ["only “China-based”, see a.txt", ""]
    assert content_of(_case(claim=ours), ["site"]).claims[0].place_note == "our guess"


def test_a_draft_that_may_repeat_an_internal_source_is_withheld_with_its_words() -> None:
    document = _case(claim=Claim(uuid="c", source_wording="“the pad”", statement="A cable says so"))
    rows = {table: list(document.table(table).values()) for table in ("sites", "claims", "claim_sites", "responses")}
    rows["sources"] = [Source(uuid="s", title="T"), Source(uuid="red", title="R", marking="TLP:RED")]
    rows["claim_sources"] = [
        ClaimSource(uuid="q1", claim_uuid="c", source_uuid="s", quote="it is so"),
        ClaimSource(uuid="q2", claim_uuid="c", source_uuid="red", quote="The pad"),
    ]
    (claim,) = content_of(Document(rows), ["site"], publish=True).claims
    assert (claim.statement, claim.source_words) == ("", "")
    left = content_of(Document(rows), ["site"], publish=True).left_out.rows
    assert {(one.reason, one.table) for one in left} >= {("statement", "claims"), ("internal", "sources")}
    (claim,) = content_of(Document(rows), ["site"], publish=True, marking="TLP:RED").claims
    assert (claim.statement, claim.source_words) == ("A cable says so", "“the pad”")


def test_an_internal_source_neither_raises_the_marking_nor_is_printed() -> None:
    document = _case(claim=replace(ASSESSED, status="reviewed"), source=Source(uuid="s", title="R", marking="TLP:RED"))
    published = content_of(document, ["site"], publish=True, marking="TLP:GREEN")
    assert (published.marking, published.sources, published.claims) == ("", (), ())
    assert content_of(document, ["site"]).marking == "TLP:RED", "with drafts it is raised, and printed"
    reasons = {(one.reason, one.table, one.rows) for one in published.left_out.rows}
    assert ("internal", "claims", ("c",)) in reasons
    assert ("internal", "sources", ("s",)) in reasons


@pytest.mark.parametrize("status", ["draft", "reviewed"])
def test_a_measurement_is_withheld_until_it_is_reviewed(status: str) -> None:
    length = Site(uuid="m", geometry=LineString([(10, 50), (11, 50)]), label="7 km", mark_kind="measurement")
    document = Document({"sites": [length]})
    document.apply(update_sites(document, ("m",), actor="A", status=status))
    content = content_of(document, ["m"], publish=True)
    assert content.withheld == (frozenset({"m"}) if status == "draft" else frozenset())
    assert [one.are_measurements for one in content.left_out.rows] == ([True] if status == "draft" else [])


@pytest.mark.parametrize("basis", [DEFAULT_BASIS, "Default, not judged; from the list"])
def test_a_default_error_is_no_radius(basis: str) -> None:
    site = Site(uuid="a", geometry=Point(10, 50), label="A", position_error_m=15_000.0, position_basis=basis)
    content = content_of(Document({"sites": [site]}), ["a"])
    assert (content.sites[0].precision, content.sites[0].error_m, content.sites[0].is_area) == (basis, None, False)
    assert "The accuracy of some places was not judged." in content.caveats
    assert not any("90 %" in caveat for caveat in content.caveats)
    judged = replace(site, position_basis="centre of the city of Wuhan")
    said = content_of(Document({"sites": [judged]}), ["a"]).sites[0]
    assert said.precision == "± 15 km (90 %), centre of the city of Wuhan", "the basis stands there whole"


def _seen(document: ProductContent) -> list[str]:
    return [site.seen for site in document.sites]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"count": 0, "complete": True}, "it lists none"),
        ({"count": 12, "matched": "at least 40", "complete": False}, "12 of at least 40 scenes came"),
    ],
)
def test_a_product_says_what_an_archive_was_asked_when_and_what_came(answer: dict[str, object], words: str) -> None:
    question = {"begin": "2026-03-01", "end": "2026-04", "max_cloud": 20.0, "collections": ["sentinel-2-l2a"]}
    query = {"archive": "https://a.example/", "title": "Example", "about": ["site"], "question": question, **answer}
    site = Site(uuid="site", label="Pad", geometry=Point(10, 50), position_error_m=5.0)
    asked = Search(uuid="q", kind="catalogue", query_json=json.dumps(query), at="2026-12-03T05:41:20Z")
    other = Search(uuid="o", kind="catalogue", query_json=json.dumps(query | {"about": ["gone"]}), at="2026-12-03")
    content = content_of(Document({"sites": [site], "searches": [asked, other]}), ["site"])
    assert [caveat for caveat in content.caveats if "Example" in caveat] == [
        "Example, asked on 3 December 2026, 05:41 UTC for scenes (Sentinel-2, 10 m) of Pad, from 1 March 2026 to April "
        f"2026, with at most 20 % of cloud or without a figure: {words}."
    ]


def test_a_product_says_what_was_asked_of_ground_in_which_its_marks_lie() -> None:
    def asked(uuid: str, boxes: list[list[float]], **more: object) -> Search:
        query = {"archive": uuid, "count": 0, "complete": True, "question": {"boxes": boxes}, **more}
        return Search(uuid=uuid, kind="catalogue", query_json=json.dumps(query), at="2026-12-03T05:41:20Z")

    sites = [
        Site(uuid="in", label="Pad", geometry=Point(10, 50), position_error_m=5.0),
        Site(uuid="out", label="Quay", geometry=Point(20, 50), position_error_m=5.0),
        Site(uuid="part", label="Road", geometry=LineString([(10, 50), (20, 50)]), position_error_m=5.0),
    ]
    around, elsewhere = [9.0, 49.0, 11.0, 51.0], [60.0, 10.0, 61.0, 11.0]
    searches = [asked("A", [around]), asked("B", [elsewhere]), asked("C", []), asked("D", [around], sites=["gone"])]
    content = content_of(Document({"sites": sites, "searches": searches}), ["in", "out", "part"])
    assert [caveat for caveat in content.caveats if "asked on" in caveat] == [
        "A, asked on 3 December 2026, 05:41 UTC for scenes of Pad, of any date: it lists none."
    ]


def test_what_was_seen_is_told_without_gone_or_built() -> None:
    images = [
        Image(uuid=year, image_key=year, acquired_at=year, date_kind="interval", date_basis="analyst")
        for year in ("1985", "2020")
    ]
    site = Site(uuid="site", geometry=Point(10, 50), position_error_m=5.0)

    def document(first: str, second: str) -> Document:
        return Document(
            {
                "sites": [site],
                "images": images,
                "observations": [
                    Observation(uuid="o1", site_uuid="site", image_uuid="1985", presence=first),
                    Observation(uuid="o2", site_uuid="site", image_uuid="2020", presence=second),
                ],
                "searches": [
                    Search(
                        uuid="q",
                        area_uuid="site",
                        image_uuid="2020",
                        target_size_m=30,
                        result="none seen",
                        assessed_pct=82,
                    )
                ],
            }
        )

    assert _seen(content_of(document("absent", "present"), ["site"])) == ["not seen 1985; first seen 2020"]
    assert _seen(content_of(document("present", "absent"), ["site"])) == ["last seen 1985; not seen 2020"]
    content = content_of(document("present", "present"), ["site"])
    assert _seen(content) == ["first seen 1985; last seen 2020"]
    assert [image.dated for image in content.images] == [
        "1985 (known to the year, from the analyst)",
        "2020 (known to the year, from the analyst)",
    ]
    assert content.searched == (
        "None of 30 m or more seen in the 82 % assessable on 2020; this does not show absence.",
    )
    assert not any("none of 30 m" in caveat.casefold() for caveat in content.caveats)
    assert content.sites[0].name == "Other"


def test_a_place_measured_on_an_image_is_known_no_better_than_that_shows_it() -> None:
    """Only the form of a site said so: on a map of several they were pins of which nothing was known."""

    def mark(name: str, pixel_m: float, screen_m: float = 0.1, error_m: float | None = None) -> Site:
        place, props = Point(10.0, 50.0), f'{{"screen_m": {screen_m}}}'
        measured = {"image_uuid": "i", "pixel_m": pixel_m, "position_basis": MEASURED, "props_json": props}
        return Site(uuid=name, geometry=place, label=name, position_error_m=error_m, **measured)

    def said(*sites: Site) -> list[str]:
        content = content_of(Document({"sites": list(sites)}), [site.uuid for site in sites])
        return [one for one in content.caveats if one.startswith(("Measured", "A circle"))]

    marks = [mark("Fine", 0.5), mark("Depot", 463.0), mark("Harbour", 460.0), mark("Judged", 463.0, error_m=500.0)]
    known = "Measured on an image whose own placement is not stated, and known at best to"
    assert said(*marks) == [f"{known} 460 m (Harbour, Depot), 5 m (Fine)."]
    assert said(*(mark(str(at), 20.0, screen_m=90.0) for at in range(30))) == [f"{known} 90 m (30 places)."]
    assert said(*(mark(str(at), 10.0 * at) for at in range(1, 9)))[0].endswith("50 m (5), better for others.")
    assert said(mark("Pad", 1855.0))[0] == "A circle: the place is known to no better than 1 km."
    assert said(mark("Pad", 1.0), mark("Far", 1.0, error_m=2e3))[0] == (
        "A circle or a hollow symbol without dots on its rim: the place is known to no better than 1 km (90 %)."
    )
    (fine,) = content_of(Document({"sites": [marks[0]]}), ["Fine"]).sites
    assert fine.precision == f"≥ 5 m, image placement not stated, {MEASURED}"
    assert said(marks[-1]) == []


def test_what_sources_do_not_record_is_said_once_with_their_numbers() -> None:
    found = [
        SourceCited(f"u{number}", f"S{number}", "x", url="" if number in (1, 2, 3, 7) else "https://x.org")
        for number in range(1, 9)
    ]
    assert "No address recorded: S1 to S3, S7." in list(unrecorded_in(found))
    cited = [source for source in found if source.number in ("S3", "S5", "S7", "S8")]
    assert "No address recorded: S3, S7." in list(unrecorded_in(cited)), "the numbers that a reader finds in the list"


def test_a_page_gathers_its_words_with_a_checkpoint_after_a_claim_or_a_few_marks(demo: Document) -> None:
    """So that the layout of a page of many can be cancelled."""
    words = content_of(demo, demo.sites)
    checkpoints: list[None] = []
    assert content_of(demo, demo.sites, checkpoint=lambda: checkpoints.append(None)) == words
    count = len(checkpoints)
    assert count > len(words.claims) + len(words.sites) // 10 > 1


@pytest.mark.parametrize(
    ("fields", "number", "sentence"),
    [
        ({"words_kind": "direct speech"}, "S1", "A firm: “never” [S1]"),
        ({"words_kind": "as reported"}, "S1", "S1, citing A firm: “never”"),
        ({"words_kind": "as reported"}, "", "a source, citing A firm: “never”"),
        ({}, "S1", "S1, citing A firm: “never”"),
        ({}, "", "A firm: “never”"),
        ({"kind": "declined", "words": ""}, "S1", "A firm declined to answer [S1]"),
        ({"kind": "none in source", "words": ""}, "S1", "The source has no answer of A firm [S1]"),
        ({"words": ""}, "S1", "A firm answered; the words are not recorded [S1]"),
    ],
)
def test_an_answer_is_direct_speech_only_where_that_is_stated(
    fields: dict[str, str], number: str, sentence: str
) -> None:
    row = Response(**({"uuid": "r", "speaker": "A firm", "words": "never"} | fields))
    assert response_words(row, number) == sentence


def test_a_claim_has_one_number_on_each_page_and_in_the_whole_case() -> None:
    sites = [Site(uuid=f"s{number}", geometry=Point(number, 0), label=f"Site {number}") for number in range(3)]
    claims = [Claim(uuid=f"c{number}", statement=f"Claim {number}") for number in range(3)]
    links = [ClaimSite(uuid=f"l{number}", claim_uuid=f"c{number}", site_uuid=f"s{number}") for number in range(3)]
    document = Document({"sites": sites, "claims": claims, "claim_sites": links})
    whole = {claim.uuid: claim.number for claim in content_of(document, ["s0", "s1", "s2"]).claims}
    assert whole == {"c0": "C1", "c1": "C2", "c2": "C3"}
    for number in range(3):
        (claim,) = content_of(document, [f"s{number}"]).claims
        assert claim.number == whole[claim.uuid]


def test_an_image_is_cited_by_sensor_product_date_and_credit_and_a_bare_year_is_no_title() -> None:
    image = Source(uuid="i", kind="imagery", title="S2A_T52UEU", sensor="MSI", acquired_at="2024-04-12", rights="ESA")
    assert citation_of(image, "") == "MSI, S2A_T52UEU, acquired 12 April 2024, ESA"
    bare = Source(uuid="b", kind="imagery", title="2020")
    assert citation_of(bare, "").startswith("image, sensor not recorded, 2020, date of the image not recorded, credit")
    assert citation_of(Source(uuid="y", title="2020", publisher="AP"), "") == "without a title, AP"


@pytest.mark.parametrize(
    ("publisher", "printed"),
    [
        ("Railway Gazette, 2013-12", "Railway Gazette, December 2013"),
        ("People's Daily, 2011-10-26", "People's Daily, 26 October 2011"),
        ("SCMP, 2022-09 (statement 2022-09-27)", "SCMP, September 2022 (statement 27 September 2022)"),
        ("Registry 2010-44-1, id-2013-12, 2013-12/b", "Registry 2010-44-1, id-2013-12, 2013-12/b"),
        ("AP, n.d. (c.2019-20)", "AP, n.d. (c.2019-20)"),
    ],
)
def test_dates_beside_a_publisher_are_in_words_and_a_title_is_quoted_as_it_is(publisher: str, printed: str) -> None:
    source = Source(uuid="x", title="Bridge opened 2022-06-10", publisher=publisher)
    assert citation_of(source, "") == f"“Bridge opened 2022-06-10”, {printed}"


@pytest.mark.parametrize(
    ("title", "printed"),
    [
        ('"Opened 2022-06-10", Daily, 2022-06-11', '"Opened 2022-06-10", Daily, 11 June 2022'),
        ("“Backgrounder”, People's Daily, 2011-10-26", "“Backgrounder”, People's Daily, 26 October 2011"),
        ("“Bridge 2013-12”", "“Bridge 2013-12”"),
        ("“The yard's 2013-12 report", "“The yard's 2013-12 report"),
        ("'Soyuz' in 2013-12", "'Soyuz' in December 2013"),
    ],
)
def test_a_date_after_the_quoted_words_of_a_typed_citation_is_in_words(title: str, printed: str) -> None:
    assert citation_of(Source(uuid="x", title=title), "") == printed


def test_a_line_has_no_place_of_its_own() -> None:
    """“Place: 56° N, 93° E” stood on the page of a railway of nine thousand kilometres."""
    line = Site(uuid="r", geometry=LineString([(90, 56), (96, 56)]), class_code="rail", label="Railway")
    point = Site(uuid="p", geometry=Point(93, 56), class_code="port", label="Port")
    case = Document({"sites": [line, point]})
    assert [place_word(is_line=site_words(case, site).is_line) for site in (line, point)] == [
        "Point on the line",
        "Place",
    ]
    assert " · through 56" in subtitle_of(line)
    assert "through" not in subtitle_of(point)
