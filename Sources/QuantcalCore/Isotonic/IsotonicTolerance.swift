/// By how much rounding may make the points of a cell seem too high (see `IsotonicElimination`).
struct IsotonicTolerance {
    /// For the path through the cell, for each unit of its weight.
    let grain: Double
    /// For what leads to the cell.
    let drift: Double

    @inline(__always) func of(_ weight: Double) -> Double { grain * weight + drift }
}
