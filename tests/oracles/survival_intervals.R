# Kaplan-Meier rates with Greenwood intervals of small censored groups, by the survival package.
# Run: Rscript tests/oracles/survival_intervals.R
suppressPackageStartupMessages(library(survival))
set.seed(20251120)
types <- c("plain", "log", "log-log", "logit", "arcsin")
rows <- list()
for (case in 1:600) {
  n <- sample(5:120, 1)
  time <- rweibull(n, shape = runif(1, 0.6, 1.8), scale = runif(1, 5, 80))
  if (runif(1) < 0.3) time <- ceiling(time)
  until <- runif(n, runif(1, 3, 20), 70)
  status <- as.integer(time <= until)
  seen <- pmin(time, until)
  level <- sample(c(0.95, 0.95, 0.90, 0.99), 1)
  type <- sample(types, 1)
  fit <- survfit(Surv(seen, status) ~ 1, conf.type = type, conf.int = level)
  at <- sample(c(6, 12, 18, 24), 1) + 0.0001
  if (at >= max(seen)) next
  one <- summary(fit, times = at)
  if (one$surv %in% c(0, 1)) next
  rows[[length(rows) + 1]] <- data.frame(
    type = type, level = 100 * level, total = n, events = sum(status), at_risk = sum(seen > at),
    rate = one$surv, lower = one$lower, upper = one$upper, se = one$std.err)
}
out <- "tests/oracles/survival_intervals.csv"
writeLines(c(
  paste0("# ", R.version.string, "; survival ", packageVersion("survival")),
  "# call: summary(survfit(Surv(time, status) ~ 1, conf.type = type, conf.int = level), times = t)"), out)
suppressWarnings(write.table(format(do.call(rbind, rows), digits = 12, trim = TRUE), out, sep = ",", row.names = FALSE, quote = FALSE, append = TRUE))
