"""`isotonic/order` from Python."""
