# Pooled effects by metafor: published and simulated studies, every estimator. Run: Rscript tests/oracles/models.R tests/oracles/models.csv
suppressPackageStartupMessages({library(metafor); library(metadat)})
set.seed(44)
out <- commandArgs(trailingOnly = TRUE)[1]
num <- function(x) if (length(x)) paste(ifelse(is.na(x), "nan", sprintf("%.14g", x)), collapse = " ") else "nan"
sets <- list()
put <- function(id, scale, yi, vi, ni = NULL) {
  keep <- !is.na(yi) & !is.na(vi)
  sets[[length(sets) + 1]] <<- list(id = id, scale = scale, y = signif(as.numeric(yi)[keep], 9), v = signif(as.numeric(vi)[keep], 9), n = as.numeric(ni)[keep])
}
d <- escalc("RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg); put("bcg RR", "log", d$yi, d$vi)
d <- escalc("OR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg); put("bcg OR", "log", d$yi, d$vi)
d <- escalc("RD", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg); put("bcg RD", "none", d$yi, d$vi)
d <- dat.raudenbush1985; put("raudenbush1985", "none", d$yi, d$vi)
d <- dat.hackshaw1998; put("hackshaw1998", "log", d$yi, d$vi)
d <- escalc("ZCOR", ri = ri, ni = ni, data = dat.molloy2014); put("molloy2014 ZCOR", "fisher_z", d$yi, d$vi, d$ni)
d <- escalc("MD", m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i, data = dat.normand1999); put("normand1999 MD", "none", d$yi, d$vi)
d <- escalc("SMD", m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i, data = dat.normand1999); put("normand1999 SMD", "none", d$yi, d$vi)
d <- escalc("OR", ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = dat.nielweise2007); put("nielweise2007 OR", "log", d$yi, d$vi)
for (measure in c("PLO", "PFT", "PAS", "PR", "PLN")) {
  d <- escalc(measure, xi = xi, ni = ni, data = dat.pritz1997)
  put(paste("pritz1997", measure), c(PLO = "logit", PFT = "double_arcsine", PAS = "arcsine", PR = "none", PLN = "log")[[measure]], d$yi, d$vi, d$ni)
}
d <- escalc("PFT", xi = c(0, 0, 1, 0, 2), ni = c(12, 30, 41, 9, 55)); put("rare PFT", "double_arcsine", d$yi, d$vi, c(12, 30, 41, 9, 55))
d <- escalc("PFT", xi = c(12, 30, 40, 9), ni = c(12, 30, 41, 9)); put("all PFT", "double_arcsine", d$yi, d$vi, c(12, 30, 41, 9))
d <- escalc("RD", ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = dat.hine1989); put("hine1989 RD", "none", d$yi, d$vi)
d <- escalc("ROM", m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i, data = dat.curtis1998); put("curtis1998 ROM", "log", d$yi[1:30], d$vi[1:30])
put("one study", "log", 0.3, 0.04)
put("two studies", "none", c(0.1, 0.9), c(0.04, 0.09))
put("two alike", "none", c(0.1, 0.2), c(0.04, 0.09))
put("tiny variances", "none", c(0.1, 0.3, 0.9, 0.2) * 1e-4, c(0.04, 0.09, 0.02, 0.1) * 1e-8)
put("huge variances", "none", c(0.1, 0.3, 0.9, 0.2) * 1e4, c(0.04, 0.09, 0.02, 0.1) * 1e8)
put("one giant", "none", c(0.10, 0.31, -0.4, 0.7), c(1e-5, 0.2, 0.3, 0.1))
put("far from zero", "none", 1e5 + c(0.1, 0.5, 0.9, 1.7), c(0.04, 0.09, 0.02, 0.1))
for (at in 1:20) {
  k <- sample(2:15, 1); vi <- exp(rnorm(k, -2, sample(c(0.3, 1, 2), 1)))
  put(sprintf("simulated %d", at), "none", rnorm(k, 0.3, sqrt(vi + sample(c(0, 0.05, 0.5), 1))), vi)
}
fitted <- function(y, v, method, test, level) {
  unit <- max(v, if (length(y) > 1) var(y) else 0)
  tries <- if (method %in% c("REML", "ML", "EB")) c(1e-16, 1e-15, 1e-14, 1e-13, 1e-12, 1e-11) * unit else 1e-16 * unit
  for (step in tries) {
    control <- switch(method, REML = , ML = , EB = list(threshold = step, maxiter = 20000), PM = list(tol = step, maxiter = 20000, tau2.max = 1000 * unit), list())
    fit <- tryCatch(suppressWarnings(rma(y, v, method = method, test = test, level = level, control = control)), error = function(e) NULL)
    if (!is.null(fit)) return(fit)
  }
}
transforms <- list(none = NULL, log = exp, logit = transf.ilogit, arcsine = transf.iarcsin, fisher_z = transf.ztor, double_arcsine = transf.ipft.hm)
rows <- list()
for (set in sets) for (method in c("CE", "DL", "REML", "ML", "PM", "EB", "HE", "HS", "SJ")) for (test in c("z", "knha", "t", "adhoc")) {
  if (test %in% c("t", "adhoc") && !(method %in% c("CE", "REML"))) next
  if (test == "knha" && !(method %in% c("CE", "DL", "REML", "SJ"))) next
  if (test != "z" && length(set$y) == 1) next
  first <- method == "CE" && test == "z"
  level <- if (test == "t") 90 else 95
  fit <- fitted(set$y, set$v, method, test, level)
  if (is.null(fit)) { cat("no fit:", set$id, method, test, "\n"); next }
  unit <- max(set$v, if (length(set$y) > 1) var(set$y) else 0)
  ci <- tryCatch(confint(fit, control = list(tol = 1e-16 * unit, maxiter = 20000, tau2.max = 1e5 * unit))$random, error = function(e) NULL)
  limits <- if (is.null(ci)) rep(NaN, 6) else c(ci["tau^2", 2:3], ci["I^2(%)", 2:3], ci["H^2", 2:3])
  plain <- predict(fit); pi <- if (is.null(plain$pi.lb)) c(NaN, NaN) else c(plain$pi.lb, plain$pi.ub)
  if (length(set$y) == 1) pi <- c(NaN, NaN)
  way <- transforms[[set$scale]]
  back <- if (is.null(way)) plain else if (set$scale == "double_arcsine") predict(fit, transf = way, targs = list(ni = set$n)) else predict(fit, transf = way)
  back_pi <- if (is.null(back$pi.lb) || length(set$y) == 1) c(NaN, NaN) else c(back$pi.lb, back$pi.ub)
  rows[[length(rows) + 1]] <- c(set$id, set$scale, method, test, level, if (first) c(num(set$y), num(set$v), num(set$n)) else c("", "", ""), num(fit$beta), num(fit$se),
    num(fit$zval), num(fit$pval), num(fit$ci.lb), num(fit$ci.ub), num(pi[1]), num(pi[2]), num(fit$tau2), num(fit$QE), num(fit$QEp),
    num(fit$I2), num(fit$H2), sapply(limits, num), num(back$pred), num(back$ci.lb), num(back$ci.ub), num(back_pi[1]), num(back_pi[2]), if (test == "z") num(weights(fit)) else "")
}
table <- as.data.frame(do.call(rbind, rows))
names(table) <- c("id", "scale", "method", "test", "level", "y", "v", "size", "estimate", "se", "z", "p", "lower", "upper", "pi_lower", "pi_upper",
                  "tau2", "q", "p_heterogeneity", "i2", "h2", "tau2_lower", "tau2_upper", "i2_lower", "i2_upper", "h2_lower", "h2_upper",
                  "natural_estimate", "natural_lower", "natural_upper", "natural_pi_lower", "natural_pi_upper", "weights")
writeLines(c(sprintf("# %s; metafor %s; metadat %s", R.version.string, packageVersion("metafor"), packageVersion("metadat")),
             "# Rscript tests/oracles/models.R tests/oracles/models.csv",
             "# y, v: effects and variances on the scale of analysis; size: participants; each in the first row of its id; natural_*: transformed back by metafor"), out)
write.table(table, out, append = TRUE, sep = ",", row.names = FALSE, quote = FALSE)
