test_that("a rule moves what it ties together", {
  rules <- data.frame(premise = 1, conclusion = 2, weight = 2)
  leaves <- c(class = 0.6, concept = 0.2, other = 0.7)
  found <- conformal_circuit_probabilities(leaves, rules)
  worlds <- c(exp(2) * 0.4 * 0.8, exp(2) * 0.4 * 0.2, 0.6 * 0.8, exp(2) * 0.6 * 0.2)
  expected <- c(class = sum(worlds[3:4]), concept = sum(worlds[c(2, 4)])) / sum(worlds)
  expect_equal(found, c(expected, other = 0.7))
  rows <- rbind(leaves, leaves)
  expect_equal(conformal_circuit_probabilities(rows, rules), rbind(leaves = found, leaves = found))
})

test_that("never both is a rule too", {
  never <- cbind(premise = 1, conclusion = -2, weight = 50)
  found <- conformal_circuit_probabilities(c(0.5, 0.5), never)
  expect_equal(found, c(1, 1) / 3)
  mixed <- conformal_circuit_probabilities(c(0.5, 0.5), cbind(never, circuit = 2), circuits = 2,
                                           shares = c(1, 1, 2))
  expect_equal(mixed, c(1, 1) * (0.5 + 1 / 3) / 2)
})

test_that("bounds hold all between", {
  set.seed(91)
  rules <- data.frame(premise = c(1, -3, 2), conclusion = c(2, 1, -3), weight = c(1, -2, 3))
  low <- matrix(runif(12, 0, 0.4), 4)
  high <- low + matrix(runif(12, 0, 0.6), 4)
  bounds <- conformal_circuit_bounds(low, high, rules)
  found <- conformal_circuit_probabilities(low + (high - low) * runif(12), rules)
  expect_true(all(bounds$lower <= found & found <= bounds$upper))
})

test_that("bad rules are refused", {
  rule <- function(...) data.frame(premise = 1, conclusion = 2, weight = 1, ...)
  expect_error(conformal_circuit_probabilities(0.5, rule()), "conclusion",
               class = "quantcal_error_domain")
  zero <- data.frame(premise = 0, conclusion = 1, weight = 1)
  expect_error(conformal_circuit_probabilities(c(0.5, 0.5), zero), "other than 0",
               class = "quantcal_error_domain")
  expect_error(conformal_circuit_probabilities(c(0.5, 0.5), rule(circuit = 2)), "circuit",
               class = "quantcal_error_domain")
  expect_error(conformal_circuit_probabilities(c(0.5, 0.5), data.frame(premise = 1)),
               class = "quantcal_error_type")
  expect_error(conformal_circuit_bounds(c(0.1, 0.2), 0.5, rule()), class = "quantcal_error_size")
})
