# Leave-one-out and cumulative meta-analysis; control settings are carried along by metafor.
steps <- function(found) {
  taken <- c(estimate = "estimate", se = "se", p = "pval", lower = "ci.lb", upper = "ci.ub", tau2 = "tau2", q = "Q", i2 = "I2")
  if (is.null(found$Q)) found$Q <- found$QE
  tidy(lapply(taken, function(name) if (is.null(found[[name]])) NULL else column(found[[name]])))
}
sensitivity_of <- function(reference) {
  measure <- reference$measures[1]
  data <- analysed(measure, reference)
  if (length(data$yi) < 3 || length(data$yi) > 40) return(NULL)
  order <- if (is.null(reference$order)) seq_along(data$yi) else reference$order[data$use]
  found <- list()
  for (method in c("CE", "DL", "REML")) {
    test <- if (method == "REML") "knha" else "z"
    without <- function(ran) steps(run("leave1out(res)", list(res = ran$value))$value)
    along <- function(ran) steps(unclass(suppressWarnings(do.call(cumul, list(ran$value, order = order)))))
    ran <- fit(data$yi, data$vi, method, test, enough = function(ran) !anyNA(c(without(ran)$estimate, along(ran)$estimate)))
    found[[length(found) + 1]] <- list(method = method, test = test, call = ran$call,
      leave_one_out = list(call = "leave1out(res)", steps = without(ran)),
      cumulative = list(call = "cumul(res, order=order)", steps = along(ran)))
  }
  list(measure = measure, effects = data$call, order = column(order), fits = found)
}
