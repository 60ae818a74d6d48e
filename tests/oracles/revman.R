# Analyses as RevMan 5 pools them, by metafor where it has the method, else by the formulas written out below.
# Published data: Colditz 1994 (BCG), Niel-Weise 2007 (empty cells), Normand 1999 (lengths of stay); metadat.
# Run: Rscript revman.R > revman.csv. One number or setting per line: analysis, place (settings, a row's number, a
# subgroup, total), field, value.
suppressMessages(library(metafor))
cat("# R ", R.version$major, ".", R.version$minor, ", metafor ", as.character(packageVersion("metafor")), ", metadat ", as.character(packageVersion("metadat")), "; call: Rscript revman.R > revman.csv\n", sep = "")
cat("analysis,place,field,value\n")
put <- function(name, place, field, value) cat(paste(name, place, field, if (is.numeric(value)) format(as.numeric(value), digits = 16) else value, sep = ","), "\n", sep = "")
z975 <- qnorm(0.975)

# effects of the studies on the scale of analysis
own <- function(d, measure, type) {
  if (type == "DICH") {
    e <- escalc(if (measure == "PETO_OR") "PETO" else measure, ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = d, add = if (measure == "PETO_OR") 0 else 0.5, to = "only0", drop00 = measure != "RD")
    return(data.frame(y = as.numeric(e$yi), v = as.numeric(e$vi)))
  }
  if (type == "CONT" && measure == "MD") return(with(d, data.frame(y = m1i - m2i, v = sd1i^2 / n1i + sd2i^2 / n2i)))
  if (type == "CONT") return(with(d, { n <- n1i + n2i
    g <- (m1i - m2i) / sqrt(((n1i - 1) * sd1i^2 + (n2i - 1) * sd2i^2) / (n - 2)) * (1 - 3 / (4 * n - 9))
    data.frame(y = g, v = n / (n1i * n2i) + g^2 / (2 * (n - 3.94))) }))
  if (type == "IV") return(data.frame(y = d$effect, v = d$se^2))
  data.frame(y = d$oe / d$variance, v = 1 / d$variance)
}

# estimate and standard error by tables, heterogeneity about the estimate
pooled <- function(d, s) {
  e <- own(d, s$measure, s$type); use <- !is.na(e$y) & !is.na(e$v) & e$v > 0; e <- e[use, ]; d <- d[use, ]
  w <- 1 / e$v; k <- nrow(e)
  if (s$method == "MH") {
    half <- if (s$halves) list(add = c(0.5, 0.5), to = c("only0", "only0"), drop00 = c(TRUE, TRUE)) else list(add = c(0.5, 0), to = c("only0", "none"), drop00 = c(TRUE, FALSE))
    if (s$measure == "RD") half$drop00 <- c(FALSE, FALSE)
    m <- do.call(rma.mh, c(list(measure = s$measure, ai = d$ai, n1i = d$n1i, ci = d$ci, n2i = d$n2i), half))
    b <- as.numeric(m$beta); se <- m$se; share <- as.numeric(weights(m))
    if (s$measure == "RD") with(d, { n <- n1i + n2i
      se <<- sqrt(sum((ai * (n1i - ai) * n2i^3 + ci * (n2i - ci) * n1i^3) / (n1i * n2i * n^2))) / sum(n1i * n2i / n) })
  } else if (s$method == "PETO") {
    m <- rma.peto(ai = d$ai, n1i = d$n1i, ci = d$ci, n2i = d$n2i); b <- as.numeric(m$beta); se <- m$se; share <- as.numeric(weights(m))
  } else { m <- rma.uni(e$y, e$v, method = "FE"); b <- as.numeric(m$beta); se <- m$se; share <- as.numeric(weights(m)) }
  q <- sum(w * (e$y - b)^2); df <- k - 1
  tau2 <- if (s$random && df > 0) max(0, (q - df) / (sum(w) - sum(w^2) / sum(w))) else 0
  if (s$random) { m <- rma.uni(e$y, e$v, method = "DL", tau2 = tau2); b <- as.numeric(m$beta); se <- m$se; share <- as.numeric(weights(m)) }
  list(b = b, se = se, q = q, df = df, tau2 = tau2, e = e, use = use, share = share)
}

result <- function(name, place, r, ratio, total) {
  back <- if (ratio) exp else identity
  put(name, place, "estimate", back(r$b)); put(name, place, "lower", back(r$b - z975 * r$se)); put(name, place, "upper", back(r$b + z975 * r$se))
  put(name, place, "z", abs(r$b / r$se)); put(name, place, "p", 2 * pnorm(-abs(r$b / r$se)))
  put(name, place, "q", r$q); put(name, place, "df", r$df); put(name, place, "p_q", if (r$df > 0) pchisq(r$q, r$df, lower.tail = FALSE) else 0)
  put(name, place, "i2", if (r$q > 0) max(0, 100 * (r$q - r$df) / r$q) else 0); put(name, place, "tau2", r$tau2)
  for (field in names(total)) put(name, place, field, total[[field]])
}

