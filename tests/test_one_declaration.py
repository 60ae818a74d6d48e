"""A field is declared once: one line in one model, and every face of it has the field."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LINE = '    withdrawn: CountField = about("Participants who withdrew", example="3", unit="participants")\n'

SCRIPT = """
import csv, json
from pathlib import Path
from curation.cli import curation
from click.testing import CliRunner
from schemas.frame import frame_schema
from schemas.json_schema import json_schema
from schemas.reference import fields_text
from schemas.registry import RECORDS
from store.review import Review

def call(*words):
    done = CliRunner().invoke(curation, [str(word) for word in words])
    assert done.exit_code in (0, 1), done.output
    return done.output

call("template", "sheets")
assert "withdrawn" in next(csv.reader(Path("sheets/count.csv").open(encoding="utf-8")))
assert "withdrawn" in json.dumps(json_schema("count"))
assert "withdrawn" in frame_schema(RECORDS["count"]).columns
assert "Participants who withdrew" in fields_text("count")
Path("in").mkdir()
Path("in/source.csv").write_text("source,title,type\\np,A trial,article\\n")
Path("in/count.csv").write_text("source,events,total,withdrawn\\np,22,52,3\\n")
call("init", "r.duckdb")
call("intake", "r.duckdb", "in", "--extractor", "AB")
with Review.open("r.duckdb") as store:
    assert store.tables()["count"].column("withdrawn").to_pylist()[0]["low"] == 3
    assert store.reader().sql('SELECT withdrawn.text FROM "count"').fetchall() == [("3",)]
call("export", "r.duckdb", "out")
assert "withdrawn" in next(csv.reader(Path("out/count.csv").open(encoding="utf-8")))
Path("in/count.csv").write_text("source,events,total,withdrawn\\np,22,52,three\\n")
assert "column withdrawn" in CliRunner().invoke(curation, ["intake", "r.duckdb", "in", "--extractor", "AB"]).output
print("every face has it")
"""


def test_a_field_added_to_one_model_reaches_every_face(tmp_path):
    for package in ("schemas", "store", "pooling", "curation"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    model = tmp_path / "schemas" / "kinds" / "count.py"
    text = model.read_text(encoding="utf-8")
    model.write_text(text.replace("    percent: Percent", LINE + "    percent: Percent", 1), encoding="utf-8")
    done = subprocess.run([sys.executable, "-c", SCRIPT], cwd=tmp_path, capture_output=True, text=True, check=False, env=os.environ | {"PYTHONPATH": str(tmp_path)})  # fmt: skip
    assert "every face has it" in done.stdout, done.stderr[-3000:]
