"""A file of another program is read by one format, its own; through the command, everything it says is taken in or told."""

from __future__ import annotations

import adapter_cases as cases
import pytest
from click.testing import CliRunner

from curation.cli import curation
from curation.exchange.formats import recognise
from store.export.adapters import meta, robvis

# The numbers are made up.
FILES = {
    "frames": "study,ai,n1i,ci,n2i\nA,4,50,9,52\n",
    "robvis": "Study,D1,D2,D3,D4,D5,Overall\nA,Low,Some concerns,Low,Low,Low,Low\n",
    "redcap": "record_id,redcap_repeat_instrument,redcap_repeat_instance,source_source,source_title,source_type\n1,,,s,T,article\n",
    "covidence": "Covidence #,Study ID,Title,Reviewer Name,Mean\n#1,A,T,Ana,5\n",
}


@pytest.mark.parametrize("name", FILES)
def test_each_file_is_of_one_format(tmp_path, name):
    path = tmp_path / "data.csv"
    path.write_text(FILES[name], encoding="utf-8-sig")
    found = recognise(path)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("name", FILES)
def test_a_mapping_beside_a_file_decides_except_for_covidence(tmp_path, name):
    path = tmp_path / "data.csv"
    path.write_text(FILES[name])
    (tmp_path / "data.mapping.csv").write_text("position,header,kind,field\n")
    found = recognise(path)
    assert found is not None
    assert found.name == ("covidence" if name == "covidence" else "mapped")


def test_every_file_of_an_export_for_other_programs_is_of_one_format_or_none(tmp_path):
    folder = cases.write(
        tmp_path / "dataset", cases.dataset(), meta.make(cases.dataset()) | robvis.make(cases.dataset())
    )
    found = {path.name: one.name for path in sorted(folder.glob("*.csv")) if (one := recognise(path))}
    assert {name for name in found if name.startswith(("analysis_", "meta-"))} >= {
        f"analysis_{name}.csv" for name in cases.NUMBERS
    }
    assert set(found.values()) == {"frames"}


def test_through_the_command_all_rows_are_accounted_for(tmp_path):
    path = tmp_path / "bcg.csv"
    path.write_text("study,ai,n1i,ci,n2i,alloc\nA,4,50,9,52,random\nB,x,50,9,52,random\n")
    done = CliRunner().invoke(curation, ["check", str(path), "--fail-on", "never"])
    assert done.exit_code == 0, done.output
    assert "14 rows in = 12 taken in + 2 left over" in done.stderr
    assert "it cannot be read as count, which events holds" in done.stderr
