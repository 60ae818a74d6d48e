# Pooled results on the scale that people read; for double arcsines both customs.
ways <- list(log = c(natural = "exp"), logit = c(natural = "plogis"), arcsine = c(sine = "transf.iarcsin"), fisher_z = c(natural = "tanh"),
             double_arcsine = c(harmonic = "transf.ipft.hm", sine = "transf.iarcsin"))
scale_of <- c(RR = "log", OR = "log", PETO = "log", IRR = "log", IRLN = "log", PLN = "log", ROM = "log", HR = "log", PLO = "logit", PAS = "arcsine", PFT = "double_arcsine", ZCOR = "fisher_z")
back_of <- function(reference) {
  found <- list()
  for (measure in intersect(reference$measures, names(scale_of))) {
    data <- analysed(measure, reference)
    if (!length(data$yi)) next
    for (method in c("CE", "DL", "REML")) for (custom in names(ways[[scale_of[[measure]]]])) {
      way <- ways[[scale_of[[measure]]]][[custom]]
      ran <- fit(data$yi, data$vi, method)
      text <- sprintf("predict(res, transf=%s%s)", way, if (custom == "harmonic") ", targs=list(ni=ni)" else "")
      pred <- run(text, list(res = ran$value, ni = reference$columns$ni[data$use]))$value
      found[[length(found) + 1]] <- list(measure = measure, method = method, custom = custom, call = paste("res <-", ran$call, ";", text),
        numbers = c(estimate = as.vector(pred$pred), lower = pred$ci.lb, upper = pred$ci.ub, pi_lower = pred$pi.lb %||% NA, pi_upper = pred$pi.ub %||% NA))
    }
  }
  if (length(found)) found
}
