"""The Spark session of a check, and what to say where there can be none."""

from __future__ import annotations

import os
import shutil
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from curation.spark.errors import CannotCheck

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

LOCAL = "127.0.0.1"
SETTINGS: dict[str, bool | float | int | str | None] = {
    "spark.ui.enabled": "false",
    "spark.driver.bindAddress": LOCAL,
    "spark.driver.host": LOCAL,
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "16384",
}
"""Of a session on this machine. One that is running already, or that spark-submit makes, keeps its own."""


def session(master: str | None = None) -> SparkSession:
    """The session that is running, or a new one on this machine (``master`` such as local[2]). Raises CannotCheck."""
    try:
        from pyspark.errors import PySparkRuntimeError  # noqa: PLC0415 - an extra
        from pyspark.sql import SparkSession  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise CannotCheck(
            "checking with Spark needs PySpark, which is not installed; install it with: pip install 'curation[spark]'"
        ) from error
    running = SparkSession.getActiveSession()
    if running is not None:
        return running
    if not (shutil.which("java") or os.environ.get("JAVA_HOME") or os.environ.get("SPARK_REMOTE")):
        raise CannotCheck(
            "Spark needs Java 17 or newer, and neither a java command nor JAVA_HOME is here; "
            "install one, such as Debian's openjdk-17-jre-headless"
        )
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("curation")
    if master is not None or "PYSPARK_GATEWAY_PORT" not in os.environ:
        os.environ.setdefault("SPARK_LOCAL_IP", LOCAL)
        builder = builder.master(master or "local[*]").config(map=SETTINGS)
    try:
        return builder.getOrCreate()
    except PySparkRuntimeError as error:
        raise CannotCheck(f"Spark did not start: {_first_line(error)}. Look at JAVA_HOME and SPARK_HOME") from error


@contextmanager
def refusing_trouble() -> Iterator[None]:
    """What stops a Spark job ends in one sentence; that pandas is newer than PySpark knows is not said, nothing here uses it."""
    from pyspark.errors import PySparkException  # noqa: PLC0415 - an extra

    try:
        with warnings.catch_warnings():
            warnings.filterwarnings(
                "ignore", message="PySpark does not yet fully support pandas", category=FutureWarning
            )
            yield
    except PySparkException as error:
        raise CannotCheck(f"a Spark task stopped: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).strip().splitlines() if line.strip()]
    told = [line for line in lines if line.split(":")[0].endswith(("Error", "Exception"))]
    return (told or lines or [type(error).__name__])[-1]
