"""Reviews as RevMan writes them, made of the analyses in oracles/revman.csv: .rm5, CSV export, data package."""

import csv
import io
import math
import zipfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from xml.sax.saxutils import quoteattr

ORACLE = Path(__file__).parent / "oracles" / "revman.csv"
RATIOS = {"OR", "RR", "PETO_OR", "HR"}
WEB_TYPES = {"DICH": "Dichotomous", "CONT": "Continuous", "IV": "Contrast level", "IPD": "O-E and Variance"}
WEB_MEASURES = {
    "OR": "Odds Ratio", "RR": "Risk Ratio", "RD": "Risk Difference", "PETO_OR": "Peto Odds Ratio",
    "MD": "Mean Difference", "SMD": "Std. Mean Difference", "HR": "Hazard Ratio",
}  # fmt: skip
CSV_TYPES = {"DICH": "DIC", "CONT": "CON", "IV": "IV", "IPD": "IPD"}
"""Only DIC and CON stand in a file that was at hand."""


@dataclass
class Case:
    """One analysis: its settings, its rows, and the results of all and of the subgroups, as texts by field."""

    name: str
    settings: dict = field(default_factory=dict)
    rows: list = field(default_factory=list)
    total: dict = field(default_factory=dict)
    subgroups: dict = field(default_factory=dict)
    swap: bool = False

    @property
    def type(self):
        return self.settings["type"]

    @property
    def measure(self):
        return self.settings["measure"]

    @property
    def random(self):
        return self.settings["random"] == "TRUE"

    def parts(self):
        """Subgroup (blank for none), its result, its rows."""
        if not self.subgroups:
            return [("", None, self.rows)]
        return [
            (name, made, [row for row in self.rows if row["subgroup"] == name]) for name, made in self.subgroups.items()
        ]


@cache
def _lines():
    with ORACLE.open(encoding="utf-8") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def cases():
    """Every analysis of the oracle, fresh."""
    made = {}
    for line in _lines():
        one = made.setdefault(line["analysis"], Case(line["analysis"]))
        place = line["place"]
        if place == "settings":
            target = one.settings
        elif place == "total":
            target = one.total
        elif place.startswith("subgroup "):
            target = one.subgroups.setdefault(place.removeprefix("subgroup "), {})
        else:
            while len(one.rows) < int(place):
                one.rows.append({})
            target = one.rows[int(place) - 1]
        target[line["field"]] = line["value"]
    return list(made.values())


def java(text):
    """A number as Java writes a double; a blank one is not calculated."""
    return "" if text in {"", None} else repr(float(text)).replace("e-0", "E-").replace("e", "E")


def whole(text):
    return "" if text in {"", None} else str(int(float(text)))


def _log(text):
    value = float(text or "nan")
    return "-Infinity" if value == 0 else java(math.log10(value)) if value > 0 else ""


def _attributes(pairs):
    return "".join(f" {name}={quoteattr(str(value))}" for name, value in sorted(pairs.items()))


def _result(one, made, rows, **more):
    ratio = one.measure in RATIOS
    at = {
        "EFFECT_SIZE": java(made["estimate"]), "CI_START": java(made["lower"]), "CI_END": java(made["upper"]),
        "Z": java(made["z"]), "P_Z": java(made["p"]), "CHI2": java(made["q"]), "DF": made["df"],
        "P_CHI2": java(made["p_q"]), "I2": java(made["i2"]), "TAU2": java(made["tau2"]), "ESTIMABLE": "YES",
        "Q": java(made.get("q_between", "0")), "P_Q": java(made.get("p_between", "0")), "I2_Q": "0.0",
        "TOTAL_1": whole(made.get("sum_n1i", "0")), "TOTAL_2": whole(made.get("sum_n2i", "0")),
        "WEIGHT": "100.00000000000001", "STUDIES": len(rows),
    }  # fmt: skip
    if ratio:
        at |= {"LOG_EFFECT_SIZE": _log(made["estimate"]), "LOG_CI_START": _log(made["lower"])}
    return at | more


