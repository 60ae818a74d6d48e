# Pools every analysis of this dataset with the R package metafor.
#
#   Rscript metafor.R                 prints one line per analysis
#   Rscript metafor.R results.csv     writes the same numbers to a file as well
#
# It reads analyses.csv and the tables analysis_*.csv that lie in its own folder. Measure, method, test and level of
# each analysis are those of analyses.csv: change them there, or below. Needs metafor; method GLMM also needs lme4.

suppressPackageStartupMessages({
  if (!requireNamespace("metafor", quietly = TRUE)) {
    message("This script needs the R package metafor. Get it with install.packages(\"metafor\").")
    quit(status = 2)
  }
  library(metafor)
})

# ---- Where the tables are ----------------------------------------------------------------------------------------

own_folder <- function() {
  started_as <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))
  # Rscript writes a blank in a path as ~+~
  if (length(started_as) == 1) return(dirname(normalizePath(gsub("~+~", " ", started_as, fixed = TRUE))))
  getwd() # in an R session: setwd() to the folder first
}
folder <- own_folder()

# A blank cell is missing; NA and NR would be texts of the source. A text that looks like a formula has an apostrophe
# before it, which is taken away here.
guard <- "^'(?='*[=+@\\t\\r\\n\uff1d\uff0b\uff0d\uff20-])"
read_table <- function(file, numbers) {
  path <- file.path(folder, file)
  header <- names(read.csv(path, nrows = 1, check.names = FALSE, encoding = "UTF-8"))
  types <- ifelse(header %in% numbers, "numeric", "character")
  data <- read.csv(path, na.strings = "", colClasses = types, check.names = FALSE, encoding = "UTF-8")
  texts <- setdiff(header, numbers)
  data[texts] <- lapply(data[texts], function(text) sub(guard, "", text, perl = TRUE))
  data
}

# ---- What the tables hold: one row per study, in the words of metafor's escalc() ----------------------------------

# <tables>

# The scale on which each measure is analysed. Ratios are pooled as logarithms, for instance.
# <scales>

# The rows of a table, read when first asked for.
loaded <- list()
rows_of <- function(name) {
  table <- tables[[name]]
  if (is.null(table)) stop("there is no analysis table called ", name, call. = FALSE)
  if (!file.exists(file.path(folder, table$file))) stop("there is no file ", table$file, call. = FALSE)
  if (is.null(loaded[[name]])) loaded[[name]] <<- read_table(table$file, table$numbers)
  loaded[[name]]
}

# ---- Pooling one analysis ----------------------------------------------------------------------------------------

# Effects and variances of the studies. Zero cells are treated as escalc() does by default: one half is added to the
# cells of a study that has an empty one (add = 1/2, to = "only0").
effects_of <- function(studies, measure, columns) {
  measure <- if ("yi" %in% columns) "GEN" else measure # effects as reported come with their variances
  do.call(escalc, c(list(measure = measure, slab = studies$label), studies[setdiff(columns, "sei")]))
}

# Inverse variances: common effect, or random effects with tau^2 by the method's estimator. Estimates that are found
# step by step are followed as far as double precision allows (threshold). Where the steps swing from side to side
# without end they are made smaller (stepadj); where that does not settle either, the threshold is a little wider.
pool_inverse_variance <- function(effects, method, test, level) {
  attempts <- expand.grid(stepadj = c(1, 0.5, 0.25), threshold = c(1e-14, 1e-12, 1e-10, 1e-8))
  for (n in seq_len(nrow(attempts))) {
    control <- list(threshold = attempts$threshold[n], tol = attempts$threshold[n], stepadj = attempts$stepadj[n],
                    maxiter = 10000)
    fit <- try(rma.uni(yi, vi, data = effects, method = method, test = test, level = level, control = control),
               silent = TRUE)
    if (!inherits(fit, "try-error")) return(fit)
    if (!grepl("converge", fit)) break
  }
  stop(conditionMessage(attr(fit, "condition")), call. = FALSE)
}

# Mantel-Haenszel: risk ratio, odds ratio, risk difference, rate ratio, rate difference.
pool_mantel_haenszel <- function(studies, measure, level) {
  if ("ai" %in% names(studies)) {
    rma.mh(measure = measure, ai = ai, bi = bi, ci = ci, di = di, data = studies, slab = label, level = level)
  } else if ("x1i" %in% names(studies)) {
    rma.mh(measure = measure, x1i = x1i, t1i = t1i, x2i = x2i, t2i = t2i, data = studies, slab = label, level = level)
  } else {
    stop("the Mantel-Haenszel method needs counts or rates of two groups", call. = FALSE)
  }
}

# Peto's one-step odds ratio.
pool_peto <- function(studies, measure, level) {
  if (!measure %in% c("PETO", "OR")) stop("Peto's method pools odds ratios only", call. = FALSE)
  rma.peto(ai = ai, bi = bi, ci = ci, di = di, data = studies, slab = label, level = level)
}

# Mixed models of the events themselves: binomial-normal for proportions and odds ratios, Poisson-normal for rates.
pool_glmm <- function(studies, measure, test, level) {
  columns <- switch(measure,
    PLO = c("xi", "ni"), IRLN = c("xi", "ti"), OR = c("ai", "bi", "ci", "di"), IRR = c("x1i", "t1i", "x2i", "t2i"),
    stop("mixed models pool the measures PLO, OR, IRLN and IRR only", call. = FALSE))
  # More nodes and smaller steps than the default, whose estimates are exact to five digits only
  exact <- list(glmerCtrl = list(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-12, maxfun = 1e5)),
                glmCtrl = list(epsilon = 1e-14, maxit = 100))
  do.call(rma.glmm, c(list(measure = measure, test = test, level = level, nAGQ = 50, control = exact),
                      as.list(studies[columns])))
}

