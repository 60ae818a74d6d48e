# The data of every reference: a metadat data set, its columns under metafor's names, and what was taken of it.
# `taken` says in words which rows and what was made of them; `group` and `order` are for subgroups and cumulation.
arms <- c("RR", "OR", "RD", "PETO", "AS"); shares <- c("PLO", "PR", "PLN", "PAS", "PFT")
compared <- c("MD", "SMD", "SMDH", "ROM")
references <- list()
add <- function(name, dataset, table, measures, taken, columns, group = NULL, order = NULL, rows = NULL, options = FALSE) {
  data <- get(dataset, "package:metadat")
  part <- if (is.null(rows)) rep(TRUE, nrow(data)) else eval(rows, data, globalenv())
  data <- data[which(part), , drop = FALSE]
  got <- lapply(eval(columns, data, globalenv()), function(x) unname(c(x)))
  whole <- Reduce(`&`, lapply(got, Negate(is.na)))
  pick <- function(x) if (is.null(x)) NULL else as.vector(eval(x, data, globalenv()))[whole]
  references[[name]] <<- list(
    name = name, dataset = dataset, table = table, measures = measures, taken = taken, options = options,
    columns = lapply(got, function(x) x[whole]), group = pick(group), order = pick(order))
}
q <- quote

# two groups of counts
add("dat.bcg", "dat.bcg", "two_group_counts", arms, "all rows", q(list(ai = tpos, n1i = tpos + tneg, ci = cpos, n2i = cpos + cneg)), q(alloc), q(year))
add("dat.axfors2021", "dat.axfors2021", "two_group_counts", arms, "rows with both arms' events and totals; 15 rows have no event in either arm", q(list(ai = hcq_arm_event, n1i = hcq_arm_total, ci = control_arm_event, n2i = control_arm_total)), q(hcq_cq), options = TRUE)
add("dat.nielweise2007", "dat.nielweise2007", "two_group_counts", arms, "all rows", q(list(ai = ai, n1i = n1i, ci = ci, n2i = n2i)), order = q(year), options = TRUE)
add("dat.hahn2001", "dat.hahn2001", "two_group_counts", arms, "all rows; three have no event in either arm", q(list(ai = ai, n1i = n1i, ci = ci, n2i = n2i)), options = TRUE)
add("dat.li2007", "dat.li2007", "two_group_counts", arms, "all rows; ISIS-4 with 58,050 participants beside trials with fewer than 100", q(list(ai = ai, n1i = n1i, ci = ci, n2i = n2i)), order = q(year))
add("dat.collins1985a", "dat.collins1985a", "two_group_counts", arms, "deaths (d.xti, d.xci), rows where both are given", q(list(ai = d.xti, n1i = nti, ci = d.xci, n2i = nci)), q(trt), q(year), options = TRUE)
add("dat.yusuf1985", "dat.yusuf1985", "two_group_counts", arms, "table 6, rows with both counts", q(list(ai = ai, n1i = n1i, ci = ci, n2i = n2i)), rows = q(table == "6"), options = TRUE)
add("dat.fine1993", "dat.fine1993", "two_group_counts", arms, "survivors at 6 months (e1i, c1i), rows where both are given; one row where everyone survived", q(list(ai = e1i, n1i = nei, ci = c1i, n2i = nci)), options = TRUE)
add("dat.damico2009", "dat.damico2009", "two_group_counts", arms, "all rows", q(list(ai = xt, n1i = nt, ci = xc, n2i = nc)), q(ifelse(conceal == 1, "concealed", "not concealed")), q(year))
add("dat.graves2010", "dat.graves2010", "two_group_counts", arms, "all rows", q(list(ai = ai, n1i = n1i, ci = ci, n2i = n2i)))
add("dat.laopaiboon2015", "dat.laopaiboon2015", "two_group_counts", arms, "all rows", q(list(ai = ai, n1i = n1i, ci = ci, n2i = n2i)), q(age), q(year))
add("dat.viechtbauer2021", "dat.viechtbauer2021", "two_group_counts", arms, "all rows", q(list(ai = xTi, n1i = nTi, ci = xCi, n2i = nCi)))
add("dat.cannon2006", "dat.cannon2006", "two_group_counts", arms, "endpoint 1", q(list(ai = ep1t, n1i = nt, ci = ep1c, n2i = nc)), q(pop))
add("dat.lee2004", "dat.lee2004", "two_group_counts", arms, "all rows", q(list(ai = ai, n1i = n1i, ci = ci, n2i = n2i)), order = q(year))

