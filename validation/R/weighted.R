# Mantel-Haenszel and Peto. The first of each pair is for the studies' own effects, the second for the pooled one.
zero_cells <- list(list(add = c(0.5, 0), to = c("only0", "none")), list(add = c(0.5, 0.5), to = c("only0", "only0")), list(add = c(0.5, 0.5), to = c("only0", "all")))
spelled <- function(cells) sprintf("add=c(%s, %s), to=c(\"%s\", \"%s\")", cells$add[1], cells$add[2], cells$to[1], cells$to[2])
weighted_numbers <- function(res) {
  one <- function(x) if (is.null(x) || !length(x)) NA_real_ else as.numeric(x)[1]
  c(k = res$k, k_yi = res$k.yi, estimate = one(res$beta), se = one(res$se), z = one(res$zval), p = one(res$pval), lower = one(res$ci.lb),
    upper = one(res$ci.ub), q = one(res$QE), df = max(0, res$k.yi - 1), p_heterogeneity = one(res$QEp), i2 = one(res$I2), h2 = one(res$H2))
}
weighted_of <- function(reference) {
  if (!reference$table %in% c("two_group_counts", "two_group_rates")) return(NULL)
  given <- arguments(names(reference$columns))
  measures <- intersect(c("RR", "OR", "RD", "IRR", "IRD"), reference$measures)
  calls <- list()
  for (measure in measures) for (cells in if (reference$options) zero_cells else zero_cells[1]) for (drop in if (reference$options) c(TRUE, FALSE) else TRUE) {
    calls[[length(calls) + 1]] <- list(measure = measure, add = cells$add, to = cells$to, drop00 = drop, call = sprintf(
      "rma.mh(%s, measure=\"%s\", %s, drop00=%s, level=95, correct=TRUE)", given, measure, spelled(cells), drop))
  }
  if (reference$table == "two_group_counts") {
    for (drop in c(TRUE, FALSE)) calls[[length(calls) + 1]] <- list(measure = "PETO", add = zero_cells[[1]]$add, to = zero_cells[[1]]$to, drop00 = drop, call = sprintf(
      "rma.peto(%s, %s, drop00=%s, level=95)", given, spelled(zero_cells[[1]]), drop))
  }
  lapply(calls, function(each) {
    ran <- attempt(each$call, reference$columns)
    tidy(c(each, if (failed(ran)) list(error = ran$error) else list(numbers = weighted_numbers(ran$value), warned = if (length(ran$warned)) column(ran$warned))))
  })
}
