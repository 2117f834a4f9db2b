"""The check of a product: each rule fails where it should, and holds for a whole page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace
from shapely import Point

from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.rows import ClaimEvidence, ClaimSite, ClaimSource, Response
from layers.document.site import Site
from layers.document.source import Source
from layers.geo.bounds import Bounds
from layers.phrase import Phrase
from layers.product.boundaries import draws_boundaries
from layers.product.content import LeftOut, OwnJudgement, ProductContent, WithheldRows
from layers.product.facts import Alike, ImageFact, MapFact, Overlap, ProductFacts, ScaleBarFact, SitesFact, TextFact
from layers.product.gathering import content_of
from layers.product.lint.check import RULES, findings, rule_of, unexplained
from layers.product.lint.finding import BLOCKING, WARNING, Finding, Jump, short
from layers.product.parties import Telling, parties_at
from layers.product.publishing import Withheld
from layers.product.spec import Override, ProductSpec
from tests.support.cases.judgements import ASSESSED_LIKELY


class Made(Struct, frozen=True):
    """A product to be spoiled in one point."""

    spec: ProductSpec
    content: ProductContent
    facts: ProductFacts

    def found(self, *overrides: Override) -> list[Finding]:
        return findings(self.spec, self.content, self.facts, overrides)

    def with_spec(self, **fields: Any) -> Made:
        return replace(self, spec=replace(self.spec, **fields))

    def with_facts(self, **fields: Any) -> Made:
        return replace(self, facts=replace(self.facts, **fields))

    def with_map(self, at: int = 0, **fields: Any) -> Made:
        maps = list(self.facts.maps)
        maps[at] = replace(maps[at], **fields)
        return self.with_facts(maps=tuple(maps))

    def with_image(self, at: int = 0, **fields: Any) -> Made:
        (image,) = self.facts.maps[at].images
        return self.with_map(at, images=(replace(image, **fields),))

    def with_sites(self, **fields: Any) -> Made:
        return self.with_map(0, sites=replace(self.facts.maps[0].sites, **fields))

    def with_content(self, **fields: Any) -> Made:
        return replace(self, content=replace(self.content, **fields))

    def with_claim(self, at: int = 0, **fields: Any) -> Made:
        claims = list(self.content.claims)
        claims[at] = replace(claims[at], **fields)
        return self.with_content(claims=tuple(claims))

    def with_site(self, **fields: Any) -> Made:
        first, *rest = self.content.sites
        return self.with_content(sites=(replace(first, **fields), *rest))

    def with_site_at(self, at: int, **fields: Any) -> Made:
        sites = list(self.content.sites)
        sites[at] = replace(sites[at], **fields)
        return self.with_content(sites=tuple(sites))

    def with_source(self, **fields: Any) -> Made:
        return self.with_content(sources=(replace(self.content.sources[0], **fields),))

    def with_text(self, words: str, size_pt: float = 7.0, *, is_cut: bool = False) -> Made:
        return self.with_facts(texts=(*self.facts.texts, TextFact("caption", words, 0, size_pt, is_cut)))

    def with_page(self, text: TextFact) -> Made:
        return self.with_facts(texts=(*self.facts.texts, text))

    def with_context(self, words: str) -> Made:
        (quote,) = self.content.claims[0].quotes
        return self.with_claim(quotes=(quote._replace(source=replace(quote.source, context=words)),))

    def with_setting(self, count: int) -> Made:
        """So many more marks of which nothing is claimed."""
        pad = self.content.sites[1]
        return self.with_content(sites=(*self.content.sites, *(replace(pad, uuid=str(at)) for at in range(count))))

    def as_a_and_b(self) -> Made:
        return self.with_map(0, title="A").with_map(1, title="B")

    def published(self) -> Made:
        return self.with_spec(publish=True, annotation_credit="A. Analyst").with_content(is_published=True)

    def without_words(self, words: str) -> Made:
        texts = tuple(text._replace(words=text.words.replace(words, "")) for text in self.facts.texts)
        assert texts != self.facts.texts, words
        return self.with_facts(texts=texts)


def _case() -> Document:
    return Document(
        {
            "sites": [
                Site(
                    uuid="firm",
                    geometry=Point(114.27, 30.58),
                    label="The firm",
                    class_code="company",
                    role="named in a claim",
                    position_error_m=15000.0,
                    position_basis="centre of the city, which is inferred from its name",
                ),
                Site(
                    uuid="pad",
                    geometry=Point(114.3, 30.6),
                    label="Pad",
                    lifecycle="planned",
                    position_error_m=10.0,
                    position_basis="measured on the image",
                ),
            ],
            "claims": [
                Claim(uuid="c1", source_wording="“provides optics”", made_by="an official", statement="x"),
                Claim(
                    uuid="c2",
                    statement="The pad is being built.",
                    voice="analyst",
                    confidence_reason="One image.",
                    status="reviewed",
                    created_by="A. Analyst",
                    reviewed_by="B. Second",
                    **ASSESSED_LIKELY,
                ),
            ],
            "claim_evidence": [
                ClaimEvidence(uuid="e", claim_uuid="c2", evidence_table="site_point", evidence_uuid="pad")
            ],
            "claim_sites": [
                ClaimSite(uuid="l1", claim_uuid="c1", site_uuid="firm"),
                ClaimSite(uuid="l2", claim_uuid="c2", site_uuid="pad"),
            ],
            "sources": [Source(uuid="s", title="A report", published_at="2024-04-12", accessed_at="2024-04-20")],
            "claim_sources": [ClaimSource(uuid="q", claim_uuid="c1", source_uuid="s", credibility=2)],
            "responses": [Response(uuid="r", speaker="The firm", words="We do not.", kind="answer")],
        }
    )


def _map(number: int, title: str, at: str) -> MapFact:
    return MapFact(
        number=number,
        title=title,
        bounds=Bounds(114.2, 30.5, 114.4, 30.7),
        crs="EPSG:32649",
        crs_words="UTM zone 49N, WGS 84",
        width_m=19_000.0,
        resolution=100.0,
        images=(
            ImageFact(
                layer=f"layer{number}",
                name=f"Scene {at}",
                date=f"{at} (from metadata)",
                acquired_at=at,
                date_kind="instant",
                date_basis="metadata",
                sensor="Sentinel-2 MSI",
                credit="Contains modified Copernicus Sentinel data",
                credit_of_row="Contains modified Copernicus Sentinel data",
                licence="CC BY-SA 3.0 IGO",
                units="reflectance",
                stretch="bands 4, 3, 2, 0 – 0.3",
                view_angle_deg=5.0,
                view_angle_kind="incidence at the ground",
                nudge="shifted 12 m east by A on 2024-05-01",
            ),
        ),
        scale_bar=ScaleBarFact("2 km", 2000.0),
        arrow=True,
        locator=True,
        sites=SitesFact(named=frozenset({"firm", "pad"}), drawn=frozenset({"firm", "pad"})),
        centre="30.600° N, 114.300° E (MGRS 50R KU 41 88)",
        alt_text="A city with a firm and a pad.",
    )


def whole() -> Made:
    """A product without a fault."""
    content = content_of(_case(), ["firm", "pad"])
    spec = ProductSpec(
        layout="before-after",
        title="China, Wuhan: a firm",
        bottom_line="A pad is planned.",
        author="A. Analyst",
        marking="TLP:GREEN",
    )
    maps = (_map(0, "Before", "2020-05-01"), _map(1, "After", "2024-05-01"))
    claims = [words for _, words in parties_at(content, Telling.WORDS)]
    claims += [f"{claim.said} {claim.likelihood}" for claim in content.claims if not claim.parties]
    words = {
        "title": spec.title,
        "subtitle": spec.bottom_line,
        "label": "The firm\nPad (planned)",
        "claims": "\n".join([*claims, *(claim.confidence for claim in content.claims)]),
        "sources": "\n".join(source.citation for source in content.sources),
        "caveats": "\n".join(content.caveats),
        "credits": "Contains modified Copernicus Sentinel data, CC BY-SA 3.0 IGO. Annotation: A. Analyst. No 7",
        "imprint": "UTM zone 49N, WGS 84; bands 4, 3, 2, 0 – 0.3; shifted 12 m east by A on 2024-05-01; 27 November",
        "dates": "2020-05-01 (from metadata) 2024-05-01 (from metadata)",
    }
    return Made(
        spec,
        content,
        ProductFacts(
            maps=maps,
            texts=tuple(
                TextFact(part, line, 0, 7.0) for part, text in words.items() for line in text.splitlines() if line
            ),
            marking_top="TLP:GREEN",
            marking_bottom="TLP:GREEN",
            number="No 7",
            version=1,
            made_on="27 November",
        ),
    )


def test_a_whole_product_has_no_finding() -> None:
    assert whole().found() == []


def _keyed(made: Made) -> Made:
    sites = SitesFact(keyed={"firm": 1, "pad": 2})
    return made.with_map(sites=sites).with_map(1, sites=sites).without_words("Pad (planned)")


def _graded(made: Made, credibility: str) -> Made:
    (quote,) = made.content.claims[0].quotes
    return made.with_claim(quotes=(quote._replace(credibility=credibility),))


def _drafts(*uuids: str) -> WithheldRows:
    return WithheldRows(Withheld.UNREVIEWED, "sites", tuple(f"Pad {uuid}" for uuid in uuids), uuids, "sites")


FIRM_WORDS = "place inferred by us, not stated by S1: centre of the city, which is inferred from its name"


def _part_of(made: Made, part: str) -> Made:
    """The exact words, which are longer, cut to a part of them on the page."""
    long = "provides optics for use in vehicles of a kind that nobody has named, as far as the report tells"
    longer = made.with_claim(source_words=f"“{long}”")
    texts = tuple(
        text._replace(words=text.words.replace("“provides optics”", f"“{part}”")) for text in made.facts.texts
    )
    return longer.with_facts(texts=texts)


SPOILED: list[tuple[str, Callable[[Made], Made]]] = [
    ("marking-shown", lambda made: made.with_facts(marking_bottom="")),
    ("marking-high-enough", lambda made: made.with_content(input_markings=("TLP:AMBER",))),
    ("marking-high-enough", lambda made: made.with_content(input_markings=("UNCLASSIFIED",))),
    ("marking-in-words", lambda made: made.with_content(input_markings=("for the desk only",))),
    ("title", lambda made: made.with_spec(title=" ")),
    ("title", lambda made: made.with_spec(title="m_3807708_sw_18_060.tif")),
    ("bottom-line", lambda made: made.with_spec(bottom_line="", subtitle="")),
    ("image-date", lambda made: made.with_image(date="")),
    ("image-date", lambda made: made.without_words("2024-05-01 (from metadata)")),
    ("image-date-known", lambda made: made.with_image(acquired_at="", date="from metadata").with_map(0, title="A")),
    ("image-date-basis", lambda made: made.with_image(date_basis="")),
    ("image-date-true", lambda made: made.with_image(date="2020-05-01 (from metadata) 2024-05-01 (from metadata)")),
    ("image-date-true", lambda made: made.with_image(date_kind="composite").as_a_and_b()),
    ("image-sensor", lambda made: made.with_image(sensor="").with_spec(layout="single")),
    ("image-credit", lambda made: made.with_image(credit="")),
    ("image-credit", lambda made: made.with_image(credit="", credit_of_row="", licence="")),
    ("image-credit", lambda made: made.with_image(credit="© Somebody else")),
    ("image-licence", lambda made: made.with_image(licence="CC BY-NC-SA 4.0")),
    ("image-terms", lambda made: made.with_image(licence="terms not stated")),
    ("image-terms", lambda made: made.with_image(licence="Proprietary")),
    ("licence-forbids", lambda made: made.with_image(may_export=False)),
    ("licence-forbids", lambda made: made.with_image(licence="No redistribution")),
    ("annotation-credit", lambda made: made.with_spec(author="B. Nother")),
    ("coordinates", lambda made: made.with_map(centre="")),
    ("coordinates", lambda made: made.with_map(centre="30.600° N, 114.300° E")),
    ("scale-bar", lambda made: made.with_map(scale_bar=None)),
    ("scale-bar", lambda made: made.with_map(scale_bar=ScaleBarFact("3 miles", 5000.0))),
    ("scale-bar", lambda made: made.with_map(width_m=1.5e6)),
    ("north-arrow", lambda made: made.with_map(arrow=False)),
    ("legend", lambda made: made.with_map(legend_missing=("Radar",))),
    ("legend", lambda made: made.with_map(legend_unseen=("Radar",))),
    ("labels-clear", lambda made: made.with_map(covered=("Pad",))),
    ("labels-clear", lambda made: made.with_map(halo=False)),
    ("overlap", lambda made: made.with_facts(overlaps=(Overlap("label:pad", "legend"),))),
    ("cut-text", lambda made: made.with_text("China, Wu…", is_cut=True)),
    ("key", lambda made: _keyed(made).with_site(doubt="").with_site_at(1, doubt="")),
    ("sites-named", lambda made: made.with_sites(named=frozenset({"firm"}), uncounted=frozenset({"pad"}))),
    ("locator", lambda made: made.with_map(0, locator=False).with_map(1, locator=False)),
    ("projection", lambda made: made.with_map(crs_words="")),
    ("author", lambda made: made.with_spec(author="")),
    ("author", lambda made: made.published().with_spec(annotation_credit="")),
    ("made-on", lambda made: made.with_facts(made_on="")),
    ("number", lambda made: made.without_words("No 7")),
    ("grey", lambda made: made.with_facts(alike_in_grey=(Alike("Gas", "Oil"),))),
    ("grey", lambda made: made.with_facts(faint_in_grey=("labels",))),
    ("boundaries", lambda made: made.with_image(draws_boundaries=True)),
    ("map-size", lambda made: made.with_map(least_side_mm=21.0)),
    ("type-size", lambda made: made.with_text("x", size_pt=5.5)),
    ("alternative-text", lambda made: made.with_map(alt_text="")),
    ("publishing-leak", lambda made: made.with_spec(publish=True, annotation_credit="A. Analyst")),
    ("publishing-leak", lambda made: made.published().with_text("/home/anna/a.tif")),
    ("image-processing", lambda made: made.with_image(0, stretch="other").with_image(1, stretch="other")),
    ("image-shift", lambda made: made.with_image(nudge="shifted 3 m west")),
    ("view-angle", lambda made: made.with_image(view_angle_kind="")),
    ("same-frame", lambda made: made.with_map(resolution=90.0)),
    ("same-frame", lambda made: made.with_map(bounds=Bounds(114.2, 30.5, 114.41, 30.7))),
    ("before-after-dates", lambda made: made.with_image(date_kind="unknown")),
    ("before-after-dates", lambda made: made.with_map(0, title="After").with_map(1, title="Before")),
    ("before-after-dates", lambda made: made.with_image(0, acquired_at="2020/2024-05-01", date_kind="interval")),
    ("same-stretch", lambda made: made.with_image(0, stretch="bands 4, 3, 2").with_map(0, title="A")),
    ("same-stretch", lambda made: made.with_image(0, units="")),
    ("same-stretch", lambda made: made.with_spec(layout="panels").with_image(0, stretch="bands 4, 3, 2")),
    ("difference-caption", lambda made: made.with_map(is_difference=True)),
    ("named-party", lambda made: made.without_words("provides optics")),
    ("named-party", lambda made: made.without_words("S1, citing an official: ")),
    ("named-party", lambda made: made.without_words("S1, citing ")),
    ("named-party", lambda made: made.without_words("We do not.")),
    ("named-party", lambda made: made.without_words("own answer: none in S1")),
    ("named-party", lambda made: made.without_words(FIRM_WORDS)),
    ("named-party", lambda made: made.with_claim(responses=())),
    ("named-party", lambda made: made.with_claim(source_words="", statement="provides optics")),
    ("named-party", lambda made: made.with_claim(speaker="")),
    ("named-party", lambda made: made.with_claim(parties=())),
    ("named-party", lambda made: _part_of(made, "provides optics for use in vehicles ...")),
    (
        "named-party",
        lambda made: _part_of(made, "provides optics ... that nobody has named, as far as the report tells"),
    ),
    ("named-party", lambda made: made.with_context("It has sent none.")),
    ("named-party", lambda made: made.without_words(", the name is ours")),
    ("named-party", lambda made: made.with_facts(pages=2).with_page(TextFact("key", "1 The firm", 1, 7.0))),
    ("named-party", lambda made: made.with_facts(pages=2, beside=(TextFact("metadata", "The firm", 1),))),
    ("named-party", lambda made: made.with_facts(pages=2).with_map(alt_text="The firm.", page=1)),
    ("named-party", lambda made: made.with_page(TextFact("label", "The firm", 0, 9.0))),
    ("title-covers", lambda made: made.with_spec(title="What was reported").with_setting(4)),
    ("claims-counted", lambda made: made.with_content(left_out=LeftOut(claims_of_no_place=9))),
    ("no-false-pin", lambda made: made.with_sites(pinned=frozenset({"firm"}))),
    ("doubt-said", lambda made: made.without_words("(planned)")),
    ("position-judged", lambda made: made.with_site(error_m=None)),
    ("judgement-whole", lambda made: made.with_claim(1, confidence="")),
    ("judgement-whole", lambda made: made.with_claim(1, reason="")),
    ("judgement-supported", lambda made: made.with_claim(1, evidence=0)),
    ("judgement-reviewed", lambda made: made.with_claim(1, is_reviewed=False)),
    ("judgement-left-out", lambda made: made.with_content(left_out=LeftOut(judgements=(("j", "A pad is in use"),)))),
    ("absence", lambda made: made.with_spec(bottom_line="No pad is visible.")),
    ("absence", lambda made: made.with_claim(1, reason="The old pad has been removed.")),
    ("judgement-shown", lambda made: made.without_words("likely (55–80 %)")),
    ("likelihood-rows", lambda made: made.with_claim(0, likelihood="probable (55–80 %)").with_facts(is_laid_out=False)),
    ("one-sentence", lambda made: made.with_spec(bottom_line="We judge with low confidence that it is likely so.")),
    ("one-sentence", lambda made: made.with_claim(1, reason="High confidence makes it very likely.")),
    ("likelihood-ours", lambda made: made.with_spec(bottom_line="A pad is almost certain.")),
    ("verified", lambda made: made.with_claim(0, state="verified", missing_of_verified=("a step",))),
    ("judgement-changed", lambda made: made.with_claim(1, lacks_change_note=True)),
    ("sourced", lambda made: made.with_claim(0, quotes=())),
    ("source-list", lambda made: made.without_words("“A report”, 12 April 2024")),
    ("source-accessed", lambda made: made.with_source(has_access_date=False)),
    ("evaluated", lambda made: made.published().with_source(is_unevaluated=True)),
    ("evaluated", lambda made: made.published().with_source(is_unchecked=True, machine="translated by machine (X)")),
    ("evaluated", lambda made: made.published().with_content(unchecked_chips=("a",))),
    ("evaluated", lambda made: made.published().with_claim(0, has_unchecked_step=True)),
    ("two-origins", lambda made: _graded(made, "1")),
    ("caveats", lambda made: made.without_words("What is not marked is not thereby absent.")),
    ("withheld", lambda made: made.published().with_content(left_out=LeftOut(rows=(_drafts("a", "b"),)))),
    ("proof", lambda made: made.with_claim(1, change_note="Images prove that the station is running")),
    ("absence-of", lambda made: made.with_claim(1, change_note="The island has no airstrip")),
    ("gone", lambda made: made.with_claim(1, change_note="Tents vanish from the valley")),
    ("published-date", lambda made: made.with_claim(1, change_note="Image date set to the press release date")),
    ("guilt", lambda made: made.with_claim(1, change_note="Smugglers at the pier")),
    ("purpose", lambda made: made.with_claim(1, change_note="The fence was built to keep people out")),
    ("military", lambda made: made.with_claim(1, change_note="Army camp on the ridge")),
    ("officials-likely", lambda made: made.with_claim(1, change_note="Minister says restart is likely (55-80 %)")),
    ("stacked-hedges", lambda made: made.with_claim(1, change_note="The building could possibly be a school")),
    ("attribution", lambda made: made.with_claim(1, change_note="China pays for the new road")),
    ("cause", lambda made: made.with_claim(1, change_note="Drought drains reservoir")),
    ("measure", lambda made: made.with_claim(1, change_note="Glacier is 340 m long")),
    ("highly-confident", lambda made: made.with_claim(1, change_note="We are highly confident")),
    ("independently", lambda made: made.with_claim(1, change_note="Two papers independently confirm closure")),
    ("likelihood-in-reason", lambda made: made.with_claim(1, reason="The odds are good.")),
]


@pytest.mark.parametrize(("rule", "spoil"), SPOILED, ids=[f"{rule}-{at}" for at, (rule, _) in enumerate(SPOILED)])
def test_a_rule_finds_its_fault_and_no_other_does(rule: str, spoil: Callable[[Made], Made]) -> None:
    found = spoil(whole()).found()
    assert {one.rule for one in found} == {rule}
    assert all(one.where and one.sentence and one.cure and not one.explained for one in found)
    assert {one.severity for one in found} == {rule_of(rule).severity}  # type: ignore[union-attr]


def test_what_is_withheld_is_named_with_the_rows_that_one_cure_puts_right() -> None:
    (found,) = whole().published().with_content(left_out=LeftOut(rows=(_drafts(*"abcde"),))).found()
    assert found.where == "draft marks: “Pad a”, “Pad b”, “Pad c” and 2 more"
    assert found.sentence == "5 draft marks are left out, that nobody reviewed and no claim on it names."
    assert found.cure.startswith("A reviewer sets their status to reviewed")
    assert (found.jump, found.rows) == (Jump("sites", "a", "status"), tuple("abcde"))
    assert whole().with_content(left_out=LeftOut(rows=(_drafts("a"),))).found() == [], "it is not published"


def test_an_image_with_terms_and_without_a_credit_asks_for_the_credit() -> None:
    """As a scene of an archive that names no provider, whose terms are said all the same."""
    found = whole().with_image(credit="", credit_of_row="").found()
    assert {one.sentence for one in found} == {"Nobody is credited for it."}
    assert {one.jump.field for one in found} == {"credit"}


def test_every_reason_to_withhold_has_its_words_and_its_cure() -> None:
    tables = {"claims": Withheld, "sites": (Withheld.UNREVIEWED, Withheld.HIGHER)}
    tables |= dict.fromkeys(("sources", "responses"), (Withheld.INTERNAL,))
    groups = [
        WithheldRows(reason, table, ("A",), ("a",), "sources" if table == "responses" else table, is_measured)
        for table, reasons in tables.items()
        for reason in reasons
        for is_measured in ((False, True) if table == "sites" else (False,))
    ]
    found = whole().published().with_content(left_out=LeftOut(rows=tuple(groups))).found()
    assert [one.rule for one in found] == ["withheld"] * len({one.where for one in found})
    assert {one.where for one in found} >= {"draft measurements: “A”", "answers: “A”", "internal sources: “A”"}
    assert all(one.rows == ("a",) and one.jump.uuid == "a" and one.jump.field and one.cure for one in found)


def test_every_rule_has_a_case_and_every_point_of_the_checklist_a_rule() -> None:
    assert {rule for rule, _ in SPOILED} == {rule.name for rule in RULES}
    assert {rule.point for rule in RULES} == set(range(21))
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert {rule.severity for rule in RULES} == {BLOCKING, WARNING}


def test_an_override_with_a_reason_explains_one_finding_and_no_other() -> None:
    spoiled = whole().with_spec(author="", organisation="").with_map(alt_text="")
    one, other = spoiled.found()
    assert unexplained(spoiled.found(Override(one.rule, one.where, "an internal print"))) == [other]
    assert spoiled.found(Override(one.rule, one.where, "an internal print"))[0].explained == "an internal print"
    assert unexplained(spoiled.found(Override(one.rule, one.where, "  "))) == [one, other]
    assert unexplained(spoiled.found(Override(one.rule, "elsewhere", "why"))) == [one, other]


def test_what_blocks_stands_first() -> None:
    found = whole().with_spec(author="").with_claim(responses=()).found()
    assert [one.severity for one in found] == [BLOCKING, WARNING]


def test_before_and_after_need_known_dates_but_a_and_b_do_not() -> None:
    spoiled = whole().with_image(0, date_kind="unknown")
    assert [one.rule for one in spoiled.found()] == ["before-after-dates"]
    assert spoiled.with_map(0, title="A").with_map(1, title="B").found() == []


@pytest.mark.parametrize(
    ("words", "is_enough"),
    [
        ("Made with Natural Earth; boundaries are de facto and imply no endorsement", True),
        ("The borders are drawn as Pakistan draws them.", True),
        ("Boundaries according to the survey of India.", True),
        ("© OpenStreetMap contributors. Boundaries", False),
        ("The border crossing at Heihe. A view of it.", False),
    ],
)
def test_boundaries_need_a_sentence_on_whose_view_they_are(words: str, is_enough: bool) -> None:
    made = whole().with_image(draws_boundaries=True).with_text(words)
    assert [one.rule for one in made.found()] == ([] if is_enough else ["boundaries"])


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("boundaries", True),
        ("Land boundaries (de facto)", True),
        ("ne_50m_admin_0_boundary_lines_land", True),
        ("State border", True),
        ("Border crossings", False),
        ("Coast", False),
        ("boundless", False),
        ("Reborder", False),
    ],
)
def test_layers_of_boundaries_are_known_by_their_names(name: str, is_one: bool) -> None:
    assert draws_boundaries(name) is is_one


def test_sides_are_before_and_after_in_any_language() -> None:
    named = whole().with_map(0, title="Vorher", side="before").with_map(1, title="Nachher", side="after")
    assert named.found() == []
    swapped = named.with_map(0, side="after").with_map(1, side="before")
    assert [one.rule for one in swapped.found()] == ["before-after-dates"]


def test_a_declared_match_excuses_unlike_stretches() -> None:
    unlike = whole().with_image(1, units="", stretch="bands 4, 3, 2")
    assert [one.rule for one in unlike.found()] == ["same-stretch"]
    assert unlike.with_image(1, tells_match=True).found() == []


def test_a_judgement_may_use_the_word_of_the_report_that_it_is_about() -> None:
    made = whole().with_claim(1, statement="The pad is military.")

    def is_flagged(made: Made) -> bool:
        return "military" in [one.rule for one in made.found()]

    said = made.with_claim(0, source_words="“a military pad”")
    assert is_flagged(said), "the judgement is not about that report"
    about = said.with_claim(0, judged=(OwnJudgement("c2", "Judged by us: likely (55–80 %)."),))
    assert not is_flagged(about)
    assert is_flagged(about.with_claim(0, speaker="")), "nobody is named"
    assert is_flagged(about.with_claim(0, source_words="“a pad”")), "the report has another word"


def test_panels_of_other_ground_need_no_common_stretch() -> None:
    made = whole().with_spec(layout="panels").with_image(0, stretch="bands 4, 3, 2")
    assert [one.rule for one in made.found()] == ["same-stretch"]
    assert not made.with_map(0, bounds=Bounds(100.0, 10.0, 101.0, 11.0)).found()


def test_a_long_name_is_cut_and_its_doubt_stays() -> None:
    name = Phrase("{name} ({doubt})", name="x" * 200, doubt=Phrase("planned"))
    cut = short(name)
    assert cut == f"{'x' * 69}… (planned)"
    assert len(cut) == 80
    assert isinstance(cut, Phrase)
    assert cut.values["doubt"] == name.values["doubt"]
    assert short("y" * 200) == "y" * 79 + "…"
    assert short("a\nb") == "a b"


def test_that_nobody_was_asked_is_an_answer() -> None:
    made = whole()
    (answer,) = made.content.claims[0].responses
    silent = replace(answer, kind="not asked", words="", sentence="The firm was not asked")
    assert [one.rule for one in made.with_claim(responses=(silent,)).found()] == ["named-party"]
    told = made.with_facts(texts=(*made.facts.texts, TextFact("claims", "The firm was not asked", 0, 7)))
    assert told.with_claim(responses=(silent,)).found() == []


def test_an_unannotated_twin_owes_its_dates_and_credits_only() -> None:
    made = whole()
    twin = made.with_spec(left_out=made.spec.left_out | {"annotation", "labels", "key", "claims"})
    keep = {"title", "subtitle", "credits", "imprint", "dates"}
    twin = twin.with_facts(texts=tuple(text for text in made.facts.texts if text.part in keep))
    bare = twin.with_map(0, sites=SitesFact()).with_map(1, sites=SitesFact())
    assert bare.found() == []


@pytest.mark.bounded
@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_any_words_are_judged(title: str, line: str, words: str) -> None:
    made = whole().with_spec(title=title, bottom_line=line, caption=words)
    assert all(isinstance(one, Finding) for one in made.found())


@pytest.mark.parametrize(
    ("page", "side", "is_told"),
    [
        ("A4 landscape", 34.0, True),
        ("A4 landscape", 36.0, False),
        ("Newspaper, 1 column", 20.0, False),
        ("Newspaper, 1 column", 9.0, True),
    ],
)
def test_a_map_too_small_to_be_read_is_told(page: str, side: float, *, is_told: bool) -> None:
    """Panels of two centimetres passed the check."""
    made = whole().with_spec(page=page).with_map(least_side_mm=side)
    assert ("map-size" in {one.rule for one in made.found()}) is is_told
