"""The README is a test: its commands run and print what it shows; its Python runs."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")


PAGES = {"README.md": TEXT} | {
    f"docs/{name}.md": (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8") for name in ("strategies", "pooling")
}


def blocks(language, text=TEXT):
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


def test_every_console_block_prints_what_the_readme_shows(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    checked = 0
    for block in blocks("console"):
        command, _, shown = block.partition("\n")
        words = shlex.split(command.removeprefix("$ "))
        assert words[0] == "curation", command
        monkeypatch.setenv("COLUMNS", "100")
        done = subprocess.run(
            [sys.executable, "-c", "from curation.cli import main; main()", *words[1:]],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        said = done.stdout + done.stderr
        for line in (each for each in shown.splitlines() if each.strip() and each.strip() != "..."):
            assert line.rstrip() in said, (command, line, said)
        checked += 1
    assert checked >= 2


@pytest.mark.parametrize("page", PAGES)
def test_python_examples_run(page):
    found = blocks("python", PAGES[page])
    assert found
    for block in found:
        exec(compile(block, f"<{page}>", "exec"), {})  # noqa: S102 - our own examples


def test_the_two_commands_are_on_the_first_screen():
    first = "\n".join(TEXT.splitlines()[:45])
    assert "make demo" in first
    assert "make test" in first
