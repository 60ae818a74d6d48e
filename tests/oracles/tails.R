# P values of t, F, chi-square, z and r from R's own distributions, on a grid. Call, in this folder: Rscript tails.R
set.seed(7)
rows <- 1000
type <- rep(c("t", "F", "chi2", "z", "r"), each = rows / 5)
df1 <- ifelse(type == "z", NA, sample(c(1:10, 15, 30, 60, 100), rows, replace = TRUE))
df2 <- ifelse(type == "F", sample(c(1:10, 20, 40, 90, 200, 1000), rows, replace = TRUE), NA)
welch <- type == "t" & runif(rows) < 0.4
df1[welch] <- round(runif(sum(welch), 1, 120), 2)
statistic <- signif(abs(rnorm(rows, 0, 2.5)), 4)
statistic[type == "chi2"] <- signif(rchisq(rows, 5)[type == "chi2"] * 2, 4)
statistic[type == "F"] <- signif(rf(rows, 3, 12)[type == "F"] * 1.5, 4)
statistic[type == "r"] <- round(tanh(rnorm(rows, 0, 0.6)), 3)[type == "r"]
statistic[type %in% c("t", "z")] <- statistic[type %in% c("t", "z")] * sample(c(-1, 1), sum(type %in% c("t", "z")), replace = TRUE)
p <- numeric(rows)
for (i in seq_len(rows)) p[i] <- switch(type[i],
  t = 2 * pt(-abs(statistic[i]), df1[i]), F = pf(statistic[i], df1[i], df2[i], lower.tail = FALSE),
  chi2 = pchisq(statistic[i], df1[i], lower.tail = FALSE), z = 2 * pnorm(-abs(statistic[i])),
  r = 2 * pt(-abs(statistic[i]) * sqrt(df1[i] / (1 - statistic[i]^2)), df1[i]))
out <- file("tails.csv", "w")
writeLines(c(paste("#", R.version.string), "# Rscript tails.R: pt, pf, pchisq, pnorm; both tails of t, z and r, the upper tail of F and chi-square"), out)
write.csv(data.frame(type, statistic, df1, df2, p = formatC(p, digits = 15, format = "g")), out, row.names = FALSE, na = "")
close(out)
