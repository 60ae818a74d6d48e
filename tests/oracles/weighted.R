# Mantel-Haenszel and Peto by metafor. Run: Rscript weighted.R > weighted.csv
# One row per analysis and method; tables are written as a|b|c|d lists (x1|t1|x2|t2 for rates), studies parted by spaces.
suppressMessages(library(metafor))
set.seed(4711)
rows <- list()
joined <- function(x) paste(x, collapse = " ")
keep <- function(name, kind, method, measure, d, fit, w, options) {
  value <- function(x) if (is.null(x) || length(x) == 0) NA else c(x)[1]
  rows[[length(rows) + 1]] <<- data.frame(name, kind, method, measure, options,
    a = joined(d[[1]]), b = joined(d[[2]]), c = joined(d[[3]]), d = joined(d[[4]]),
    k = value(fit$k), k_yi = value(fit$k.yi), estimate = value(fit$beta), se = value(fit$se), z = value(fit$zval), p = value(fit$pval),
    lower = value(fit$ci.lb), upper = value(fit$ci.ub), q = value(fit$QE), p_heterogeneity = value(fit$QEp), i2 = value(fit$I2), h2 = value(fit$H2),
    weights = joined(format(c(w), digits = 16, trim = TRUE)))
}
quiet <- function(x) tryCatch(suppressWarnings(x), error = function(e) NULL)
counts <- function(name, d, options = "", ...) {
  for (measure in c("OR", "RR", "RD")) {
    fit <- quiet(rma.mh(ai = d$ai, bi = d$bi, ci = d$ci, di = d$di, measure = measure, ...))
    if (!is.null(fit)) keep(name, "counts", "MH", measure, d, fit, weights(fit), options)
  }
  fit <- quiet(rma.peto(ai = d$ai, bi = d$bi, ci = d$ci, di = d$di, ...))
  if (!is.null(fit)) keep(name, "counts", "PETO", "PETO", d, fit, weights(fit), options)
}
rates <- function(name, d, options = "", ...) for (measure in c("IRR", "IRD")) {
  fit <- quiet(rma.mh(x1i = d$x1i, t1i = d$t1i, x2i = d$x2i, t2i = d$t2i, measure = measure, ...))
  if (!is.null(fit)) keep(name, "rates", "MH", measure, d, fit, weights(fit), options)
}
four <- function(a, n1, c, n2) data.frame(ai = a, bi = n1 - a, ci = c, di = n2 - c)
drawn <- function(k, top, p) {
  n1 <- sample(3:top, k, TRUE); n2 <- sample(3:top, k, TRUE); base <- rbeta(k, p * 6, (1 - p) * 6)
  four(rbinom(k, n1, plogis(qlogis(base) + rnorm(k, 0.4, 0.5))), n1, rbinom(k, n2, base), n2)
}
bcg <- with(dat.bcg, data.frame(ai = tpos, bi = tneg, ci = cpos, di = cneg))
counts("bcg", bcg)
for (given in c("dat.yusuf1985", "dat.nielweise2007", "dat.egger2001", "dat.linde2005", "dat.collins1985a", "dat.collins1985b", "dat.hine1989", "dat.damico2009")) {
  d <- get(given)
  d <- d[, intersect(names(d), c("ai", "n1i", "ci", "n2i", "ci", "bi", "di"))]
  if (all(c("ai", "n1i", "ci", "n2i") %in% names(d))) { d <- d[complete.cases(d), ]; counts(given, with(d, four(ai, n1i, ci, n2i))) }
}
for (i in 1:40) counts(paste0("drawn", i), drawn(sample(1:14, 1), sample(c(12, 60, 900), 1), sample(c(0.03, 0.2, 0.5, 0.95), 1)))
sparse <- four(c(0, 1, 0, 3, 0, 2), c(20, 14, 9, 31, 6, 2), c(0, 0, 2, 1, 0, 2), c(18, 15, 11, 30, 7, 2))
counts("sparse", sparse)
counts("one", sparse[2, ]); counts("one_plain", bcg[1, ]); counts("two", bcg[1:2, ])
counts("huge", four(c(120000, 3, 40), c(1000000, 50, 300), c(118000, 5, 30), c(1000000, 60, 280)))
counts("no_events", four(c(0, 0), c(10, 12), c(0, 0), c(9, 15)))
counts("none_in_one", four(c(0, 0), c(10, 12), c(2, 1), c(9, 15)))
counts("sparse", sparse, "add all", add = 0.5, to = "all")
counts("sparse", sparse, "if0all", add = 0.5, to = "if0all")
counts("sparse", sparse, "keep00", drop00 = FALSE)
counts("sparse", sparse, "both", add = c(0.5, 0.5), to = c("only0", "only0"), drop00 = c(TRUE, FALSE))
counts("sparse", sparse, "both drop", add = c(0.5, 0.25), to = c("only0", "if0all"), drop00 = c(TRUE, TRUE))
counts("bcg", bcg, "level 90", level = 90)
timed <- function(k) data.frame(x1i = rpois(k, sample(c(1, 8, 40), 1)), t1i = round(runif(k, 20, 900), 1), x2i = rpois(k, sample(c(1, 8, 40), 1)), t2i = round(runif(k, 20, 900), 1))
rates("hart1999", with(dat.hart1999, data.frame(x1i, t1i, x2i, t2i)))
rates("nielweise2008", with(dat.nielweise2008, data.frame(x1i, t1i, x2i, t2i)))
for (i in 1:30) rates(paste0("timed", i), timed(sample(1:12, 1)))
rates("timed_none", data.frame(x1i = c(0, 0), t1i = c(10, 20), x2i = c(0, 0), t2i = c(15, 22)))
cat(sprintf("# %s; metafor %s; Rscript weighted.R > weighted.csv\n", R.version.string, packageVersion("metafor")))
write.csv(format(do.call(rbind, rows), digits = 16, trim = TRUE), row.names = FALSE, quote = FALSE)
