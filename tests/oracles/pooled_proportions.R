# Meta-analyses of proportions by metafor. Run: Rscript tests/oracles/pooled_proportions.R tests/oracles/pooled_proportions.csv
suppressPackageStartupMessages(library(metafor))
set.seed(37)
out <- commandArgs(trailingOnly = TRUE)[1]
num <- function(x) paste(sprintf("%.15g", x), collapse = " ")
rows <- list()
for (id in 1:60) {
  k <- sample(2:10, 1); n <- sample(8:150, k, TRUE); x <- rbinom(k, n, plogis(rnorm(k, rnorm(1), sample(c(0, .4, 1), 1))))
  for (transform in c("none", "log", "logit", "arcsine", "double_arcsine")) for (method in c("FE", "DL", "REML", "PM")) {
    measure <- c(none = "PR", log = "PLN", logit = "PLO", arcsine = "PAS", double_arcsine = "PFT")[[transform]]
    d <- escalc(measure, xi = x, ni = n)
    control <- switch(method, REML = list(threshold = 1e-13, maxiter = 10000), PM = list(tol = 1e-13, maxiter = 10000), list())
    fit <- tryCatch(suppressWarnings(rma(yi, vi, data = d, method = method, control = control)), error = function(e) NULL)
    if (is.null(fit)) next
    b <- as.numeric(fit$beta)
    p <- switch(transform, none = b, log = exp(b), logit = plogis(b), arcsine = transf.iarcsin(b), double_arcsine = transf.ipft.hm(b, targs = list(ni = n)))
    rows[[length(rows) + 1]] <- list(id, transform, method, num(x), num(n), sprintf("%.15g", p), if (transform == "double_arcsine") sprintf("%.15g", sin(b)^2) else "",
                                     sprintf("%.15g", fit$QE), sprintf("%.15g", fit$QEp), sprintf("%.15g", fit$I2), sprintf("%.15g", fit$tau2))
  }
}
table <- as.data.frame(do.call(rbind, lapply(rows, unlist)))
names(table) <- c("id", "transform", "method", "x", "n", "estimate", "plain", "q", "p_heterogeneity", "i2", "tau2")
writeLines(c(sprintf("# %s; metafor %s", R.version.string, packageVersion("metafor")),
             "# Rscript tests/oracles/pooled_proportions.R tests/oracles/pooled_proportions.csv",
             "# estimate: back on the scale of proportions (double arcsine: transf.ipft.hm); plain: sin^2 of the double arcsine",
             "# q, p_heterogeneity, i2, tau2: of rma; the double arcsine has the factor 1/2 there, so its tau2 is a quarter of that without"), out)
write.table(table, out, append = TRUE, sep = ",", row.names = FALSE, quote = FALSE)
