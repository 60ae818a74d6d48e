# Meta-analyses of two-by-two tables by metafor. Run: Rscript tests/oracles/pooled_counts.R tests/oracles/pooled_counts.csv
suppressPackageStartupMessages(library(metafor))
set.seed(36)
out <- commandArgs(trailingOnly = TRUE)[1]
num <- function(x) paste(sprintf("%.15g", x), collapse = " ")
rows <- list()
for (id in 1:72) {
  k <- sample(2:10, 1); rare <- id %% 3 == 0
  n1 <- sample(10:200, k, TRUE); n2 <- sample(10:200, k, TRUE)
  p <- if (rare) runif(k, .005, .05) else runif(k, .1, .6)
  lor <- rnorm(k, -.3, sample(c(0, .3, .8), 1))
  a <- rbinom(k, n1, plogis(qlogis(p) + lor)); c <- rbinom(k, n2, p)
  if (sum(a) == 0) a[1] <- 1
  if (sum(c) == 0) c[k] <- 1
  for (measure in c("OR", "RR", "RD")) {
    seen <- character()
    add <- function(method, correction, fit) {
      if (is.null(fit)) return()
      estimate <- as.numeric(fit$beta); key <- paste(method, signif(estimate, 12))  # a correction that changes nothing
      if (key %in% seen) return()
      seen <<- c(seen, key)
      rows[[length(rows) + 1]] <<- list(id, measure, method, correction, num(a), num(n1), num(c), num(n2), sprintf("%.15g", estimate))
    }
    quiet <- function(x) tryCatch(suppressWarnings(x), error = function(e) NULL)
    add("MH", "none", quiet(rma.mh(measure = measure, ai = a, n1i = n1, ci = c, n2i = n2, add = 0, to = "none", drop00 = FALSE)))
    add("MH", "only0", quiet(rma.mh(measure = measure, ai = a, n1i = n1, ci = c, n2i = n2, add = c(.5, .5), to = c("only0", "only0"), drop00 = FALSE)))
    if (measure == "OR") add("PETO", "none", quiet(rma.peto(ai = a, n1i = n1, ci = c, n2i = n2)))
    for (correction in c("none", "only0", "all")) for (drop in c(FALSE, TRUE)) {
      d <- quiet(escalc(measure, ai = a, n1i = n1, ci = c, n2i = n2, add = .5, to = correction, drop00 = drop))
      d <- d[is.finite(d$yi) & is.finite(d$vi) & d$vi > 0, ]
      if (nrow(d) < 2) next
      for (method in c("FE", "DL", "PM", "REML", "ML", "HE", "HS", "SJ")) {
        control <- switch(method, REML = , ML = list(threshold = 1e-13, maxiter = 10000), PM = list(tol = 1e-13, maxiter = 10000), list())
        add(method, paste0(correction, if (drop) "-drop00" else ""), quiet(rma(yi, vi, data = d, method = method, control = control)))
      }
    }
  }
}
table <- as.data.frame(do.call(rbind, lapply(rows, unlist)))
names(table) <- c("id", "measure", "method", "correction", "a", "n1", "c", "n2", "estimate")
writeLines(c(sprintf("# %s; metafor %s", R.version.string, packageVersion("metafor")),
             "# Rscript tests/oracles/pooled_counts.R tests/oracles/pooled_counts.csv",
             "# events and totals of both groups of each study; estimate on the scale of analysis by rma.mh, rma.peto, rma.uni(escalc)"), out)
write.table(table, out, append = TRUE, sep = ",", row.names = FALSE, quote = FALSE)
