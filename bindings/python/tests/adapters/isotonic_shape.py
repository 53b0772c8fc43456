"""`isotonic/shape` from Python."""
