# Every case of Tests/Vectors that R can run: those in double precision and those without a type, and
# for the quantizers those in single precision.

run_case <- function(case, call, single) {
  input <- lapply(case[["in"]], vector_value)
  if (any(vapply(input, identical, NA, NA_character_))) {
    skip("needs an integer that a double cannot hold")
  }
  status <- if (is.null(case$status)) "QC_OK" else case$status
  if (status != "QC_OK") {
    error <- tryCatch(call(input), error = identity)
    expect_s3_class(error, "quantcal_error")
    expect_identical(status_name(error$status), status)
    # Labels are checked by the binding, which counts them from 1.
    if (!is.null(case$message) && !grepl("^labels", case$message)) {
      expect_match(error$message, case$message, fixed = TRUE)
    }
    return(invisible())
  }
  output <- call(input)
  expect_type(output, "list")
  for (name in setdiff(names(case$out), "one_of")) {
    expect_named_output(output[[name]], case$out[[name]], case$tolerance, single, name)
  }
  if (!is.null(case$out$one_of)) {
    expect_true(output$value %in% unlist(case$out$one_of))
  }
}

run_file <- function(path) {
  file <- jsonlite::fromJSON(path, simplifyVector = FALSE)
  call <- vector_calls[[file$`function`]]
  label <- sub("[.]json$", "", basename(path))
  test_that(paste(label, "is called by R"), {
    expect_type(call, "closure")
  })
  # Functions without a type may give single precision, too.
  single <- !any(c("", "f64") %in% unlist(file$types)) || grepl("grid_levels", file$`function`)
  type <- if (single) "f32" else "f64"
  for (case in file$cases) {
    types <- if (is.null(case$types)) file$types else case$types
    if (is.null(case$tolerance)) case$tolerance <- file$tolerance
    if (any(c("", type) %in% unlist(types))) {
      test_that(paste0(label, ": ", case$name), {
        run_case(case, call, single && !file$`function` %in% double_outputs)
      })
    }
  }
}

directory <- vectors_directory()
if (is.null(directory) || !requireNamespace("jsonlite", quietly = TRUE)) {
  test_that("the shared vectors agree", {
    skip("needs jsonlite and the repository's Tests/Vectors, or QUANTCAL_VECTORS naming it")
  })
} else {
  files <- list.files(directory, "[.]json$", recursive = TRUE, full.names = TRUE)
  files <- files[basename(files) != "schema.json"]
  test_that("there are shared vectors", {
    expect_gt(length(files), 0)
  })
  for (file in files) run_file(file)
}
