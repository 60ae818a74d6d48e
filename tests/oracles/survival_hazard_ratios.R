# Cox models of two arms with proportional hazards: log hazard ratio, its standard error, events and medians.
# Run: Rscript tests/oracles/survival_hazard_ratios.R
suppressPackageStartupMessages(library(survival))
set.seed(20251121)
rows <- list()
for (case in 1:900) {
  sizes <- sample(15:250, 2)
  arm <- rep(1:0, sizes)
  age <- rnorm(sum(sizes))
  centre <- sample(1:3, sum(sizes), replace = TRUE)
  shape <- runif(1, 0.7, 1.6)
  beta <- rnorm(1, -0.3, 0.5)
  time <- runif(1, 8, 50) * (rexp(sum(sizes)) / exp(beta * arm + 0.4 * age))^(1 / shape)
  if (runif(1) < 0.4) time <- ceiling(time)
  until <- runif(sum(sizes), 6, 70)
  status <- as.integer(time <= until)
  seen <- pmin(time, until)
  ties <- sample(c("efron", "breslow", if (all(sizes < 60)) "exact"), 1)
  model <- sample(c("arm", "arm + age", "arm + strata(centre)"), 1)
  fit <- try(suppressWarnings(coxph(as.formula(paste("Surv(seen, status) ~", model)), ties = ties)), silent = TRUE)
  events <- tapply(status, arm, sum)
  if (inherits(fit, "try-error") || min(events) < 1 || abs(coef(fit)[["arm"]]) > 5) next
  median <- summary(survfit(Surv(seen, status) ~ arm))$table[, "median"]
  at <- summary(survfit(Surv(seen, status) ~ arm), times = 12, extend = TRUE)$surv
  rows[[length(rows) + 1]] <- data.frame(
    model = model, ties = ties, total_arm = sizes[1], total_other = sizes[2], events_arm = events[["1"]],
    events_other = events[["0"]], log_ratio = coef(fit)[["arm"]], se = sqrt(vcov(fit)["arm", "arm"]),
    median_arm = median[["arm=1"]], median_other = median[["arm=0"]], rate_arm = at[2], rate_other = at[1])
}
out <- "tests/oracles/survival_hazard_ratios.csv"
writeLines(c(
  paste0("# ", R.version.string, "; survival ", packageVersion("survival")),
  "# call: coxph(Surv(time, status) ~ model, ties = ties); survfit(Surv(time, status) ~ arm), rates at 12"), out)
suppressWarnings(write.table(format(do.call(rbind, rows), digits = 12, trim = TRUE), out, sep = ",", row.names = FALSE, quote = FALSE, append = TRUE))