pool <- function(analysis, studies) {
  method <- analysis$method
  switch(method,
    MH = pool_mantel_haenszel(studies, analysis$measure, analysis$level),
    PETO = pool_peto(studies, analysis$measure, analysis$level),
    GLMM = pool_glmm(studies, analysis$measure, analysis$test, analysis$level),
    pool_inverse_variance(effects_of(studies, analysis$measure, tables[[analysis$table]]$numbers),
                          method, analysis$test, analysis$level))
}

# ---- Back to the natural scale -----------------------------------------------------------------------------------

# The double arcsine goes back at the harmonic mean of the sample sizes.
natural <- function(values, measure, studies) {
  switch(scales[[measure]],
    none = values,
    log = exp(values),
    logit = transf.ilogit(values),
    arcsine = transf.iarcsin(values),
    double_arcsine = transf.ipft.hm(values, targs = list(ni = studies$ni)),
    fisher_z = transf.ztor(values))
}

# ---- One line per analysis ---------------------------------------------------------------------------------------

summarise <- function(analysis, studies, fit) {
  glmm <- inherits(fit, "rma.glmm")
  found <- c(as.numeric(fit$beta), fit$ci.lb, fit$ci.ub)
  back <- natural(found, analysis$measure, studies)
  data.frame(
    analysis = analysis$analysis, measure = analysis$measure, method = analysis$method, k = fit$k,
    estimate = found[1], lower = found[2], upper = found[3],
    natural = back[1], natural_lower = back[2], natural_upper = back[3],
    tau2 = if (is.null(fit$tau2)) NA else fit$tau2, I2 = if (is.null(fit$I2)) NA else fit$I2,
    Q = if (glmm) fit$QE.LRT else fit$QE, Q_p = if (glmm) fit$QEp.LRT else fit$QEp, # Wald's fails with empty cells
    p = fit$pval, note = "", stringsAsFactors = FALSE)
}

not_pooled <- function(analysis, why) {
  gaps <- setNames(as.list(rep(NA_real_, 11)),
                   c("estimate", "lower", "upper", "natural", "natural_lower", "natural_upper",
                     "tau2", "I2", "Q", "Q_p", "p"))
  data.frame(analysis = analysis$analysis, measure = analysis$measure, method = analysis$method, k = 0, gaps,
             note = paste("not pooled:", why), stringsAsFactors = FALSE)
}

# What metafor warns of goes into the note; an analysis that cannot be pooled gets a note instead of numbers.
result_of <- function(analysis) {
  said <- character()
  line <- withCallingHandlers(
    tryCatch({
      studies <- rows_of(analysis$table)
      studies <- studies[studies$analysis == analysis$analysis, ]
      if (nrow(studies) == 0) stop("it has no studies", call. = FALSE)
      summarise(analysis, studies, pool(analysis, studies))
    }, error = function(problem) not_pooled(analysis, conditionMessage(problem))),
    warning = function(warned) {
      said <<- c(said, conditionMessage(warned))
      invokeRestart("muffleWarning")
    })
  line$note <- gsub("\\s+", " ", paste(c(if (nzchar(line$note)) line$note, unique(said)), collapse = "; "))
  line
}

digits <- function(x) ifelse(is.na(x), "", sprintf("%.15g", x))

print_line <- function(line) {
  if (is.na(line$estimate)) return(cat(line$analysis, ": ", line$note, "\n", sep = ""))
  cat(line$analysis, ": k=", line$k, " ", line$measure, " ", line$method,
      " estimate=", digits(line$estimate), " [", digits(line$lower), ", ", digits(line$upper), "]",
      " natural=", digits(line$natural), " [", digits(line$natural_lower), ", ", digits(line$natural_upper), "]",
      " tau2=", digits(line$tau2), " I2=", digits(line$I2), " Q=", digits(line$Q), " Q_p=", digits(line$Q_p),
      " p=", digits(line$p), if (nzchar(line$note)) paste0(" (", line$note, ")"), "\n", sep = "")
}

# ---- All analyses ------------------------------------------------------------------------------------------------

pool_everything <- function(file = NULL) {
  if (!file.exists(file.path(folder, "analyses.csv"))) {
    message("There is no analyses.csv in ", folder, ": keep this script in the folder of the dataset.")
    quit(status = 2)
  }
  analyses <- read_table("analyses.csv", c("level", "studies"))
  lines <- lapply(seq_len(nrow(analyses)), function(row) {
    line <- result_of(as.list(analyses[row, ]))
    print_line(line)
    line
  })
  flush(stdout())
  message(sum(!vapply(lines, function(line) is.na(line$estimate), NA)), " of ", length(lines), " analyses pooled.")
  results <- do.call(rbind, lines)
  if (!is.null(file) && length(lines) > 0) {
    numbers <- vapply(results, is.numeric, NA)
    results[numbers] <- lapply(results[numbers], digits)
    write.csv(results, file, row.names = FALSE, quote = which(!numbers), na = "", fileEncoding = "UTF-8")
  }
  invisible(results)
}

arguments <- commandArgs(TRUE)
results <- pool_everything(if (length(arguments) > 0) arguments[1])
