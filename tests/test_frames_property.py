"""Whatever a table of another program holds: it is refused in a sentence, or every row of it is in a record or told of."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sweep import cases

from curation.exchange import covidence, frames, frames_robvis, redcap
from curation.exchange.imported import Imported
from curation.exchange.reading import bundle_of
from curation.intake.problems import Refused

COLUMNS = {
    frames: ["study", "author", "year", "outcome", "arm", "ai", "bi", "ci", "di", "n1i", "n2i", "xi", "ni", "ti", "mi", "sdi", "ri", "yi", "vi", "TE", "seTE", "sm", "", "odd"],
    frames_robvis: ["Study", "D1", "D2", "D3", "D4", "D5", "Overall", "Weight", "odd"],
    redcap: ["record_id", "redcap_repeat_instrument", "redcap_repeat_instance", "source_source", "source_title", "source_type", "study_study", "study_label", "count_events", "count_total", "count_legibility", "count_source", "odd"],
    covidence: ["Covidence #", "Study ID", "Title", "Reviewer Name", "Mean", "Mean ", "Mean"],
}  # fmt: skip
NEEDED = {
    frames: ["study", "xi", "ni"],
    frames_robvis: ["Study", "D1", "D2"],
    redcap: ["record_id", "count_events"],
    covidence: ["Study ID"],
}
CELLS = st.sampled_from(["", "NA", "4", "50", "0.5", "4,5", "1,623", "<0.001", "Low", "Some concerns", "article", "clear", "A 2001", "1--1", "1--2", "=SUM(A1)", "x" * 2500, "é", "NR", "'"]) | st.text(max_size=8)  # fmt: skip


def written(folder, rows, separator):
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(rows)
    path = Path(folder) / "table.csv"
    path.write_bytes(out.getvalue().encode("utf-8", "surrogatepass"))
    return path


def told(imported: Imported) -> set[int]:
    """The rows that are in a record, in what a record is about, or among the leftovers."""
    rows = {number for each in imported.rows.values() for number, _ in each}
    words = [one.place.replace(",", " ").split() for one in imported.leftovers if "row" in one.place]
    return rows | {int(each[each.index("row") + 1]) for each in words}


@pytest.mark.parametrize("module", COLUMNS, ids=lambda one: one.__name__.rpartition(".")[2])
@settings(max_examples=cases(40), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_every_row_is_accounted_for(module, data):
    more = st.lists(st.sampled_from(COLUMNS[module]), max_size=7, unique=module is redcap)
    header = (
        list(dict.fromkeys([*NEEDED[module], *data.draw(more)]))
        if module is redcap
        else [*NEEDED[module], *data.draw(more)]
    )
    body = data.draw(st.lists(st.lists(CELLS, min_size=len(header), max_size=len(header)), max_size=4))
    with tempfile.TemporaryDirectory() as folder:
        path = written(folder, [header, *body], data.draw(st.sampled_from(",;\t")))
        try:
            imported = module.read(path)
        except Refused:
            return
        frame = module.read_frame(path)
        filled = {number for number, cells in frame.rows if "".join(cells).strip()}
        assert told(imported) >= filled
        (account,) = bundle_of(imported).accounts
        assert account.rows == account.taken + account.again + account.left


@settings(max_examples=cases(40), deadline=None)
@given(content=st.binary(max_size=400))
def test_bytes_that_are_no_table_are_refused_in_a_sentence(content):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        path.write_bytes(content)
        for module in COLUMNS:
            module.FORMAT.recognises(path, content)
            with pytest.raises(Refused):
                module.read(path)
