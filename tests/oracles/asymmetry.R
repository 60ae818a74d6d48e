# Egger, Begg, trim and fill, leave one out, cumulative, subgroups by metafor. Run: Rscript asymmetry.R > asymmetry.csv
# One row per number: data set, task, option (method, test, estimator), place (study or subgroup), field, value.
suppressMessages(library(metafor))
set.seed(1905)
rows <- list()
put <- function(name, task, option, place, field, value) {
  value <- c(value); if (!length(value)) value <- NA
  rows[[length(rows) + 1]] <<- data.frame(name, task, option, place, field, value = format(as.numeric(value[1]), digits = 16, trim = TRUE))
}
quiet <- function(x) tryCatch(suppressWarnings(x), error = function(e) NULL)
tight <- list(threshold = 1e-14, maxiter = 10000, tol = 1e-14)
fitted <- function(y, v, method, test = "z", ...) quiet(rma(y, v, method = method, test = test, control = if (method == "CE") list() else tight, ...))
methods <- c("CE", "DL", "REML", "ML", "PM", "EB", "HE", "HS", "SJ")
all_of <- function(name, y, v, group, year) {
  for (i in seq_along(y)) for (field in c("y", "v", "group", "year")) put(name, "data", "", i, field, get(field)[i])
  k <- length(y)
  one <- quiet(regtest(y, v, model = "lm"))
  if (!is.null(one)) { put(name, "egger", "lm", 1, "z", one$zval); put(name, "egger", "lm", 1, "df", one$dfs); put(name, "egger", "lm", 1, "p", one$pval); put(name, "egger", "lm", 1, "limit", one$est); put(name, "egger", "lm", 1, "limit_lower", one$ci.lb); put(name, "egger", "lm", 1, "limit_upper", one$ci.ub) }
  for (method in methods) for (test in c("z", "knha")) {
    fit <- fitted(y, v, method, test)
    if (is.null(fit)) next
    one <- quiet(regtest(fit)); option <- paste(method, test)
    if (!is.null(one)) { put(name, "egger", option, 1, "z", one$zval); put(name, "egger", option, 1, "p", one$pval); put(name, "egger", option, 1, "limit", one$est); put(name, "egger", option, 1, "limit_lower", one$ci.lb); put(name, "egger", option, 1, "limit_upper", one$ci.ub); put(name, "egger", option, 1, "tau2", one$fit$tau2) }
  }
  one <- quiet(ranktest(y, v)); put(name, "begg", "", 1, "tau", one$tau); put(name, "begg", "", 1, "p", one$pval)
  for (method in c("CE", "DL", "REML")) {
    fit <- fitted(y, v, method)
    for (estimator in c("L0", "R0")) for (side in c("auto", "left", "right")) {
      one <- quiet(if (side == "auto") trimfill(fit, estimator = estimator, control = if (method == "CE") list() else tight) else trimfill(fit, estimator = estimator, side = side, control = if (method == "CE") list() else tight))
      if (is.null(one)) next
      option <- paste(method, estimator, side)
      put(name, "trimfill", option, 1, "k0", one$k0); put(name, "trimfill", option, 1, "se_k0", one$se.k0); put(name, "trimfill", option, 1, "p_k0", one$p.k0)
      put(name, "trimfill", option, 1, "right", one$side == "right"); put(name, "trimfill", option, 1, "estimate", one$beta); put(name, "trimfill", option, 1, "se", one$se); put(name, "trimfill", option, 1, "tau2", one$tau2); put(name, "trimfill", option, 1, "q", one$QE)
      for (i in seq_len(one$k0)) put(name, "trimfill", option, i, "filled_y", one$yi[k + i])
    }
    for (test in c("z", "knha")) {
      fit <- fitted(y, v, method, test, data = data.frame(y, v, year))
      out <- quiet(leave1out(fit)); cum <- quiet(cumul(fit, order = year))
      for (task in c("leave_one_out", "cumulative")) {
        one <- if (task == "cumulative") cum else out
        if (!is.null(one)) for (i in seq_len(k)) for (field in c("estimate", "se", "ci.lb", "ci.ub", "Q", "Qp", "tau2", "I2", "H2")) if (!is.null(one[[field]])) put(name, task, paste(method, test), i, field, one[[field]][i])
      }
    }
  }
  for (method in methods) for (test in c("z", "knha")) {
    fit <- quiet(rma(y, v, mods = ~ factor(group), method = method, test = test, control = if (method == "CE") list() else tight))
    if (!is.null(fit)) { put(name, "common", paste(method, test), 1, "q_between", fit$QM); put(name, "common", paste(method, test), 1, "p_between", fit$QMp); put(name, "common", paste(method, test), 1, "tau2", fit$tau2) }
    plain <- quiet(rma(y, v, mods = ~ factor(group) - 1, method = method, test = test, control = if (method == "CE") list() else tight))
    if (!is.null(plain)) for (g in seq_along(plain$beta)) { put(name, "common", paste(method, test), g, "estimate", plain$beta[g]); put(name, "common", paste(method, test), g, "lower", plain$ci.lb[g]) }
    parts <- lapply(sort(unique(group)), function(g) fitted(y[group == g], v[group == g], method, if (sum(group == g) > 1) test else "z"))
    if (!any(sapply(parts, is.null))) {
      wald <- quiet(rma(sapply(parts, function(f) c(f$beta)), sapply(parts, function(f) f$se)^2, method = "CE"))
      if (!is.null(wald)) { put(name, "own", paste(method, test), 1, "q_between", wald$QE); put(name, "own", paste(method, test), 1, "p_between", wald$QEp) }
      for (g in seq_along(parts)) put(name, "own", paste(method, test), g, "estimate", parts[[g]]$beta)
    }
  }
}
bcg <- escalc("RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg)
all_of("bcg", c(bcg$yi), c(bcg$vi), as.integer(factor(dat.bcg$alloc, levels = unique(dat.bcg$alloc))), dat.bcg$year)
smoke <- dat.hackshaw1998; all_of("hackshaw1998", smoke$yi, smoke$vi, as.integer(factor(smoke$country, levels = unique(smoke$country))), smoke$year)
for (i in 1:8) {
  k <- c(3, 4, 6, 8, 11, 15, 22, 30)[i]; s <- runif(k, 0.05, 0.9); y <- rnorm(k, 0.3 + 0.9 * s * (i %% 2), sqrt(s^2 + c(0, 0.05, 0.4)[1 + i %% 3]))
  all_of(paste0("drawn", i), y, s^2, c(1, 2, sample(1:2, k - 2, TRUE)), sample(1990:1999, k, TRUE))
}
y <- c(0.1, 0.4, 0.4, 0.9, 0.2, 0.7); all_of("tied", y, c(0.04, 0.09, 0.09, 0.16, 0.04, 0.25), c(1, 1, 2, 2, 1, 2), 1:6)
cat(sprintf("# %s; metafor %s; Rscript asymmetry.R > asymmetry.csv\n", R.version.string, packageVersion("metafor")))
write.csv(do.call(rbind, rows), row.names = FALSE, quote = FALSE)
