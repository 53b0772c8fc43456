/* What the two types of a softmax kernel define each for itself. */
#undef REAL
#undef LANES
#undef TILE
#undef COLUMN
#undef EXPONENTIAL
#undef SELECT
#undef WIDEN
#undef WIDEN_MASK
#undef NARROW
