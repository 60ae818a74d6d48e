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
    """The machine in words: how far engines are apart depends on how quick its memory and caches are."""
    cores = f"{os.cpu_count()} cores{_model()}{_cache()}"
    return f"{cores}, {platform.system()} {platform.machine()}; Python {platform.python_version()}"


def _model() -> str:
    found = re.search(r"(?m)^model name\s*: (.+)$", _text(Path("/proc/cpuinfo")))
    return f" ({found[1].strip()})" if found else ""


def _cache() -> str:
    """The largest cache of the first core, which is the slowest of them."""
    levels = Path("/sys/devices/system/cpu/cpu0/cache").glob("index*/size")
    sizes = [int(found[1]) for each in levels if (found := re.match(r"(\d+)K", _text(each)))]
    return f" with {max(sizes) / 1024:g} MB of cache" if sizes else ""


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError:
        return ""
