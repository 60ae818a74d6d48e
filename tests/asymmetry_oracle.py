"""metafor's numbers of tests/oracles/asymmetry.csv, by data set, task and option."""

import csv
from collections import defaultdict
from functools import cache
from pathlib import Path

import numpy as np

ORACLE = Path(__file__).parent / "oracles" / "asymmetry.csv"


@cache
def oracle():
    """Task -> data set -> option -> field -> values in order of place."""
    found = defaultdict(lambda: defaultdict(lambda: defaultdict(lambda: defaultdict(list))))
    lines = [line for line in ORACLE.read_text().splitlines() if not line.startswith("#")]
    for row in csv.DictReader(lines):
        value = np.nan if row["value"] in {"NA", "NaN"} else float(row["value"])
        found[row["task"]][row["name"]][row["option"]][row["field"]].append(value)
    return found


def data(name):
    """Effects, variances, subgroups and years of a data set."""
    columns = oracle()["data"][name][""]
    return tuple(np.array(columns[field]) for field in ("y", "v", "group", "year"))


def cases(task):
    """Data set, option, fields."""
    return [(name, option, fields) for name, options in oracle()[task].items() for option, fields in options.items()]
