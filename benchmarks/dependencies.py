"""The packages that are installed with curation: versions, who needs them and why; written into docs/security.md.

python benchmarks/dependencies.py
"""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import UTC, datetime
from importlib.metadata import distribution, distributions

from packaging.requirements import Requirement
from section import DOCS, machine, write

EXTRAS = ("web", "scan", "plots")
TITLE = "What we rest on"
INTRO = """\
Made with `python benchmarks/dependencies.py` on {date} ({machine}). "Why" is the reason in `pyproject.toml`; what is only
needed by others names them. Tools of development are not listed: they are not installed with the package.

| package | version | why |
|---|---|---|
"""


def plain(name: str) -> str:
    """The name as indexes write it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def needed() -> dict[str, set[str]]:
    """What is installed because curation needs it -> by whom."""
    there = {plain(each.metadata["Name"]) for each in distributions()}
    waiting, found = [f"curation[{','.join(EXTRAS)}]"], defaultdict(set)
    while waiting:
        one = Requirement(waiting.pop())
        name = plain(one.name)
        for each in distribution(one.name).requires or ():
            other = Requirement(each)
            key = plain(other.name)
            used = other.marker is None or any(other.marker.evaluate({"extra": extra}) for extra in one.extras or {""})
            if used and key in there and name not in found[key]:
                found[key].add(name)
                waiting.append(each.partition(";")[0])
    return found


def reasons() -> dict[str, str]:
    """The reason of every direct dependency."""
    text = (DOCS.parent / "pyproject.toml").read_text(encoding="utf-8")
    lines = re.findall(r'^    "([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?>=[^"]*",\s*# (.+)$', text, re.M)
    return {plain(name): why for name, why in lines}


def main() -> None:
    """Write the section."""
    found, why = needed(), reasons()
    rows = [
        f"| {name} | {distribution(name).version} | {why[name] if 'curation' in by and name in why else 'for ' + ', '.join(sorted(by))} |"
        for name, by in sorted(found.items())
    ]
    intro = INTRO.format(date=f"{datetime.now(UTC):%Y-%m-%d}", machine=machine())
    write(TITLE, intro + "\n".join(rows), DOCS / "security.md")
    print(f"{len(rows)} packages")


if __name__ == "__main__":
    main()
