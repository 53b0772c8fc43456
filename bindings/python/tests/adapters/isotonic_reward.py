"""`isotonic/reward` from Python."""
