# Results of statcheck for printed test statistics. Call, in this folder: Rscript statcheck.R
suppressMessages(library(statcheck))
set.seed(20260)
number <- function(x, d) {
  text <- formatC(x, format = "f", digits = d)
  if (runif(1) < 0.5) sub("^(-?)0\\.", "\\1.", text) else text
}
tail_of <- function(kind, x, df1, df2) switch(kind,
  t = 2 * pt(-abs(x), df2), F = pf(x, df1, df2, lower.tail = FALSE), chi2 = pchisq(x, df1, lower.tail = FALSE),
  Q = pchisq(x, df1, lower.tail = FALSE), z = 2 * pnorm(-abs(x)),
  r = 2 * pt(-abs(x) * sqrt(df2 / (1 - x^2)), df2))
spell <- function(kind, df1, df2, value) {
  space <- sample(c("", " "), 1)
  sign <- sample(c(" = ", "="), 1)
  head <- switch(kind,
    t = sprintf("t%s(%s)", space, df2), r = sprintf("r(%s)", df2), z = "z", Q = sprintf("Q(%s)", df1),
    F = sprintf(sample(c("F(%s, %s)", "F(%s,%s)"), 1), df1, df2),
    chi2 = sample(c(sprintf("chi2(%s)", df1), sprintf("\u03c72(%s)", df1), sprintf("\u03c72(%s, N = %d)", df1, 90L)), 1))
  paste0(head, sign, value)
}
printed_p <- function(p) {
  how <- sample(c("equal", "equal", "equal", "below", "above", "ns", "zero"), 1)
  if (how == "below") paste("p <", sample(c(".05", ".01", ".001", "0.05"), 1))
  else if (how == "above") paste("p >", sample(c(".05", ".10"), 1))
  else if (how == "ns") "ns"
  else if (how == "zero") "p = .000"
  else paste0("p", sample(c(" = ", "="), 1), number(p, sample(2:3, 1)))
}
texts <- character()
for (kind in c("t", "F", "chi2", "z", "r", "Q")) for (case in 1:60) {
  df1 <- sample(1:8, 1); df2 <- sample(4:120, 1)
  z <- abs(rnorm(1, 0, 1.8)); p <- 2 * pnorm(-z)
  x <- switch(kind, t = qt(p / 2, df2, lower.tail = FALSE) * sample(c(-1, 1), 1), F = qf(p, df1, df2, lower.tail = FALSE),
    chi2 = qchisq(p, df1, lower.tail = FALSE), Q = qchisq(p, df1, lower.tail = FALSE), z = z * sample(c(-1, 1), 1),
    r = { t <- qt(p / 2, df2, lower.tail = FALSE); t / sqrt(t^2 + df2) })
  if (kind == "t" && case %% 4 == 0) df2 <- round(df2 + runif(1), 2)
  shown <- number(x, if (kind == "r") 2 else sample(1:3, 1))
  p <- tail_of(kind, as.numeric(shown), df1, df2)
  tails <- ""
  if (case %% 6 == 1) p <- min(0.99, max(0.001, p + sample(c(-0.2, -0.03, 0.03, 0.2), 1)))
  if (case %% 6 == 2 && kind %in% c("t", "z", "r")) { p <- p / 2; tails <- sample(c("", ", one-tailed"), 1) }
  texts <- c(texts, paste0(spell(kind, df1, df2, shown), ", ", printed_p(p), tails))
}
checked <- do.call(rbind, lapply(texts, function(text) {
  found <- tryCatch(suppressWarnings(statcheck(paste0(" ", text), messages = FALSE, OneTailedTxt = TRUE, pZeroError = FALSE)), error = function(e) NULL)
  if (is.null(found) || nrow(found) != 1) return(data.frame(text, type = NA, p = NA, computed_p = NA, error = NA, decision_error = NA))
  data.frame(text, type = found$test_type, p = paste(found$p_comp, found$reported_p), computed_p = formatC(found$computed_p, digits = 12, format = "g"),
             error = found$error, decision_error = found$decision_error)
}))
out <- file("statcheck.csv", "w", encoding = "UTF-8")
writeLines(c(sprintf("# %s; statcheck %s", R.version.string, packageVersion("statcheck")),
  "# Rscript statcheck.R: statcheck(text after a space, OneTailedTxt = TRUE, pZeroError = FALSE), alpha 0.05, one text at a time"), out)
write.csv(checked, out, row.names = FALSE)
close(out)
