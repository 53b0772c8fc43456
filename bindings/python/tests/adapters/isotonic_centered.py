"""`isotonic/centered` from Python."""
