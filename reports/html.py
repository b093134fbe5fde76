"""One self-contained HTML file from a dossier and its evidence: no script, nothing from
elsewhere, the same bytes each time.

Whatever a template prints passes `visible` and then Jinja's escaping; a name that no view has is an error;
templates are files of this package and never text of a dossier. The page forbids itself to load anything
but its own style sheet, which it names by digest.
"""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from certify.dossier import Dossier
from reports.gallery import Evidence
from reports.language import Language
from reports.text import visible
from reports.views import report_of

PAGE, STYLE = "report.html.j2", "report.css"


def render(dossier: Dossier, evidence: Evidence, *, language: Language = "en") -> bytes:
    """The report in UTF-8, from what an archive holds: the dossier and the evidence, by digest.

    Pictures of bytes that are not at hand are left out, and it says so. Raises
    `jinja2.UndefinedError` for a text that the language lacks.
    """
    page = environment().get_template(PAGE)
    report = report_of(dossier, evidence, language=language, style_digest=_style_digest())
    return page.render(report=report).encode("utf-8")


@cache
def environment() -> Environment:
    """The templates of this package, escaped always."""
    return Environment(
        loader=PackageLoader("reports"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_safe,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def _safe(value: Any) -> Any:
    """Name unseen characters in everything that is printed, but for what a macro has already printed."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _style_digest() -> str:
    style = environment().get_template(STYLE).render()
    return b64encode(sha256(style.encode("utf-8")).digest()).decode("ascii")
