# Finds and recomputes the test statistics of the texts in a folder (one file each) with statcheck.
# Prints processor seconds, elapsed seconds and the version; writes what it found, tab-separated, to the second argument.
arguments <- commandArgs(trailingOnly = TRUE)
suppressPackageStartupMessages(library(statcheck))
files <- sort(list.files(arguments[1], full.names = TRUE))
texts <- vapply(files, function(file) readChar(file, file.size(file), useBytes = TRUE), "")
Encoding(texts) <- "UTF-8"
names(texts) <- tools::file_path_sans_ext(basename(files))
warm <- statcheck("t(28) = 2.20, p = .036, F(1, 28) = 8.24, p = .008", messages = FALSE)
start <- proc.time()
found <- statcheck(texts, messages = FALSE)
took <- proc.time() - start
printed <- function(column) ifelse(is.na(column), "", format(column, digits = 15, trim = TRUE, scientific = FALSE))
one_by_one <- function(column) vapply(column, printed, "")
kept <- data.frame(
  source = found$source, type = found$test_type, df1 = one_by_one(found$df1), df2 = one_by_one(found$df2),
  value = one_by_one(found$test_value), p = one_by_one(found$reported_p), error = found$error, raw = found$raw
)
write.table(kept, arguments[2], sep = "\t", quote = FALSE, row.names = FALSE, fileEncoding = "UTF-8")
cat(sprintf("%.6f %.6f %s\n", took[["user.self"]] + took[["sys.self"]], took[["elapsed"]], packageVersion("statcheck")))
