"""Run by a test: a check in which the first attempt of every task is lost after it has written its findings."""

import sys
from pathlib import Path

from pyspark.sql import SparkSession

from curation import spark
from curation.spark import driver
from curation.spark.session import SETTINGS
from curation.spark.task import judged


def main(folder, wanted):
    lost = Path(folder) / "lost"
    lost.mkdir()

    def lost_once(number, reads, work):
        answer = judged(number, reads, work)
        mark = lost / f"{work.stage.partitioning}-{work.first}-{number}"
        if not mark.exists():
            mark.touch()
            raise RuntimeError("the machine went away")
        return answer

    driver.judged = lost_once
    # Only with this master are tasks of a session on one machine tried again.
    running = SparkSession.builder.master("local[2,3]").config(map=SETTINGS).getOrCreate()
    running.sparkContext.setLogLevel("OFF")
    spark.check(f"{folder}/records", wanted=wanted, rows_per_task=400, out=f"{folder}/findings", spark=running)
    running.stop()
    print(len(list(lost.iterdir())))  # noqa: T201 - what the test reads


main(sys.argv[1], sys.argv[2:])
