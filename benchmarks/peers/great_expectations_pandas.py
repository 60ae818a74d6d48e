"""great-expectations on a pandas frame: every identity as a derived column that must lie within bounds.

Not on DuckDB, which it has no engine for: through duckdb-engine 0.17 its queries come back empty, because it reads a
result after the connection has gone back to the pool.
"""

from __future__ import annotations

import os

os.environ["GX_ANALYTICS_ENABLED"] = "false"

import duckdb
import great_expectations as gx
import great_expectations.expectations as gxe
import numpy as np
import plain
from plain import CHECKS, DUST, NUMBERS, PERCENT, RATIO, STEPS

LEAST, MOST = (np.array(values) for values in plain.critical_values())


def derived(frame):
    """The frame with a column per identity: how far the numbers are apart, beyond what rounding explains."""
    f = frame
    low, high = f["estimate"] - RATIO, f["estimate"] + RATIO
    lower_low, lower_high, upper_low, upper_high = (
        f["lower"] - RATIO, f["lower"] + RATIO, f["upper"] - RATIO, f["upper"] + RATIO,
    )  # fmt: skip
    step = np.rint(STEPS * f["p"].to_numpy()).astype(np.intp)
    log_low, log_high = np.log(low), np.log(high)
    least, most = np.maximum(np.maximum(log_low, -log_high), 0), np.maximum(log_high, -log_low)
    too_far = least - MOST[step] * np.log(upper_high / lower_low) * (1 + DUST)
    too_near = LEAST[step] * np.log(upper_low / lower_high) * (1 - DUST) - most
    return f.assign(
        percent_gap=(f["percent"] * f["total"] - 100 * f["events"]).abs() - (PERCENT + DUST) * f["total"],
        order_gap=f["lower"] - f["upper"],
        even_gap=np.maximum(lower_low * upper_low - high * high * (1 + DUST), low * low * (1 - DUST) - lower_high * upper_high),
        p_gap=np.where(lower_low <= upper_high, np.maximum(too_far, too_near), 0),
    )  # fmt: skip


EXPECTATIONS = {
    "COUNT-001": gxe.ExpectColumnPairValuesAToBeGreaterThanB(column_A="total", column_B="events", or_equal=True),
    "PERCENT-001": gxe.ExpectColumnValuesToBeBetween(
        column="percent", min_value=-PERCENT - DUST, max_value=100 + PERCENT + DUST
    ),
    "COUNT-002": gxe.ExpectColumnValuesToBeBetween(column="percent_gap", max_value=0),
    "EFFECT-001": gxe.ExpectColumnValuesToBeBetween(column="order_gap", max_value=2 * RATIO + DUST),
    "EFFECT-005": gxe.ExpectColumnValuesToBeBetween(column="even_gap", max_value=0),
    "EFFECT-006": gxe.ExpectColumnValuesToBeBetween(column="p_gap", max_value=0),
}


def check(file: str) -> dict[str, int]:
    """How many rows fail each check."""
    with duckdb.connect(file, read_only=True) as connection:
        frame = derived(connection.sql(f"SELECT {NUMBERS} FROM facts").df())
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("pandas").add_dataframe_asset("facts")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch(batch_parameters={"dataframe": frame})
    suite = gx.ExpectationSuite(name="six", expectations=[EXPECTATIONS[each] for each in CHECKS])
    found = batch.validate(suite, result_format="COMPLETE")
    return {each: one.result["unexpected_count"] for each, one in zip(CHECKS, found.results, strict=True)}
