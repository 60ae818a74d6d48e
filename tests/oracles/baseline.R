# Means of groups compared from summaries: one-way analysis of variance with equal variances.
# Each row builds data with exactly these means and standard deviations and asks oneway.test(var.equal = TRUE).
# Run: Rscript tests/oracles/baseline.R > tests/oracles/baseline.csv
set.seed(20)
cat("# R ", R.version$major, ".", R.version$minor, "; stats::oneway.test(value ~ group, var.equal = TRUE)\n", sep = "")
cat("# call: Rscript tests/oracles/baseline.R > tests/oracles/baseline.csv\n")
cat("n,mean,sd,p\n")
exactly <- function(n, mean, sd) mean + sd * as.vector(scale(rnorm(n)))
for (case in 1:60) {
  k <- sample(2:4, 1)
  n <- sample(3:150, k, replace = TRUE)
  m <- round(60 + rnorm(k, 0, sample(c(0.3, 1, 3), 1)), 1)
  s <- round(runif(k, 6, 12), 1)
  value <- unlist(Map(exactly, n, m, s))
  group <- factor(rep(seq_len(k), n))
  p <- oneway.test(value ~ group, var.equal = TRUE)$p.value
  cat(paste(n, collapse = " "), paste(m, collapse = " "), paste(s, collapse = " "), format(p, digits = 12), sep = ",")
  cat("\n")
}