def _row(one, row):
    done = row.get("estimable") != "no"
    at = {
        "STUDY_ID": study_id(row["label"]), "ESTIMABLE": "YES" if done else "NO", "ORDER": "1", "O_E": "0.0",
        "EFFECT_SIZE": java(row.get("estimate", "0")), "CI_START": java(row.get("lower", "0")),
        "CI_END": java(row.get("upper", "0")), "SE": java(row.get("own_se", "0")), "WEIGHT": java(row.get("weight", "0")),
    }  # fmt: skip
    if one.type in {"DICH", "IPD"}:
        at |= {"EVENTS_1": row["ai"], "TOTAL_1": row["n1i"], "EVENTS_2": row["ci"], "TOTAL_2": row["n2i"]}
    if one.type == "CONT":
        at |= {"MEAN_1": java(row["m1i"]), "SD_1": java(row["sd1i"]), "TOTAL_1": row["n1i"]}
        at |= {"MEAN_2": java(row["m2i"]), "SD_2": java(row["sd2i"]), "TOTAL_2": row["n2i"]}
    if one.type == "IV":
        at |= {"ESTIMATE": java(row["effect"]), "SE": java(row["se"]), "TOTAL_1": "0", "TOTAL_2": "0"}
    if one.type == "IPD":
        at |= {"O_E": java(row["oe"]), "VAR": java(row["variance"])}
    return at


def study_id(label):
    """An id as RevMan makes it: everything but letters and digits encoded, blanks as hyphens."""
    return "STD-" + "".join("-" if sign == " " else sign if sign.isalnum() else f"_x{ord(sign):04x}_" for sign in label)


def labels_of(several):
    return list(dict.fromkeys(row["label"] for one in several for row in one.rows))


def rm5(several, *, inside="", bias="", comparisons=None):
    """The bytes of a .rm5 file; all analyses in one comparison unless told."""
    studies = "".join(
        f'<STUDY DATA_SOURCE="PUB" ID={quoteattr(study_id(label))} NAME={quoteattr(label)} YEAR="{label[-4:]}"/>\n'
        for label in labels_of(several)
    )
    outcomes = "".join(_outcome(one, at) for at, one in enumerate(several, 1))
    text = (
        '<?xml version="1.0" encoding="ISO-8859-1" standalone="no"?>\n'
        '<COCHRANE_REVIEW DOI="" REVMAN_SUB_VERSION="5.0.23" REVMAN_VERSION="5" TYPE="INTERVENTION">\n'
        "<COVER_SHEET><TITLE>Impfung &amp; Kathéter</TITLE></COVER_SHEET>\n"
        f"<STUDIES_AND_REFERENCES><STUDIES><INCLUDED_STUDIES>{studies}</INCLUDED_STUDIES>{inside}</STUDIES></STUDIES_AND_REFERENCES>\n"
        f"<QUALITY_ITEMS>{bias}</QUALITY_ITEMS>\n"
        f'<ANALYSES_AND_DATA CALCULATED_DATA="YES"><COMPARISON ID="CMP-001" NO="1"><NAME>New versus old</NAME>\n{outcomes}'
        f"{comparisons or ''}</COMPARISON></ANALYSES_AND_DATA></COCHRANE_REVIEW>\n"
    )
    return text.encode("iso-8859-1")


def _outcome(one, number):
    settings = {
        "ID": f"CMP-001.{number:02d}", "NO": number, "EFFECT_MEASURE": one.measure, "METHOD": one.settings["method"],
        "RANDOM": "YES" if one.random else "NO", "CI_STUDY": "95", "CI_TOTAL": "95", "TOTALS": "YES",
        "SUBGROUPS": "YES" if one.subgroups else "NO", "SWAP_EVENTS": "YES" if one.swap else "NO",
    }  # fmt: skip
    if one.type == "IV":
        settings["LOG_DATA"] = "YES"
    body = ""
    for at, (name, made, rows) in enumerate(one.parts(), 1):
        data = "".join(f"<{one.type}_DATA{_attributes(_row(one, row))}/>\n" for row in rows)
        if made is None:
            body += data
        else:
            body += f"<{one.type}_SUBGROUP{_attributes(_result(one, made, rows, NO=at))}><NAME>{name}</NAME>\n{data}</{one.type}_SUBGROUP>\n"
    return (
        f"<{one.type}_OUTCOME{_attributes(_result(one, one.total, one.rows, **settings))}><NAME>{one.name}</NAME>"
        f"<GROUP_LABEL_1>New</GROUP_LABEL_1><GROUP_LABEL_2>Old</GROUP_LABEL_2>\n{body}</{one.type}_OUTCOME>\n"
    )


