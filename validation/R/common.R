# What every script here needs: calls as text, tight control settings, and a small JSON writer.
suppressMessages({library(metafor); library(metadat)})

# A call is kept as the text it is run from, so that the text in a reference is what produced its numbers.
# `where` is the list of everything the text names. Warnings are kept beside the numbers.
run <- function(text, where) {
  warned <- character()
  value <- withCallingHandlers(
    eval(parse(text = text), where, globalenv()),
    warning = function(w) { warned <<- unique(c(warned, conditionMessage(w))); invokeRestart("muffleWarning") },
    message = function(m) invokeRestart("muffleMessage"))
  structure(list(call = text, value = value, warned = warned), class = "ran")
}
attempt <- function(text, where) tryCatch(run(text, where), error = function(e) list(call = text, error = conditionMessage(e)))
failed <- function(ran) !is.null(ran$error)

# Iterations are stopped relative to the spread of the effects, and the search for tau2 goes as far as it can lie:
# Q(tau2) <= sum((y - mean)^2) / tau2, so the limit of its interval is below that sum over the chi-square quantile.
spread <- function(yi, vi) {
  found <- if (length(yi) > 1) var(yi) else 0
  signif(if (isTRUE(found > 0)) found else mean(vi), 6)
}
# Where Fisher scoring goes to and fro, its steps are halved (stepadj), and only then is it stopped earlier.
efforts <- list(c(1, 1), c(1, 0.5), c(10, 0.5), c(100, 0.5), c(1e3, 0.5), c(1e4, 0.5), c(1e5, 0.5))
tight <- function(yi, vi, effort = efforts[[1]]) {
  s <- spread(yi, vi)
  sprintf("list(threshold=%.3g, tol=%.3g, maxiter=10000, tau2.max=%.6g%s)", 1e-13 * s * effort[1], 1e-16 * s, 2 * s * max(1, length(yi)),
          if (effort[2] == 1) "" else paste0(", stepadj=", effort[2]))
}
widest <- function(yi, vi, level = 95) {
  s <- spread(yi, vi); df <- max(1, length(yi) - 1)
  sprintf("list(tol=%.3g, maxiter=100000, tau2.max=%.6g)", 1e-16 * s, 2 * s * df / qchisq((1 - level / 100) / 2, df))
}

# JSON: 17 significant digits, "NA" as null, infinite numbers as text. A list without names is an array.
quoted <- function(x) {
  x <- enc2utf8(as.character(x))
  x <- gsub("([\\\\\"])", "\\\\\\1", x); x <- gsub("[[:cntrl:]]+", " ", x)
  paste0("\"", x, "\"")
}
scalar <- function(x) {
  if (is.logical(x)) return(ifelse(is.na(x), "null", tolower(as.character(x))))
  if (is.factor(x) || is.character(x)) return(ifelse(is.na(x), "null", quoted(x)))
  ifelse(is.na(x), "null", ifelse(is.infinite(x), ifelse(x > 0, "\"inf\"", "\"-inf\""), short(x)))
}
short <- function(x) vapply(x, function(each) {
  if (is.na(each) || is.infinite(each)) return("")
  brief <- sprintf("%.15g", each)
  if (identical(as.numeric(brief), as.numeric(each))) brief else sprintf("%.17g", each)
}, "", USE.NAMES = FALSE)
# Lists deeper than `broken` levels are written on one line.
json <- function(x, depth = 0, broken = 2) {
  if (is.null(x)) return("null")
  if (!is.list(x)) {
    parts <- scalar(as.vector(x))
    if (!is.null(names(x))) return(paste0("{", paste0(quoted(names(x)), ": ", parts, collapse = ", "), "}"))
    return(if (length(parts) == 1 && !inherits(x, "column")) parts else paste0("[", paste(parts, collapse = ", "), "]"))
  }
  inner <- vapply(x, json, "", depth = depth + 1, broken = broken)
  if (!is.null(names(x))) inner <- paste0(quoted(names(x)), ": ", inner)
  ends <- if (is.null(names(x))) c("[", "]") else c("{", "}")
  if (depth >= broken || !length(x)) return(paste0(ends[1], paste(inner, collapse = ", "), ends[2]))
  pad <- strrep(" ", depth + 1)
  paste0(ends[1], "\n", paste0(pad, inner, collapse = ",\n"), "\n", strrep(" ", depth), ends[2])
}
column <- function(x) structure(as.vector(x), class = "column")
tidy <- function(list) list[!vapply(list, is.null, TRUE)]

# Citation of a data set, from its help page.
pages <- tools::Rd_db("metadat")
cited <- function(dataset) {
  page <- pages[[paste0(dataset, ".Rd")]]
  tags <- vapply(page, function(part) attr(part, "Rd_tag"), "")
  text <- function(tag) {
    part <- page[tags == tag]
    if (!length(part)) return("")
    lines <- capture.output(tools::Rd2txt(list(part[[1]]), fragment = TRUE, options = list(underline_titles = FALSE, width = 10000)))
    trimws(sub("^(NA|Source):", "", gsub("\\s+", " ", gsub("_.\b|[_*](?=\\S)|(?<=\\S)[_*]", "", paste(lines, collapse = " "), perl = TRUE))))
  }
  c(title = text("\\title"), citation = text("\\source"))
}
`%||%` <- function(a, b) if (is.null(a) || !length(a)) b else a
