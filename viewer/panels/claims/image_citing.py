"""Cites the image behind a mark as a source of a claim, with one press."""

from __future__ import annotations

from layers.document.claim import Claim
from layers.document.image import Image
from viewer.commands.imagery.mark_images import cite_image, image_of_sites, source_uuid_of
from viewer.panels.context import PanelContext
from viewer.support.language.translation import translate


def citable(context: PanelContext, claim_uuid: str) -> Image | None:
    """The image behind the sites of a claim; None where there is none, or where the claim cites it already."""
    document = context.document
    image = image_of_sites(document, [link.site_uuid for link in document.links.claim_to_sites(claim_uuid)])
    if image is None:
        return None
    source_uuid = source_uuid_of(image.image_key)
    cited = any(link.source_uuid == source_uuid for link in document.links.claim_to_sources(claim_uuid))
    return None if cited else image


def citing_claims(context: PanelContext, site_uuid: str) -> list[Claim]:
    """The claims of a site that could cite its image; if the open claim is one of them, only that."""
    # Each claim once, however often a case links it: citable() looks at all of its links.
    claims = {claim.uuid: claim for claim in context.document.links.claims_of_site(site_uuid)}
    citing = [claim for claim in claims.values() if citable(context, claim.uuid) is not None]
    return [claim for claim in citing if claim.uuid == context.claim_uuid] or citing


def cite_image_of(context: PanelContext, claim_uuid: str) -> None:
    """Cite the image behind the sites of a claim; a refusal is reported in one sentence."""
    context.flush()
    image = citable(context, claim_uuid)
    if image is not None:
        context.do(cite_image, claim_uuid, image.uuid)
    elif not claim_uuid:
        context.report(translate("ImageCiting", "No claim is open: report one (R) or judge (J), then cite the image."))
    else:
        context.report(
            translate(
                "ImageCiting",
                "There is no image to cite: its sites were not drawn on one, or the claim cites it already.",
            )
        )
