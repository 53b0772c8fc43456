# conformal/calibrator from R.

empty_calibrator <- function(case) {
  weighted <- if (is.null(case$weighted)) !is.null(case$weights) else case$weighted == 1
  call_with(conformal_calibrator, groups = case$group_count, weighted = weighted,
            last_group = case$last_group)
}

# Groups from 1, and NA for none.
groups_from_1 <- function(groups) {
  if (!is.null(groups)) ifelse(groups == -1, NA_real_, groups + 1)
}

# Calls `use` with the points between one cut and the next.
for_each_calibration_part <- function(case, use) {
  bounds <- c(0, case$cuts, length(case$scores))
  for (part in seq_along(bounds)[-1]) {
    points <- seq_len(bounds[part] - bounds[part - 1]) + bounds[part - 1]
    use(as.numeric(case$scores[points]),
        if (!is.null(case$weights)) as.numeric(case$weights[points]),
        groups_from_1(if (!is.null(case$groups)) case$groups[points]))
  }
}

filled_calibrator <- function(case) {
  calibrator <- empty_calibrator(case)
  for_each_calibration_part(case, function(scores, weights, groups) {
    update(calibrator, scores, weights, groups)
  })
  calibrator
}

calibrator_seen <- function(calibrator) {
  list(counts = conformal_calibrator_counts(calibrator),
       thresholds = conformal_calibrator_thresholds(calibrator, c(0.1, 0.3, 0.5)))
}

calibrator_of_case <- function(case) calibrator_seen(filled_calibrator(case))

vector_calls <- c(vector_calls, list(
  qc_conformal_calibrator_options_init = function(case) {
    list(
      group_count = default(conformal_calibrator, "groups"),
      weighted = as.numeric(default(conformal_calibrator, "weighted")),
      last_group = default(conformal_calibrator, "last_group")
    )
  },
  qc_conformal_p_value_options_init = function(case) {
    list(
      tail = default(conformal_calibrator_p_values, "tail"),
      randomised = as.numeric(default(conformal_calibrator_p_values, "randomised")),
      seed = default(conformal_calibrator_p_values, "seed"),
      first_point = default(conformal_calibrator_p_values, "first_point")
    )
  },
  qc_conformal_calibrator_create = calibrator_of_case,
  qc_conformal_calibrator_destroy = calibrator_of_case,
  qc_conformal_calibrator_update = calibrator_of_case,
  qc_conformal_calibrator_counts = calibrator_of_case,
  qc_conformal_calibrator_merge = function(case) {
    calibrators <- list()
    for_each_calibration_part(case, function(scores, weights, groups) {
      calibrators <<- c(calibrators, list(update(empty_calibrator(case), scores, weights, groups)))
    })
    while (length(calibrators) > 1) {
      at <- if (identical(case$fold, "right")) length(calibrators) - 1 else 1
      merge(calibrators[[at]], calibrators[[at + 1]])
      calibrators <- calibrators[-(at + 1)]
    }
    calibrator_seen(calibrators[[1]])
  },
  qc_conformal_calibrator_thresholds = function(case) {
    list(thresholds = conformal_calibrator_thresholds(
      filled_calibrator(case), as.numeric(case$alphas)
    ))
  },
  qc_conformal_calibrator_point_thresholds = function(case) {
    list(thresholds = call_with(
      conformal_calibrator_point_thresholds,
      calibrator = filled_calibrator(case), alpha = case$alpha, test_weights = case$test_weights,
      groups = groups_from_1(case$test_groups), m = case$m
    ))
  },
  qc_conformal_calibrator_p_values = function(case) {
    list(p_values = call_with(
      conformal_calibrator_p_values,
      calibrator = filled_calibrator(case), scores = as.numeric(case$test_scores),
      test_weights = case$test_weights, groups = groups_from_1(case$test_groups),
      tail = case$tail, randomised = if (!is.null(case$randomised)) case$randomised == 1,
      seed = case$seed, first_point = case$first_point
    ))
  },
  qc_conformal_calibrator_serialize = function(case) {
    list(bytes = as.integer(conformal_calibrator_serialize(filled_calibrator(case))))
  },
  qc_conformal_calibrator_deserialize = function(case) {
    calibrator_seen(conformal_calibrator_deserialize(as.raw(case$bytes)))
  }
))
