# Confidence intervals of means, from R's own quantiles. Run: Rscript tests/oracles/mean_intervals.R > tests/oracles/mean_intervals.csv
cat("# ", R.version.string, "; package stats ", as.character(packageVersion("stats")), "\n", sep = "")
cat("# Rscript tests/oracles/mean_intervals.R > tests/oracles/mean_intervals.csv\n")
cat("# t: t.test(x, conf.level)$conf.int; z: mean -/+ qnorm(1 - (1 - level) / 2) * sd(x) / sqrt(n)\n")
cat("method,level,n,mean,sd,se,lower,upper\n")
set.seed(20)
for (n in c(2, 3, 5, 8, 12, 20, 31, 52, 100, 400)) for (level in c(90, 95, 99)) {
  x <- rnorm(n, 58.5, 9.1)
  se <- sd(x) / sqrt(n)
  t <- t.test(x, conf.level = level / 100)$conf.int
  z <- mean(x) + c(-1, 1) * qnorm(1 - (1 - level / 100) / 2) * se
  for (m in c("t", "z")) {
    ci <- if (m == "t") t else z
    cat(m, level, n, sprintf("%.12f", c(mean(x), sd(x), se, ci[1], ci[2])), sep = ",")
    cat("\n")
  }
}
