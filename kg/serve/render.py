"""Templates to text: everything escaped that is not known to be markup."""

from __future__ import annotations

from functools import cache
from typing import Any

import jinja2

from kg.serve.negotiate import FORMS, NAMES
from kg.serve.site import KIND_NAMES, Site, line, path_of
from kg.text import spoken


def render(site: Site | None, template: str, **values: Any) -> str:
    """The page that the template makes of `values`."""
    about = site.graph.graph if site else {}
    return _environment().get_template(template).render(about=about, **values)


def count(number: int, one: str, many: str = "") -> str:
    """'1 paper', '1,204 papers'.

    >>> count(1204, "paper")
    '1,204 papers'
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


@cache
def _environment() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("kg.serve"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(line=line, path=path_of, spoken=spoken, count=count)
    made.globals.update(kind_names=KIND_NAMES, form_names=NAMES, form_types=FORMS)
    return made
