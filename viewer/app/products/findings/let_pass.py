"""Records findings that somebody lets pass, with the reason and the name."""

from __future__ import annotations

from collections.abc import Sequence

from layers.errors import NotAllowed
from layers.product.lint.finding import Finding
from layers.product.lint.passing import refusal_to_pass
from layers.product.spec import Override, ProductSpec
from layers.time.utc import utc_now
from viewer.commands.products import override_of, with_override


def passed(
    spec: ProductSpec, overrides: tuple[Override, ...], findings: Sequence[Finding], reason: str, second: str
) -> tuple[Override, ...]:
    """The overrides with one for each of the findings. `second`: the second person, else it is the author.

    Raises GeoloupeError where a finding cannot be let pass by this person, or without a reason.
    """
    for finding in findings:
        refusal = refusal_to_pass(finding.severity, finding.rule, second, spec)
        if refusal:
            raise NotAllowed(refusal)
        by = second or spec.author
        overrides = with_override(overrides, override_of(finding.rule, finding.where, reason, by, utc_now()))
    return overrides
