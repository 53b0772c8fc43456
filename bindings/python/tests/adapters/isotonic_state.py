"""`isotonic/state` from Python."""
