# Binomial-normal logistic models of proportions by metafor (rma.glmm, lme4 with 100 nodes, once 25).
# se_exact: standard error by numDeriv from a fine sum over the random intercept; lme4 takes differences of first order.
# Run: Rscript glmm.R > glmm.csv
suppressMessages(library(metafor))
set.seed(815)
rows <- list()
joined <- function(x) paste(x, collapse = " ")
tight <- list(glmerCtrl = list(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-12, maxfun = 1e5)), glmCtrl = list(epsilon = 1e-14, maxit = 100))
add <- function(name, xi, ni, nodes = 100, test = "z") {
  fit <- tryCatch(suppressWarnings(suppressMessages(rma.glmm(measure = "PLO", xi = xi, ni = ni, nAGQ = nodes, test = test, control = tight))), error = function(e) NULL)
  if (is.null(fit)) return(invisible())
  pi <- suppressWarnings(predict(fit))
  grid <- seq(-12, 12, length.out = 6001); height <- diff(grid[1:2]) / sqrt(2 * base::pi)
  loglik <- function(at) sum(mapply(function(x, n) { l <- x * (at[1] + at[2] * grid) - n * log1p(exp(at[1] + at[2] * grid)) - grid^2 / 2; max(l) + log(sum(exp(l - max(l))) * height) }, xi, ni))
  s <- sqrt(c(fit$tau2)[1]); exact <- if (s > 1e-5) sqrt(solve(-numDeriv::hessian(loglik, c(fit$beta, s), method.args = list(r = 6)))[1, 1]) else fit$se
  one <- function(x) if (is.null(x) || length(x) == 0) NA else c(x)[1]
  rows[[length(rows) + 1]] <<- data.frame(name, nodes, test, x = joined(xi), n = joined(ni), k = fit$k, estimate = one(fit$beta), se = one(fit$se), se_exact = exact,
    z = one(fit$zval), p = one(fit$pval), lower = one(fit$ci.lb), upper = one(fit$ci.ub), pi_lower = one(pi$pi.lb), pi_upper = one(pi$pi.ub), tau2 = one(fit$tau2), i2 = one(fit$I2), h2 = one(fit$H2),
    q_wald = one(fit$QE.Wld), p_wald = one(fit$QEp.Wld), q_lrt = one(fit$QE.LRT), p_lrt = one(fit$QEp.LRT))
}
add("pritz1997", dat.pritz1997$xi, dat.pritz1997$ni); add("pritz1997", dat.pritz1997$xi, dat.pritz1997$ni, 25); add("pritz1997", dat.pritz1997$xi, dat.pritz1997$ni, 100, "t")
add("debruin2009", dat.debruin2009$nt[1:8] - 5, dat.debruin2009$nt[1:8] + 40)
add("sparse", c(3, 0, 5, 12, 7, 2), c(20, 15, 30, 40, 22, 50)); add("sparse", c(3, 0, 5, 12, 7, 2), c(20, 15, 30, 40, 22, 50), 25)
add("same", c(4, 6, 8), c(20, 30, 40)); add("two", c(3, 9), c(30, 31)); add("one", 4, 21)
add("ends", c(0, 1, 12, 30, 0), c(14, 20, 12, 41, 33))
add("large", c(40210, 39000, 41500, 500), c(200000, 201000, 198000, 2600))
for (i in 1:60) {
  k <- sample(2:15, 1); n <- sample(5:sample(c(15, 80, 700), 1), k, TRUE)
  x <- rbinom(k, n, plogis(rnorm(1, -1, 1.2) + rnorm(k, 0, sample(c(0, 0.3, 0.8, 1.6), 1))))
  if (sum(x) > 0 && sum(x) < sum(n) && !all(x == 0 | x == n)) add(paste0("drawn", i), x, n, 100)
}
cat(sprintf("# %s; metafor %s; lme4 %s; Rscript glmm.R > glmm.csv\n", R.version.string, packageVersion("metafor"), packageVersion("lme4")))
write.csv(format(do.call(rbind, rows), digits = 16, trim = TRUE), row.names = FALSE, quote = FALSE)
