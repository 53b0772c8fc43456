"""`isotonic/nearly` from Python."""
