# Effect sizes and variances, by metafor's escalc: every measure, every option of empty cells. Run: Rscript effects.R > effects.csv
# One line per study; the lines of one "set" are one analysis. in1.. are the columns that are named, in their order.
# Last come standard errors from intervals and P values, as metafor's conv.wald (of later versions) defines them.
suppressMessages(library(metafor))
set.seed(20261121)
options(warn = -1)
sets <- list(
  single_counts = list(
    zeros = data.frame(xi = c(0, 0, 3, 12, 5, 1, 0, 250, NA, 4), ni = c(1, 40, 17, 12, 5, 1, 9999, 251, 30, NA)),
    full = data.frame(xi = c(3, 22, 41, 7, 118), ni = c(17, 52, 83, 60, 119)),
    huge = data.frame(xi = c(5, 123456, 499999, 2e6), ni = c(1e6, 1e6, 1e6, 3e6 + 1)),
    random = {n <- sample(2:300, 25, TRUE); data.frame(xi = rbinom(25, n, rbeta(25, 1, 1)), ni = n)}),
  two_group_counts = list(
    zeros = data.frame(ai = c(0, 5, 0, 8, 10, 12, 1, 0, 3, NA, 4), n1i = c(12, 20, 15, 8, 10, 30, 1, 1, 100, 12, 20),
                       ci = c(4, 0, 0, 3, 9, 14, 0, 2, 7, 3, 0), n2i = c(14, 22, 16, 11, 9, 14, 1, 2, 90, 15, NA)),
    full = data.frame(ai = c(4, 6, 3, 62, 33), n1i = c(123, 306, 231, 13598, 5069), ci = c(11, 29, 11, 248, 47), n2i = c(139, 303, 220, 12867, 5808)),
    huge = data.frame(ai = c(5, 123456, 400000), n1i = c(1e6, 1e6, 1e6), ci = c(9, 120000, 1), n2i = c(1e6, 9e5, 7)),
    random = {n1 <- sample(3:200, 25, TRUE); n2 <- sample(3:200, 25, TRUE)
      data.frame(ai = rbinom(25, n1, rbeta(25, 1, 1)), n1i = n1, ci = rbinom(25, n2, rbeta(25, 1, 1)), n2i = n2)}),
  single_rates = list(
    zeros = data.frame(xi = c(0, 3, 0, 250, 1, NA, 4), ti = c(12.5, 843.5, 1e5, 0.75, 1, 20, NA)),
    full = data.frame(xi = c(12, 5, 30), ti = c(843.5, 100.1, 77)),
    random = data.frame(xi = rpois(15, 20) + 1, ti = round(runif(15, 5, 900), 1))),
  two_group_rates = list(
    zeros = data.frame(x1i = c(0, 5, 0, 250, 1, NA, 4), t1i = c(12.5, 843.5, 1e5, 0.75, 1, 20, NA),
                       x2i = c(3, 0, 0, 120, 1, 2, 6), t2i = c(13, 800, 9e4, 0.5, 2, 30, 40)),
    full = data.frame(x1i = c(12, 5, 30), t1i = c(843.5, 100.1, 77), x2i = c(20, 4, 1), t2i = c(803.5, 90.3, 60)),
    random = data.frame(x1i = rpois(15, 20) + 1, t1i = round(runif(15, 5, 900), 1), x2i = rpois(15, 9) + 1, t2i = round(runif(15, 5, 900), 1))),
  single_means = list(means = data.frame(mi = c(58.5, 0, -3.2, 1e6, 2, NA), sdi = c(9.1, 1, 0.001, 12, NA, 1), ni = c(52, 1, 2, 1e6, 9, 9))),
  two_group_means = list(
    means = data.frame(m1i = c(58.5, 3, -2, 2, 1e4, 5, 7, 1, 4, NA, 4), sd1i = c(9.1, 1, 0.5, 1.2, 30, 1, 2, 0.3, 1, 1, NA), n1i = c(52, 2, 10, 3, 400, 1, 1, 2, 1, 9, 9),
                       m2i = c(55.1, 2, -3, -1, 9e3, 4, 5, 1, 3, 4, 3), sd2i = c(8.7, 2, 0.6, 1.1, 50, 1, 2, 0.9, 2, 1, 1), n2i = c(49, 2, 12, 3, 350, 2, 9, 2, 1, 9, 9)),
    huge = data.frame(m1i = c(1.5, 1.5, 1.5), sd1i = c(1.1, 1.1, 1.1), n1i = c(2000, 1e5, 1e6), m2i = c(1.4, 1.4, 1.4), sd2i = c(1, 1, 1), n2i = c(2100, 9e4, 1e6)),
    random = data.frame(m1i = runif(25, 2, 20), sd1i = runif(25, 0.5, 4), n1i = sample(2:150, 25, TRUE), m2i = runif(25, 2, 20), sd2i = runif(25, 0.5, 4), n2i = sample(2:150, 25, TRUE))),
  correlations = list(
    few = data.frame(ri = c(0.42, -0.9, 0.5, 0.1, 0, 1, -1, 0.999, NA, 0.3), ni = c(52, 4, 3, 2, 10, 20, 30, 1e6, 20, NA)),
    random = data.frame(ri = round(runif(20, -0.99, 0.99), 2), ni = sample(4:500, 20, TRUE))))