# one group of counts
add("dat.pritz1997", "dat.pritz1997", "single_counts", shares, "all rows; in two everyone had the event", q(list(xi = xi, ni = ni)), options = TRUE)
add("dat.debruin2009", "dat.debruin2009", "single_counts", shares, "all rows", q(list(xi = xi, ni = ni)), q(ethnicity), q(year))
add("dat.pagliaro1992", "dat.pagliaro1992", "single_counts", shares, "all arms", q(list(xi = xi, ni = ni)), q(trt), options = TRUE)
add("dat.hasselblad1998", "dat.hasselblad1998", "single_counts", shares, "all arms", q(list(xi = xi, ni = ni)), q(trt), options = TRUE)
add("dat.hannum2020", "dat.hannum2020", "single_counts", shares, "all rows", q(list(xi = xi, ni = ni)), q(objectivity))
add("dat.kearon1998", "dat.kearon1998", "single_counts", shares, "sensitivity (tp of np), rows where both are given", q(list(xi = tp, ni = np)), q(patients), q(year), options = TRUE)

# rates
add("dat.hart1999", "dat.hart1999", "two_group_rates", c("IRR", "IRD"), "all rows", q(list(x1i = x1i, t1i = t1i, x2i = x2i, t2i = t2i)), q(prevtype), q(year))
add("dat.nielweise2008", "dat.nielweise2008", "two_group_rates", c("IRR", "IRD"), "all rows", q(list(x1i = x1i, t1i = t1i, x2i = x2i, t2i = t2i)), order = q(year))
add("dat.nielweise2007.rates", "dat.nielweise2007", "two_group_rates", c("IRR", "IRD"), "all rows; each catheter counted as one unit of time, to have rates with no events", q(list(x1i = ai, t1i = n1i, x2i = ci, t2i = n2i)), options = TRUE)
add("dat.hart1999.control", "dat.hart1999", "single_rates", c("IRLN", "IR"), "control groups", q(list(xi = x2i, ti = t2i)), order = q(year))
add("dat.nielweise2008.control", "dat.nielweise2008", "single_rates", c("IRLN", "IR"), "control groups", q(list(xi = x2i, ti = t2i)))
add("dat.nielweise2007.rate", "dat.nielweise2007", "single_rates", c("IRLN", "IR"), "group 1; each catheter counted as one unit of time, to have rates with no events", q(list(xi = ai, ti = n1i)), options = TRUE)

# means
add("dat.normand1999", "dat.normand1999", "two_group_means", compared, "all rows", q(list(m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i)))
add("dat.curtis1998", "dat.curtis1998", "two_group_means", compared, "all rows", q(list(m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i)), q(fungrp))
add("dat.dagostino1998", "dat.dagostino1998", "two_group_means", compared, "severity of runny nose on day 1 (rnic1)", q(list(m1i = mt, sd1i = sdt, n1i = tnt, m2i = mc, sd2i = sdc, n2i = tnc)), q(cold), rows = q(outcome == "rnic1"))
add("dat.michael2013", "dat.michael2013", "two_group_means", compared, "all rows", q(list(m1i = Brain_m, sd1i = Brain_s, n1i = Brain_n, m2i = No_brain_m, sd2i = No_brain_s, n2i = No_brain_n)), q(Medium))
add("dat.gibson2002", "dat.gibson2002", "two_group_means", compared, "rows with means and standard deviations", q(list(m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i)), q(paste("type", type)), q(year))
add("dat.senn2013", "dat.senn2013", "single_means", "MN", "all arms", q(list(mi = mi, sdi = sdi, ni = ni)), q(comment))
add("dat.normand1999.control", "dat.normand1999", "single_means", "MN", "routine care", q(list(mi = m2i, sdi = sd2i, ni = n2i)))

# correlations
add("dat.molloy2014", "dat.molloy2014", "correlations", c("ZCOR", "COR"), "all rows", q(list(ri = ri, ni = ni)), q(design), q(year))
add("dat.nakagawa2007", "dat.nakagawa2007", "correlations", c("ZCOR", "COR"), "all rows", q(list(ri = Correlation, ni = SampleSize)))
add("dat.mcdaniel1994", "dat.mcdaniel1994", "correlations", c("ZCOR", "COR"), "rows of structured interviews", q(list(ri = ri, ni = ni)), q(type), rows = q(struct == "s"))

# effects as given
add("dat.riley2003", "dat.riley2003", "effects", "HR", "overall survival; effects with variances", q(list(yi = yi, vi = vi)), rows = q(outcome == "OS"))
add("dat.riley2003.dfs", "dat.riley2003", "effects", "HR", "disease-free survival; effects with standard errors", q(list(yi = yi, sei = sei)), rows = q(outcome == "DFS"))
add("dat.pignon2000", "dat.pignon2000", "effects", "HR", "all rows; yi = OmE / V, vi = 1 / V", q(list(yi = OmE / V, vi = 1 / V)), q(paste("grp", grp)))
add("dat.hackshaw1998", "dat.hackshaw1998", "effects", "GEN", "all rows", q(list(yi = yi, vi = vi)), q(design), q(year))
add("dat.raudenbush1985", "dat.raudenbush1985", "effects", "GEN", "all rows", q(list(yi = yi, vi = vi)), q(setting), q(year))
add("dat.baskerville2012", "dat.baskerville2012", "effects", "GEN", "all rows; effects with standard errors", q(list(yi = smd, sei = se)), q(design), q(year))
add("dat.bangertdrowns2004", "dat.bangertdrowns2004", "effects", "GEN", "all rows", q(list(yi = yi, vi = vi)), q(paste("grade", grade)), q(year))

