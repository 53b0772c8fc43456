# isotonic/order from R.

vector_calls <- c(vector_calls, list(
))