measures <- list(single_counts = c("PR", "PLN", "PLO", "PAS", "PFT"), two_group_counts = c("RR", "OR", "RD", "PETO", "AS"),
  single_rates = c("IR", "IRLN"), two_group_rates = c("IRR", "IRD"), single_means = "MN", two_group_means = c("MD", "SMD", "SMDH", "ROM"),
  correlations = c("COR", "ZCOR"))
show <- function(x) ifelse(is.na(x), "NA", sub("\\.0+e", "e", sprintf("%.17g", x)))
cat(sprintf("# %s; metafor %s; Rscript effects.R > effects.csv\n", R.version.string, packageVersion("metafor")))
cat("set,measure,add,to,drop00,columns,in1,in2,in3,in4,in5,in6,yi,vi\n")
emit <- function(set, measure, add, to, drop00, data, yi, vi) {
  given <- sapply(1:6, function(i) if (i <= ncol(data)) show(data[[i]]) else rep("", nrow(data)))
  given <- matrix(given, nrow(data))
  cat(paste(set, measure, add, to, drop00, paste(names(data), collapse = " "), apply(given, 1, paste, collapse = ","), show(yi), show(vi), sep = ","), sep = "\n")
}
for (design in names(measures)) for (measure in measures[[design]]) for (set in names(sets[[design]])) {
  data <- sets[[design]][[set]]
  for (to in c("only0", "all", "if0all", "none")) for (drop00 in c(FALSE, TRUE)) for (add in c("usual", "0.1")) {
    if (set == "random" && (to != "only0" || drop00 || add != "usual")) next
    call <- c(list(measure = measure, to = to, drop00 = drop00), as.list(data), if (add != "usual") list(add = as.numeric(add)))
    one <- do.call(escalc, call)
    emit(set, measure, add, to, drop00, data, c(one$yi), c(one$vi))
  }
}
scales <- list(none = identity, log = log, logit = qlogis, arcsine = function(p) asin(sqrt(p)), fisher_z = atanh)
for (scale in names(scales)) {
  k <- 12; level <- rep(c(95, 90, 99), 4); points <- apply(matrix(round(runif(3 * k, 0.02, 0.97), 4), 3), 2, sort)
  data <- data.frame(estimate = points[2, ], lower = points[1, ], upper = points[3, ], level = level)
  on <- lapply(data[1:3], scales[[scale]])
  emit(scale, "from_interval", "", "", "", data, on$estimate, ((on$upper - on$lower) / (2 * qnorm(1 - (100 - level) / 200)))^2)
  if (scale %in% c("none", "log", "fisher_z")) {
    data <- data.frame(estimate = points[2, ], p = signif(runif(k)^4, 3))
    emit(scale, "from_p", "", "", "", data, scales[[scale]](data$estimate), (scales[[scale]](data$estimate) / qnorm(data$p / 2, lower.tail = FALSE))^2)
  }
}