case <- function(name, d, type, measure, method, random = FALSE, halves = TRUE, group = NULL) {
  s <- list(type = type, measure = measure, method = method, random = random, halves = halves)
  ratio <- measure %in% c("OR", "RR", "PETO_OR", "HR")
  for (field in names(s)) put(name, "settings", field, as.character(s[[field]]))
  r <- pooled(d, s); back <- if (ratio) exp else identity
  at <- 0
  for (i in seq_len(nrow(d))) {
    for (field in setdiff(names(d), "group")) put(name, i, field, if (field == "label") as.character(d[[field]][i]) else d[[field]][i])
    if (!is.null(group)) put(name, i, "subgroup", as.character(group[i]))
    if (!r$use[i]) { put(name, i, "estimable", "no"); next }
    at <- at + 1
    put(name, i, "estimate", back(r$e$y[at])); put(name, i, "lower", back(r$e$y[at] - z975 * sqrt(r$e$v[at]))); put(name, i, "upper", back(r$e$y[at] + z975 * sqrt(r$e$v[at])))
    put(name, i, "own_se", sqrt(r$e$v[at])); put(name, i, "weight", r$share[at])
  }
  sums <- function(d) { out <- list(); for (f in c("n1i", "n2i", "ai", "ci")) if (f %in% names(d)) out[[paste0("sum_", f)]] <- sum(d[[f]]); out }
  result(name, "total", r, ratio, sums(d))
  if (!is.null(group)) {
    parts <- lapply(unique(group), function(g) pooled(d[group == g, ], s))
    for (j in seq_along(parts)) result(name, paste("subgroup", unique(group)[j]), parts[[j]], ratio, sums(d[group == unique(group)[j], ]))
    b <- sapply(parts, `[[`, "b"); v <- sapply(parts, `[[`, "se")^2
    q <- sum((b - sum(b / v) / sum(1 / v))^2 / v)
    put(name, "total", "q_between", q); put(name, "total", "p_between", pchisq(q, length(parts) - 1, lower.tail = FALSE))
  }
}

real <- function(d) { for (f in names(d)) if (is.integer(d[[f]])) d[[f]] <- as.numeric(d[[f]]); d }
bcg <- real(with(dat.bcg, data.frame(label = paste(sub(" .*", "", author), year), ai = tpos, n1i = tpos + tneg, ci = cpos, n2i = cpos + cneg)))
bcg$label <- make.unique(gsub(",", "", bcg$label)); alloc <- dat.bcg$alloc
empty <- real(with(dat.nielweise2007, data.frame(label = paste(author, year), ai, n1i, ci, n2i))); empty$label <- make.unique(as.character(empty$label))
empty <- rbind(empty, data.frame(label = "Nobody 2000", ai = 0, n1i = 30, ci = 0, n2i = 31))
stay <- real(with(dat.normand1999, data.frame(label = gsub(" ", "", source), m1i, sd1i, n1i, m2i, sd2i, n2i)))
e <- escalc("RR", ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = bcg)
typed <- data.frame(label = bcg$label, effect = round(as.numeric(e$yi), 4), se = round(sqrt(as.numeric(e$vi)), 4))
n <- with(bcg, n1i + n2i); m <- with(bcg, ai + ci)
oe <- with(bcg, data.frame(label, ai, n1i, ci, n2i, oe = round(ai - n1i * m / n, 2), variance = round(n1i * n2i * m * (n - m) / (n^2 * (n - 1)), 2)))

case("BCG RR MH fixed", bcg, "DICH", "RR", "MH")
case("BCG RR MH random", bcg, "DICH", "RR", "MH", random = TRUE, group = alloc)
case("BCG OR MH random", bcg, "DICH", "OR", "MH", random = TRUE)
case("BCG RR IV fixed", bcg, "DICH", "RR", "IV", group = alloc)
case("BCG OR IV random", bcg, "DICH", "OR", "IV", random = TRUE)
case("BCG RD MH fixed", bcg, "DICH", "RD", "MH")
case("BCG RD MH random", bcg, "DICH", "RD", "MH", random = TRUE)
case("BCG Peto", bcg, "DICH", "PETO_OR", "PETO")
case("Catheters OR MH halves", empty, "DICH", "OR", "MH")
case("Catheters OR MH", empty, "DICH", "OR", "MH", halves = FALSE)
case("Catheters RR MH random", empty, "DICH", "RR", "MH", random = TRUE)
case("Catheters Peto", empty, "DICH", "PETO_OR", "PETO")
case("Stay MD random", stay, "CONT", "MD", "IV", random = TRUE)
case("Stay SMD fixed", stay, "CONT", "SMD", "IV")
case("Stay SMD random", stay, "CONT", "SMD", "IV", random = TRUE, group = rep(c("early", "late"), c(4, 5)))
case("Typed HR random", typed, "IV", "HR", "IV", random = TRUE)
case("Observed less expected", oe, "IPD", "PETO_OR", "EXP_O_E_VAR")
