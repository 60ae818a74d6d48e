# Trim and fill with both estimators of the number of missing studies, side chosen by the data.
trimfill_of <- function(reference) {
  measure <- reference$measures[1]
  data <- analysed(measure, reference)
  if (length(data$yi) < 3) return(NULL)
  found <- list()
  for (method in c("CE", "DL", "REML")) for (estimator in c("L0", "R0")) {
    ran <- fit(data$yi, data$vi, method)
    for (effort in efforts) {
      control <- if (method == "CE") "list()" else tight(data$yi, data$vi, effort)
      filled <- attempt(sprintf("trimfill(res, estimator=\"%s\", control=%s)", estimator, control), list(res = ran$value))
      if (!grepl("converge", filled$error %||% "")) break
    }
    head <- list(method = method, estimator = estimator, call = paste("res <-", ran$call, ";", filled$call))
    found[[length(found) + 1]] <- c(head, if (failed(filled)) list(error = filled$error) else with(filled$value, list(
      side = side, k0 = k0, numbers = c(overall(filled$value), between(filled$value), p_k0 = p.k0),
      filled_yi = column(as.vector(yi)[fill]), filled_vi = column(as.vector(vi)[fill]))))
  }
  list(measure = measure, effects = data$call, fits = found)
}
