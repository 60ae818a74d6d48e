# Common effect and random effects: estimate, test, intervals, heterogeneity with Q-profile intervals.
methods <- c("CE", "DL", "PM", "REML", "ML", "HE", "HS", "SJ", "EB")
tests <- c("z", "t", "knha", "adhoc")
# Every test for the first measure of a reference, two of them for the others.
several_levels <- c("dat.bcg", "dat.pritz1997", "dat.normand1999", "dat.riley2003")

rma_text <- function(method, test, level, control) {
  sprintf("rma(yi, vi, method=\"%s\", test=\"%s\", level=%s%s)", method, test, level, if (control == "") "" else paste0(", control=", control))
}
# Fitted with the tightest control that converges; the text of the call says which. `enough` may ask for more of a fit
# than that: metafor carries the control settings on into what is computed from it.
fit <- function(yi, vi, method, test = "z", level = 95, enough = function(ran) TRUE) {
  where <- list(yi = yi, vi = vi)
  if (method == "CE") return(run(rma_text(method, test, level, ""), where))
  for (effort in efforts) {
    ran <- attempt(rma_text(method, test, level, tight(yi, vi, effort)), where)
    if (!failed(ran) && enough(ran)) return(ran)
  }
  ran
}

overall <- function(res) {
  pred <- predict(res)
  c(estimate = as.vector(res$beta), se = res$se, z = res$zval, p = res$pval, lower = res$ci.lb, upper = res$ci.ub,
    pi_lower = pred$pi.lb %||% NA, pi_upper = pred$pi.ub %||% NA)
}
between <- function(res) {
  c(k = res$k, tau2 = res$tau2, q = res$QE, df = res$k - 1, p_heterogeneity = res$QEp, i2 = res$I2, h2 = res$H2)
}
profiled <- function(res, yi, vi, level) {
  ran <- attempt(sprintf("confint(res, level=%s, control=%s)", level, widest(yi, vi, level)), list(res = res))
  if (failed(ran)) return(list(call = ran$call, error = ran$error))
  found <- ran$value$random
  list(call = ran$call, limits = c(
    tau2_lower = found["tau^2", "ci.lb"], tau2_upper = found["tau^2", "ci.ub"], i2_lower = found["I^2(%)", "ci.lb"],
    i2_upper = found["I^2(%)", "ci.ub"], h2_lower = found["H^2", "ci.lb"], h2_upper = found["H^2", "ci.ub"]),
    null = isTRUE(ran$value$ci.null))
}

# One entry per method and level: what does not depend on the test once, then the tests by name.
model <- function(yi, vi, method, level, tests) {
  first <- fit(yi, vi, method, "z", level)
  if (failed(first)) return(list(method = method, level = level, call = first$call, error = first$error))
  by_test <- lapply(setNames(tests, tests), function(test) {
    ran <- fit(yi, vi, method, test, level)
    if (failed(ran)) list(error = ran$error) else overall(ran$value)
  })
  entry <- list(method = method, level = level, call = first$call, heterogeneity = between(first$value))
  if (method != "CE" && length(yi) > 1) entry$profile <- profiled(first$value, yi, vi, level)
  entry$tests <- by_test
  if (length(first$warned)) entry$warned <- column(first$warned)
  entry
}

models_of <- function(reference) {
  lapply(setNames(reference$measures, reference$measures), function(measure) {
    data <- analysed(measure, reference)
    if (!length(data$yi)) return(list(effects = data$call, yi = column(numeric()), vi = column(numeric()), fits = list()))
    levels <- if (measure == reference$measures[1] && reference$name %in% several_levels) c(95, 90, 99) else 95
    each <- list()
    wanted <- if (measure == reference$measures[1]) tests else c("z", "knha")
    for (level in levels) for (method in methods) each[[length(each) + 1]] <- model(data$yi, data$vi, method, level, wanted)
    list(effects = data$call, yi = column(data$yi), vi = column(data$vi), fits = each)
  })
}
