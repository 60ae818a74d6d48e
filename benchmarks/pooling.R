# Pools every analysis of a CSV file (one line per analysis, effects then variances) with metafor, one rma() each.
arguments <- commandArgs(trailingOnly = TRUE)
suppressPackageStartupMessages(library(metafor))
lines <- as.matrix(read.csv(arguments[1], header = FALSE))
k <- ncol(lines) / 2
start <- proc.time()[["elapsed"]]
estimates <- apply(lines, 1, function(line) as.numeric(rma(line[1:k], line[(k + 1):(2 * k)], method = arguments[2])$beta))
seconds <- proc.time()[["elapsed"]] - start
cat(sprintf("%.6f %.17g %s", seconds, sum(estimates), as.character(packageVersion("metafor"))))
