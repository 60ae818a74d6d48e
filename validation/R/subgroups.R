# Subgroups: a model per group, and Q between groups from their pooled effects; and with one tau2 for all groups.
subgroups_of <- function(reference) {
  if (is.null(reference$group)) return(NULL)
  measure <- reference$measures[1]
  data <- analysed(measure, reference)
  group <- reference$group[data$use]
  fits <- list()
  for (method in c("CE", "DL", "PM", "REML")) for (test in if (method == "REML") c("z", "knha") else "z") {
    parts <- lapply(split(seq_along(group), group), function(at) fit(data$yi[at], data$vi[at], method, test)$value)
    table <- list(estimate = vapply(parts, function(res) as.vector(res$beta), 0), se = vapply(parts, function(res) res$se, 0))
    ran <- run("rma(estimate, se^2, method=\"CE\")", table)
    fits[[length(fits) + 1]] <- list(
      method = method, test = test, call = paste("groups one by one:", rma_text(method, test, 95, "as under models"), "; between:", ran$call),
      groups = lapply(parts, function(res) c(overall(res), between(res))),
      between = c(q_between = ran$value$QE, df_between = ran$value$k - 1, p_between = ran$value$QEp))
  }
  common <- lapply(c("DL", "REML"), function(method) {
    text <- sprintf("rma(yi, vi, mods=~factor(group), method=\"%s\", control=%s)", method, tight(data$yi, data$vi))
    ran <- attempt(text, list(yi = data$yi, vi = data$vi, group = group))
    if (failed(ran)) return(list(method = method, call = text, error = ran$error))
    list(method = method, call = text, between = c(q_between = ran$value$QM, df_between = ran$value$m, p_between = ran$value$QMp, tau2 = ran$value$tau2))
  })
  list(measure = measure, effects = data$call, group = column(group), fits = fits, common = common)
}