# the CSV export

FIVE = [
    "Comparison Number",
    "Outcome Number",
    "Subgroup Number",
    "Name",
    "Data Type",
    "Statistical Method",
    "Effect Measure",
    "Analysis Model",
    "Events 1",
    "Mean 1",
    "SD 1",
    "Total 1",
    "Events 2",
    "Mean 2",
    "SD 2",
    "Total 2",
    "O-E",
    "Variance",
    "Effect Estimate",
    "SE",
    "CI Start",
    "CI End",
    "Weight",
    "Q",
    "P(Q)",
    "I²(Q)",
    "Tau²",
    "Z",
    "P(Z)",
    "Qint",
    "P(Qint)",
    "I²(Qint)",
    "df",
    "Group Label 1",
    "Group Label 2",
    "Left Graph Label",
    "Right Graph Label",
    "Year of study",
    "User defined order",
]


def eight(text):
    """A number as the export writes it: eight decimals, zeros at the end left out."""
    return "" if text in {"", None} else f"{float(text):.8f}".rstrip("0").rstrip(".").replace("-0", "-0") or "0"


def five(several):
    """The bytes of RevMan 5's CSV export."""
    lines = [{"Comparison Number": 1, "Outcome Number": 0, "Subgroup Number": 0, "Name": "New versus old"}]
    for number, one in enumerate(several, 1):
        place = {"Comparison Number": 1, "Outcome Number": number, "Subgroup Number": 0}
        lines.append(place | _five_result(one, one.total) | {"Name": one.name})
        for at, (name, made, rows) in enumerate(one.parts(), 1):
            there = place | {"Subgroup Number": at if made else 0}
            if made:
                lines.append(there | _five_result(one, made) | {"Name": name})
            lines += [there | _five_row(one, row) for row in rows]
    return _csv(FIVE, lines)


def _five_result(one, made):
    names = {
        "Effect Estimate": "estimate", "CI Start": "lower", "CI End": "upper", "Z": "z", "P(Z)": "p", "Q": "q", "P(Q)": "p_q",
        "I²(Q)": "i2", "Tau²": "tau2",
    }  # fmt: skip
    return {theirs: eight(made[ours]) for theirs, ours in names.items()} | {
        "Qint": eight(made.get("q_between", "0")), "P(Qint)": eight(made.get("p_between", "1")), "I²(Qint)": "0",
        "df": made["df"], "Data Type": CSV_TYPES[one.type], "Statistical Method": one.settings["method"],
        "Effect Measure": one.measure, "Analysis Model": "Random" if one.random else "Fixed", "Weight": "100",
        "Total 1": whole(made.get("sum_n1i", "0")), "Total 2": whole(made.get("sum_n2i", "0")),
        "Group Label 1": "New", "Group Label 2": "Old",
    }  # fmt: skip


def _five_row(one, row):
    numbers = {"Events 1": "ai", "Mean 1": "m1i", "SD 1": "sd1i", "Total 1": "n1i", "Events 2": "ci", "Mean 2": "m2i", "SD 2": "sd2i", "Total 2": "n2i", "O-E": "oe", "Variance": "variance"}  # fmt: skip
    made = {theirs: eight(row.get(ours, "0")) for theirs, ours in numbers.items()}
    made |= {
        "Effect Estimate": eight(row.get("estimate", "0")),
        "CI Start": eight(row.get("lower", "0")),
        "CI End": eight(row.get("upper", "0")),
    }
    made |= {"SE": eight(row.get("se") or row.get("own_se", "0")), "Weight": eight(row.get("weight", "0"))}
    return made | {"Name": row["label"], "Year of study": row["label"][-4:]}


