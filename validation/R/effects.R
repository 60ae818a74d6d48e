# Effect sizes and sampling variances by escalc, with every zero-cell option where the data have such cells.
arguments <- function(names) paste0(names, "=", names, collapse = ", ")
counts <- c("single_counts", "two_group_counts", "single_rates", "two_group_rates")

options_of <- function(reference) {
  if (!reference$table %in% counts) return(list(NULL))
  plain <- list(list(add = 0.5, to = "only0", drop00 = FALSE), list(add = 0, to = "none", drop00 = FALSE))
  if (!reference$options) return(plain)
  drops <- if (startsWith(reference$table, "two")) c(FALSE, TRUE) else FALSE
  grid <- expand.grid(to = c("only0", "all", "if0all"), drop00 = drops, add = c(0.5, 0.1), stringsAsFactors = FALSE)
  grid <- grid[grid$add == 0.5 | grid$to == "only0" & !grid$drop00, ]
  c(plain, lapply(seq_len(nrow(grid))[-1], function(i) as.list(grid[i, ])),
    if (length(drops) > 1) list(list(add = 0, to = "none", drop00 = TRUE)))
}

effect_call <- function(measure, reference, option) {
  if (reference$table == "effects") {
    return(if ("sei" %in% names(reference$columns)) "escalc(measure=\"GEN\", yi=yi, sei=sei)" else "escalc(measure=\"GEN\", yi=yi, vi=vi)")
  }
  given <- if (is.null(option)) "" else sprintf(", add=%s, to=\"%s\", drop00=%s", option$add, option$to, option$drop00)
  sprintf("escalc(measure=\"%s\", %s%s)", measure, arguments(names(reference$columns)), given)
}

effects_of <- function(reference) {
  found <- list()
  for (measure in reference$measures) for (option in options_of(reference)) {
    ran <- run(effect_call(measure, reference, option), reference$columns)
    found[[length(found) + 1]] <- tidy(list(
      call = ran$call, measure = measure, add = option$add, to = option$to, drop00 = option$drop00,
      yi = column(ran$value$yi), vi = column(ran$value$vi), warned = if (length(ran$warned)) column(ran$warned)))
  }
  found
}

# The effects that models are fitted to: metafor's own default, no addition for the arcsine measures.
analysed <- function(measure, reference) {
  option <- NULL
  if (reference$table %in% counts) {
    option <- if (measure %in% c("AS", "PAS", "PFT")) list(add = 0, to = "none", drop00 = FALSE) else list(add = 0.5, to = "only0", drop00 = FALSE)
  }
  ran <- run(effect_call(measure, reference, option), reference$columns)
  use <- is.finite(ran$value$yi) & is.finite(ran$value$vi) & ran$value$vi > 0
  list(call = ran$call, yi = as.vector(ran$value$yi)[use], vi = as.vector(ran$value$vi)[use], use = use)
}
