# Egger's regression (weighted least squares and random effects) and Begg's rank correlation.
asymmetry_of <- function(reference) {
  found <- tidy(lapply(setNames(reference$measures, reference$measures), function(measure) {
    data <- analysed(measure, reference)
    if (length(data$yi) < 3) return(NULL)
    where <- list(yi = data$yi, vi = data$vi)
    numbers <- function(ran) if (failed(ran)) list(call = ran$call, error = ran$error) else list(call = ran$call, numbers = c(
      z = ran$value$zval, p = ran$value$pval, df = if (length(ran$value$ddf)) ran$value$ddf else NA, limit = as.vector(ran$value$est) %||% NA,
      limit_lower = as.vector(ran$value$ci.lb) %||% NA, limit_upper = as.vector(ran$value$ci.ub) %||% NA))
    tested <- function(ran) attempt("regtest(res)", list(res = ran$value))
    rma_res <- fit(data$yi, data$vi, "REML", enough = function(ran) !grepl("converge", tested(ran)$error %||% ""))
    rank <- attempt("ranktest(yi, vi)", where)
    list(effects = data$call,
      lm = numbers(attempt("regtest(yi, vi, model=\"lm\")", where)),
      rma = if (failed(rma_res)) rma_res else c(list(model = rma_res$call), numbers(tested(rma_res))),
      rank = if (failed(rank)) list(call = rank$call, error = rank$error) else list(call = rank$call, numbers = c(tau = as.vector(rank$value$tau), p = rank$value$pval)))
  }))
  if (length(found)) found
}
