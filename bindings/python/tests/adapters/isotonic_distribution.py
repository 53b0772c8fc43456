"""`isotonic/distribution` from Python."""
