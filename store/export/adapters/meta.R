# Pools the analyses of this dataset with the R package meta (6.0 or later).
#
#   Rscript meta.R                 prints one line per analysis
#   Rscript meta.R results.csv     writes the same numbers to a file as well
#
# It reads meta-analyses.csv (one row per analysis: the function of meta, and its arguments) and the tables meta-*.csv
# that lie in its own folder. The column subgroup holds the design of each study; add subgroup = studies$subgroup to a
# call below to compare designs.

suppressPackageStartupMessages({
  if (!requireNamespace("meta", quietly = TRUE)) {
    message("This script needs the R package meta. Get it with install.packages(\"meta\").")
    quit(status = 2)
  }
  library(meta)
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
texts <- c("analysis", "title", "file", "fun", "sm", "method", "model", "method.tau", "method.random.ci",
           "adhoc.hakn.ci", "studlab", "subgroup", "study")
guard <- "^'(?='*[=+@\\t\\r\\n\uff1d\uff0b\uff0d\uff20-])"
read_table <- function(file) {
  path <- file.path(folder, file)
  header <- names(read.csv(path, nrows = 1, check.names = FALSE, encoding = "UTF-8"))
  types <- ifelse(header %in% texts, "character", "numeric")
  data <- read.csv(path, na.strings = "", colClasses = types, check.names = FALSE, encoding = "UTF-8")
  own <- intersect(header, texts)
  data[own] <- lapply(data[own], function(text) sub(guard, "", text, perl = TRUE))
  data
}

# ---- Pooling one analysis ----------------------------------------------------------------------------------------

# The arguments that meta's functions have in common. Zero cells are treated as meta does by default: one half is added
# to the cells of a study that has an empty one. For Mantel-Haenszel the cells stay as they are (MH.exact).
arguments_of <- function(analysis, studies) {
  given <- list(studlab = studies$studlab, sm = if (is.na(analysis$sm)) "" else analysis$sm,
                level.ma = analysis$level / 100, level = analysis$level / 100,
                common = analysis$model == "common", random = analysis$model == "random")
  if (!is.na(analysis$method.tau)) given$method.tau <- analysis$method.tau
  if (analysis$model == "random") given$method.random.ci <- analysis$method.random.ci
  if (!is.na(analysis$adhoc.hakn.ci)) given$adhoc.hakn.ci <- analysis$adhoc.hakn.ci
  given
}

pool <- function(analysis, studies) {
  shared <- arguments_of(analysis, studies)
  method <- list(method = analysis$method)
  exact <- if (analysis$method == "MH") list(MH.exact = TRUE)
  switch(analysis$fun,
    metaprop = do.call(metaprop, c(studies[c("event", "n")], method, shared)),
    metabin = do.call(metabin, c(studies[c("event.e", "n.e", "event.c", "n.c")], method, exact, shared)),
    metarate = do.call(metarate, c(studies[c("event", "time")], method, shared)),
    metainc = do.call(metainc, c(studies[c("event.e", "time.e", "event.c", "time.c")], method, shared)),
    metamean = do.call(metamean, c(studies[c("n", "mean", "sd")], shared)),
    # Hedges' g with the exact correction; for other measures the argument is without effect
    metacont = do.call(metacont, c(studies[c("n.e", "mean.e", "sd.e", "n.c", "mean.c", "sd.c")],
                                   if (shared$sm == "SMD") list(method.smd = "Hedges", exact.smd = TRUE), shared)),
    metacor = do.call(metacor, c(studies[c("cor", "n")], shared)),
    metagen = do.call(metagen, c(studies[c("TE", "seTE")], shared)),
    stop("no such function: ", analysis$fun))
}

# ---- One line per analysis ---------------------------------------------------------------------------------------

first <- function(value) if (length(value) == 0) NA_real_ else as.numeric(value)[1]

summarise <- function(analysis, fit) {
  part <- function(name) first(fit[[paste0(name, ".", analysis$model)]])
  data.frame(analysis = analysis$analysis, sm = analysis$sm, method = analysis$method, model = analysis$model,
             k = first(fit$k), estimate = part("TE"), lower = part("lower"), upper = part("upper"),
             tau2 = first(fit$tau2), I2 = 100 * first(fit$I2), Q = first(fit$Q), Q_p = first(fit$pval.Q),
             note = "", stringsAsFactors = FALSE)
}

not_pooled <- function(analysis, why) {
  data.frame(analysis = analysis$analysis, sm = analysis$sm, method = analysis$method, model = analysis$model,
             k = 0, estimate = NA_real_, lower = NA_real_, upper = NA_real_, tau2 = NA_real_, I2 = NA_real_,
             Q = NA_real_, Q_p = NA_real_, note = paste("not pooled:", why), stringsAsFactors = FALSE)
}

result_of <- function(analysis) {
  tryCatch({
    studies <- read_table(analysis$file)
    summarise(analysis, pool(analysis, studies[studies$analysis == analysis$analysis, ]))
  }, error = function(problem) not_pooled(analysis, conditionMessage(problem)))
}

digits <- function(x) ifelse(is.na(x), "", sprintf("%.15g", x))

print_line <- function(line) {
  if (is.na(line$estimate)) return(cat(line$analysis, ": ", line$note, "\n", sep = ""))
  cat(line$analysis, ": k=", line$k, " ", line$sm, " ", line$method, " ", line$model,
      " estimate=", digits(line$estimate), " [", digits(line$lower), ", ", digits(line$upper), "]",
      " tau2=", digits(line$tau2), " I2=", digits(line$I2), " Q=", digits(line$Q), " Q_p=", digits(line$Q_p),
      "\n", sep = "")
}

# ---- All analyses ------------------------------------------------------------------------------------------------

pool_everything <- function(file = NULL) {
  analyses <- read_table("meta-analyses.csv")
  lines <- lapply(seq_len(nrow(analyses)), function(row) {
    line <- result_of(as.list(analyses[row, ]))
    print_line(line)
    line
  })
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
