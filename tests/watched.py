"""Pages in a browser that note what must not happen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Opened:
    """A page in the browser, with every request that is not permitted, dialog, error and complaint of the console."""

    page: Any
    trouble: list[str] = field(default_factory=list)


def watch(page: Any, permitted: Callable[[Any], bool]) -> Opened:
    """The page, watched from now on; `permitted` says of a request whether it may be made."""
    opened = Opened(page)
    trouble = opened.trouble
    page.on("request", lambda r: None if permitted(r) else trouble.append(f"request {r.url[:80]}"))
    page.on("dialog", lambda d: (trouble.append(f"dialog {d.message}"), d.dismiss()))
    page.on("pageerror", lambda e: trouble.append(f"error {e}"))
    page.on("console", lambda m: trouble.append(f"console {m.text}") if m.type in ("error", "warning") else None)
    page.set_default_timeout(60_000)
    return opened
