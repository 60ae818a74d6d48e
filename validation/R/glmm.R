# Binomial-normal model of proportions: logit scale, normal study effects, maximum likelihood by adaptive quadrature.
glmm_control <- "list(glmerCtrl=list(optimizer=\"bobyqa\", optCtrl=list(rhobeg=0.02, rhoend=1e-10, maxfun=1e6)), glmCtrl=list(epsilon=1e-14, maxit=1000))"
glmm_of <- function(reference) {
  if (reference$table != "single_counts" || length(reference$columns$xi) < 2) return(NULL)
  lapply(c(7, 25, 75), function(points) {
    ran <- attempt(sprintf("rma.glmm(measure=\"PLO\", xi=xi, ni=ni, nAGQ=%d, level=95, test=\"z\", control=%s)", points, glmm_control), reference$columns)
    if (failed(ran)) return(list(points = points, call = ran$call, error = ran$error))
    res <- ran$value
    list(points = points, call = ran$call, numbers = c(
      k = res$k, estimate = as.vector(res$beta), se = res$se, z = res$zval, p = res$pval, lower = res$ci.lb, upper = res$ci.ub, tau2 = res$tau2,
      i2 = res$I2, h2 = res$H2, q_wald = res$QE.Wld, p_wald = res$QEp.Wld, q_lrt = res$QE.LRT, p_lrt = res$QEp.LRT, df = res$QE.df), warned = column(ran$warned))
  })
}
