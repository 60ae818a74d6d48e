"""What is installed: our own packages, and everything the commands need inside the wheel."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("name", ["schemas", "store", "pooling"])
def test_another_package_of_that_name_in_front_of_ours_is_named(tmp_path, name):
    (tmp_path / name).mkdir()
    (tmp_path / name / "__init__.py").write_text("")
    done = subprocess.run([sys.executable, "-c", "import curation"], cwd=tmp_path, capture_output=True, text=True, check=False, env=os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"})  # fmt: skip
    assert done.returncode == 1
    assert str(tmp_path / name) in done.stderr
    assert "stands in front of it" in done.stderr


@pytest.mark.slow
def test_an_installed_wheel_runs_the_demo_without_the_checkout(tmp_path):
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path), str(ROOT)],
        check=True,
    )
    (wheel,) = tmp_path.glob("curation-*.whl")
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(site)
    run = "import sys; sys.path.insert(0, sys.argv.pop(1)); from curation.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", run, str(site), "demo", "--out", str(tmp_path / "out")], cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "report.html").is_file()
    assert "examples" not in {each.name for each in site.iterdir()}