# the data package


def web(several, *, bias=None, nested=False, settings=None):
    """The bytes of a data package; ``settings`` are further columns, or others in their place."""
    whole_results, rows, subgroups = [], [], []
    for number, one in enumerate(several, 1):
        place = {"Analysis group": 1, "Analysis number": number}
        whole_results.append(place | _web_settings(one) | _web_result(one.total) | (settings or {}))
        for at, (name, made, part) in enumerate(one.parts(), 1):
            if made:
                subgroups.append(place | {"Subgroup": name, "Subgroup number": at} | _web_result(made))
            rows += [place | _web_row(one, row) | {"Subgroup": name, "Analysis name": one.name} for row in part]
    studies = [{"Study": label, "Year": label[-4:], "Data source": "Published"} for label in labels_of(several)]
    tables = {
        "analysis-data/CD000001-overall-estimates-and-settings.csv": whole_results,
        "analysis-data/CD000001-data-rows.csv": rows,
        "analysis-data/CD000001-subgroup-estimates.csv": subgroups,
        "study-data/CD000001-study-information.csv": studies,
    }
    if bias:
        tables["study-data/CD000001-risk-of-bias.csv"] = bias
    files = {f"CD000001-{name}": _csv(_names(lines), lines, mark=True) for name, lines in tables.items() if lines}
    package = _zip(files | {"CD000001-study-data/CD000001-included.ris": b"TY  - JOUR\n"})
    return _zip({"CD000001-files/CD000001-data.zip": package}) if nested else package


def _names(lines):
    return list(dict.fromkeys(name for line in lines for name in line))


def _zip(files):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in files.items():
            package.writestr(name, data)
    return made.getvalue()


def _csv(names, lines, *, mark=False):
    out = io.StringIO()
    writer = csv.DictWriter(out, names, restval="")
    writer.writeheader()
    writer.writerows(lines)
    return (b"\xef\xbb\xbf" if mark else b"") + out.getvalue().encode("utf-8")


def _web_settings(one):
    return {
        "Analysis name": one.name, "Analysis group name": "New versus old", "Data type": WEB_TYPES[one.type],
        "Log-scale data": "TRUE" if one.type == "IV" else "FALSE", "Experimental group label": "New",
        "Control group label": "Old", "Statistical method": one.settings["method"],
        "Effect measure": WEB_MEASURES[one.measure], "Analysis model": f"{'Random' if one.random else 'Fixed'} effect",
        "Subgroup by": "Time" if one.subgroups else "", "Swap event and non-event": "TRUE" if one.swap else "FALSE",
        "Study CI": "95%", "Estimate CI": "95%",
    }  # fmt: skip


def _web_result(made):
    names = {
        "Mean": "estimate", "CI start": "lower", "CI end": "upper", "Effect Z": "z", "Effect P": "p",
        "Heterogeneity Chi²": "q", "Heterogeneity df": "df", "Heterogeneity P": "p_q", "Heterogeneity I²": "i2",
        "Heterogeneity Tau²": "tau2", "Subgroup Chi²": "q_between", "Subgroup P": "p_between",
        "Experimental N": "sum_n1i", "Control N": "sum_n2i",
    }  # fmt: skip
    return {theirs: made.get(ours, "") for theirs, ours in names.items()}


def _web_row(one, row):
    names = {
        "Experimental mean": "m1i", "Experimental SD": "sd1i", "Experimental cases": "ai", "Experimental N": "n1i",
        "Control mean": "m2i", "Control SD": "sd2i", "Control cases": "ci", "Control N": "n2i", "GIV Mean": "effect",
        "GIV SE": "se", "O-E": "oe", "Variance": "variance", "Mean": "estimate", "CI start": "lower", "CI end": "upper",
    }  # fmt: skip
    made = {theirs: row.get(ours, "") for theirs, ours in names.items()}
    return made | {"Weight": row.get("weight", "0"), "Study": row["label"], "Study year": row["label"][-4:]}
