"""How rows are measured and reported. Which rows there are is in rows/."""
