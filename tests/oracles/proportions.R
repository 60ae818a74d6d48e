# Intervals of single proportions and rates, by R and metafor. Run: Rscript proportions.R > proportions.csv
suppressMessages(library(metafor))
set.seed(20240612)
k <- 300
n <- sample(2:250, k, TRUE); x <- rbinom(k, n, rbeta(k, 0.7, 0.9))
t <- round(runif(k, 20, 900), 1); level <- sample(c(0.90, 0.95, 0.99), k, TRUE)
out <- data.frame(x, n, t, level)
limits <- function(name, f) {
  both <- sapply(seq_len(k), function(i) suppressWarnings(f(i)))
  out[[paste0(name, "_low")]] <<- both[1, ]; out[[paste0(name, "_high")]] <<- both[2, ]
}
limits("exact", function(i) binom.test(x[i], n[i], conf.level = level[i])$conf.int)
limits("wilson_cc", function(i) prop.test(x[i], n[i], conf.level = level[i])$conf.int)
limits("wilson", function(i) prop.test(x[i], n[i], conf.level = level[i], correct = FALSE)$conf.int)
back <- function(measure, f) function(i) {
  one <- escalc(measure, xi = x[i], ni = n[i])
  one <- predict(rma(yi, vi, data = one, method = "FE", level = 100 * level[i]), transf = f)
  c(one$ci.lb, one$ci.ub)
}
limits("logit", back("PLO", transf.ilogit))
limits("arcsine", back("PAS", transf.iarcsin))
limits("wald", back("PR", identity))
limits("garwood", function(i) poisson.test(x[i], t[i], conf.level = level[i])$conf.int)
limits("rate_log", function(i) { one <- escalc("IRLN", xi = x[i], ti = t[i]); exp(one$yi + c(-1, 1) * qnorm(0.5 + level[i] / 2) * sqrt(one$vi)) })
limits("rate_root", function(i) { one <- escalc("IRS", xi = x[i], ti = t[i]); (one$yi + c(-1, 1) * qnorm(0.5 + level[i] / 2) * sqrt(one$vi))^2 })
limits("rate_wald", function(i) { one <- escalc("IR", xi = x[i], ti = t[i]); one$yi + c(-1, 1) * qnorm(0.5 + level[i] / 2) * sqrt(one$vi) })
cat(sprintf("# %s; metafor %s; Rscript proportions.R > proportions.csv\n", R.version.string, packageVersion("metafor")))
write.csv(format(out, digits = 16, trim = TRUE), row.names = FALSE, quote = FALSE)
