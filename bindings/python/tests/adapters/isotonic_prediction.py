"""`isotonic/prediction` from Python."""
