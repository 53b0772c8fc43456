library(testthat)
library(quantcal)

test_check("quantcal")
