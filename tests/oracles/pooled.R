# Meta-analyses by metafor, with their inputs. Run: Rscript tests/oracles/pooled.R tests/oracles/pooled.csv
suppressPackageStartupMessages(library(metafor))
set.seed(43)
out <- commandArgs(trailingOnly = TRUE)[1]
num <- function(x) paste(sprintf("%.15g", x), collapse = " ")
rows <- list()
add <- function(...) rows[[length(rows) + 1]] <<- list(...)
one <- function(id, measure, method, test, fit, yi, vi, counts = "") {
  pi <- tryCatch(predict(fit), error = function(e) NULL)
  pick <- function(name) if (!is.null(fit[[name]])) num(fit[[name]]) else ""
  add(id, measure, method, test, num(yi), num(vi), counts, num(fit$beta), num(fit$se), num(fit$ci.lb), num(fit$ci.ub),
      num(fit$zval), num(fit$pval), num(fit$QE), num(fit$QEp), pick("tau2"), pick("I2"), pick("H2"),
      if (!is.null(pi$pi.lb)) num(pi$pi.lb) else "", if (!is.null(pi$pi.ub)) num(pi$pi.ub) else "",
      if (inherits(fit, "rma.uni")) num(weights(fit)) else "", "", "", "")
}
for (id in 1:70) {
  k <- sample(2:12, 1)
  if (id %% 2) {
    n1 <- sample(15:200, k, TRUE); n2 <- sample(15:200, k, TRUE)
    p <- runif(k, .15, .6); lor <- rnorm(k, -.3, sample(c(0, .2, .6), 1))
    a <- pmin(pmax(rbinom(k, n1, plogis(qlogis(p) + lor)), 1), n1 - 1)
    c <- pmin(pmax(rbinom(k, n2, p), 1), n2 - 1)
    measure <- c("OR", "RR", "RD")[id %% 3 + 1]
    d <- escalc(measure, ai = a, n1i = n1, ci = c, n2i = n2)
    counts <- paste(num(a), num(n1), num(c), num(n2), sep = "/")
    mh <- rma.mh(measure = measure, ai = a, n1i = n1, ci = c, n2i = n2, correct = FALSE)
    one(id, measure, "MH", "z", mh, d$yi, d$vi, counts)
    if (measure == "OR") {
      po <- escalc("PETO", ai = a, n1i = n1, ci = c, n2i = n2)
      one(id, "PETO", "PETO", "z", rma.peto(ai = a, n1i = n1, ci = c, n2i = n2), po$yi, po$vi, counts)
    }
    yi <- as.numeric(d$yi); vi <- as.numeric(d$vi)
  } else {
    measure <- c("MD", "SMD", "HR")[(id / 2) %% 3 + 1]
    vi <- exp(rnorm(k, -2, 1)); yi <- rnorm(k, rnorm(1, 0, .4), sqrt(vi + sample(c(0, .05, .5), 1))); counts <- ""
  }
  control <- list(tau2.max = 1000, threshold = 1e-14, maxiter = 10000, stepadj = 1)
  for (method in c("FE", "DL", "PM", "REML", "ML", "HE", "SJ", "EB", "HS")) for (test in c("z", "knha")) {
    if (test == "knha" && !(method %in% c("DL", "REML"))) next
    control <- switch(method, REML = , ML = , EB = list(threshold = 1e-14, maxiter = 10000), PM = list(tol = 1e-14, maxiter = 10000), list())
    fit <- tryCatch(rma(yi, vi, method = method, test = test, control = control), error = function(e) NULL)
    if (!is.null(fit)) one(id, measure, method, test, fit, yi, vi, counts)
  }
  if (k >= 6) {
    half <- rep(c("a", "b"), length.out = k)
    for (method in c("FE", "DL")) {
      parts <- lapply(c("a", "b"), function(part) rma(yi, vi, method = method, subset = half == part))
      b <- sapply(parts, function(x) as.numeric(x$beta)); se <- sapply(parts, function(x) x$se)
      between <- rma(b, se^2, method = "FE"); whole <- rma(yi, vi, method = method)
      add(id, measure, paste0("SUBGROUPS-", method), "z", num(yi), num(vi), paste(half, collapse = " "),
          num(b), num(se), "", "", "", "", num(whole$QE), "", "", "", "", "", "", "",
          num(sapply(parts, function(x) x$QE)), num(between$QE), num(between$QEp))
    }
  }
}
table <- as.data.frame(do.call(rbind, lapply(rows, unlist)))
names(table) <- c("id", "measure", "method", "test", "y", "v", "inputs", "estimate", "se", "lower", "upper", "z", "p", "q", "p_heterogeneity",
                  "tau2", "i2", "h2", "pi_lower", "pi_upper", "weights", "q_within", "q_between", "p_between")
writeLines(c(sprintf("# %s; metafor %s", R.version.string, packageVersion("metafor")),
             "# Rscript tests/oracles/pooled.R tests/oracles/pooled.csv",
             "# y and v: estimates and variances on the scale of analysis; inputs: events/total of both groups, or the subgroup of each study"), out)
write.table(table, out, append = TRUE, sep = ",", row.names = FALSE, quote = FALSE)
