"""docs/benchmarks.md and docs/reliability.md: each script writes the section of its own."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGE = DOCS / "benchmarks.md"
RELIABILITY = DOCS / "reliability.md"


def write(title: str, text: str, page: Path = PAGE) -> None:
    """Put a section of a page in place of the one with its title, or at the end."""
    whole = page.read_text(encoding="utf-8") if page.exists() else f"# {page.stem.capitalize()}\n"
    section = f"## {title}\n\n{text.strip()}\n"
    parts = re.split(r"(?m)^(?=## )", whole)
    kept = [part for part in parts if not part.startswith(f"## {title}\n")]
    at = next((number for number, part in enumerate(parts) if part.startswith(f"## {title}\n")), len(kept))
    page.write_text("\n".join(part.strip() + "\n" for part in [*kept[:at], section, *kept[at:]]), encoding="utf-8")


def machine() -> str:
    """The machine in words."""
    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}; Python {platform.python_version()}"
