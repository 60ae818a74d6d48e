# Pools every analysis of a CSV file (one line per analysis, effects then variances) with metafor, one rma() each.
arguments <- commandArgs(trailingOnly = TRUE)
suppressPackageStartupMessages(library(metafor))
lines <- as.matrix(read.csv(arguments[1], header = FALSE))
k <- ncol(lines) / 2
start <- proc.time()[["elapsed"]]
pooled <- function(line, ...) as.numeric(rma(line[1:k], line[(k + 1):(2 * k)], method = arguments[2], ...)$beta)
# Fisher scoring does not settle for some analyses; these are pooled again with half steps
estimates <- apply(lines, 1, function(line) {
  tryCatch(pooled(line), error = function(stopped) pooled(line, control = list(stepadj = 0.5, maxiter = 10000)))
})
seconds <- proc.time()[["elapsed"]] - start
cat(sprintf("%.6f %.17g %s", seconds, sum(estimates), as.character(packageVersion("metafor"))))
