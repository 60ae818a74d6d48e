# Writes every reference. Run from anywhere: Rscript validation/R/all.R [NAME...]
here <- dirname(normalizePath(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)[1])))
topics <- c("effects", "models", "weighted", "glmm", "subgroups", "sensitivity", "asymmetry", "trimfill", "back")
for (name in c("common", "datasets", topics)) source(file.path(here, paste0(name, ".R")))

versions <- list(R = sub("^R version ([0-9.]+).*", "\\1", R.version.string), metafor = packageDescription("metafor")$Version,
                 metadat = packageDescription("metadat")$Version, lme4 = packageDescription("lme4")$Version)
pinned <- function(reference) {
  about <- cited(reference$dataset)
  source <- c(list(dataset = reference$dataset, package = "metadat", title = about[["title"]], citation = about[["citation"]], taken = reference$taken),
    versions, list(script = "validation/R/all.R", scripts = column(paste0("validation/R/", topics, ".R")),
                   calls = "each entry says its own call; columns are the arrays under columns, yi and vi those under models, by measure"))
  blocks <- lapply(setNames(topics, topics), function(topic) get(paste0(topic, "_of"))(reference))
  tidy(c(list(source = source, name = reference$name, table = reference$table, measures = column(reference$measures),
              columns = lapply(reference$columns, column)), blocks))
}
wanted <- commandArgs(TRUE)
for (reference in references) if (!length(wanted) || reference$name %in% wanted) {
  writeLines(json(pinned(reference)), file.path(here, "..", "references", paste0(reference$name, ".json")), useBytes = TRUE)
  cat(reference$name, "\n", file = stderr())
}