# edges: one study, two studies, no spread, weights far apart, no events, all events
add("one-study.counts", "dat.bcg", "two_group_counts", arms, "the first row only (k = 1)", q(list(ai = tpos, n1i = tpos + tneg, ci = cpos, n2i = cpos + cneg)), rows = q(trial == 1))
add("one-study.proportions", "dat.pritz1997", "single_counts", shares, "the first row only (k = 1)", q(list(xi = xi, ni = ni)), rows = q(study == 1))
add("one-study.means", "dat.normand1999", "two_group_means", compared, "the first row only (k = 1)", q(list(m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i)), rows = q(study == 1))
add("two-studies.counts", "dat.bcg", "two_group_counts", arms, "rows 4 and 7 (k = 2, far apart)", q(list(ai = tpos, n1i = tpos + tneg, ci = cpos, n2i = cpos + cneg)), rows = q(trial %in% c(4, 7)))
add("two-studies.proportions", "dat.debruin2009", "single_counts", shares, "rows 1 and 2 (k = 2)", q(list(xi = xi, ni = ni)), rows = q(seq_along(xi) <= 2))
add("two-studies.alike", "dat.cannon2006", "two_group_counts", arms, "rows 1 and 3, endpoint 1 (k = 2, tau2 = 0)", q(list(ai = ep1t, n1i = nt, ci = ep1c, n2i = nc)), rows = q(seq_along(nt) %in% c(1, 3)))
add("no-spread.counts", "dat.laopaiboon2015", "two_group_counts", arms, "rows 4, 5 and 7 to 9 (tau2 = 0 for the ratios)", q(list(ai = ai, n1i = n1i, ci = ci, n2i = n2i)), rows = q(seq_along(ai) %in% c(4, 5, 7:9)))
add("no-spread.means", "dat.dagostino1998", "two_group_means", compared, "runny nose on day 2 (rnic2), natural colds, standardised effects alike (tau2 = 0)", q(list(m1i = mt, sd1i = sdt, n1i = tnt, m2i = mc, sd2i = sdc, n2i = tnc)), rows = q(outcome == "rnic2" & cold == "natural"))
add("no-spread.effects", "dat.raudenbush1985", "effects", "GEN", "studies with more than two weeks of contact before (tau2 = 0)", q(list(yi = yi, vi = vi)), rows = q(weeks > 2))
add("identical.effects", "dat.raudenbush1985", "effects", "GEN", "the first row three times: no spread at all", q(list(yi = rep(yi, 3), vi = rep(vi, 3))), rows = q(study == 1))
add("weights-huge.means", "dat.normand1999", "two_group_means", "MD", "lengths of stay in centuries instead of days: variances of 1e-8", q(list(m1i = m1i / 36525, sd1i = sd1i / 36525, n1i = n1i, m2i = m2i / 36525, sd2i = sd2i / 36525, n2i = n2i)))
add("weights-tiny.means", "dat.normand1999", "two_group_means", c("MD", "SMD", "ROM"), "lengths of stay in milliseconds instead of days: variances of 1e17", q(list(m1i = m1i * 86400000, sd1i = sd1i * 86400000, n1i = n1i, m2i = m2i * 86400000, sd2i = sd2i * 86400000, n2i = n2i)))
add("weights-apart.effects", "dat.bangertdrowns2004", "effects", "GEN", "rows 1 to 12; variances of every second row divided by a million", q(list(yi = yi, vi = vi / ifelse(seq_along(yi) %% 2 == 0, 1e6, 1))), rows = q(seq_along(yi) <= 12))
add("weights-apart.counts", "dat.li2007", "two_group_counts", arms, "the smallest trial, two small ones and ISIS-4", q(list(ai = ai, n1i = n1i, ci = ci, n2i = n2i)), rows = q(n1i + n2i < 77 | n1i > 20000))
add("no-events.counts", "dat.axfors2021", "two_group_counts", arms, "only the rows without any event", q(list(ai = hcq_arm_event, n1i = hcq_arm_total, ci = control_arm_event, n2i = control_arm_total)), rows = q(hcq_arm_event == 0 & control_arm_event == 0), options = TRUE)
add("no-events.proportions", "dat.axfors2021", "single_counts", shares, "control groups without any event", q(list(xi = control_arm_event, ni = control_arm_total)), rows = q(hcq_arm_event == 0 & control_arm_event == 0), options = TRUE)
add("all-events.proportions", "dat.pritz1997", "single_counts", shares, "the two rows where everyone had the event", q(list(xi = xi, ni = ni)), rows = q(xi == ni), options = TRUE)
add("all-events.counts", "dat.axfors2021", "two_group_counts", arms, "survivors (totals minus deaths) of the rows without any death", q(list(ai = hcq_arm_total - hcq_arm_event, n1i = hcq_arm_total, ci = control_arm_total - control_arm_event, n2i = control_arm_total)), rows = q(hcq_arm_event == 0 & control_arm_event == 0), options = TRUE)
