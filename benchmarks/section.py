"""docs/benchmarks.md: each script writes the section of its own."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"


def write(title: str, text: str) -> None:
    """Put a section in place of the one with its title, or at the end."""
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else "# Benchmarks\n"
    section = f"## {title}\n\n{text.strip()}\n"
    parts = re.split(r"(?m)^(?=## )", page)
    kept = [part for part in parts if not part.startswith(f"## {title}\n")]
    at = next((number for number, part in enumerate(parts) if part.startswith(f"## {title}\n")), len(kept))
    PAGE.write_text("\n".join(part.strip() + "\n" for part in [*kept[:at], section, *kept[at:]]), encoding="utf-8")


def machine() -> str:
    """The machine in words."""
    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}; Python {platform.python_version()}"
