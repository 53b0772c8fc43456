/// From ranges to the parameters of a grid.
struct RangeTarget: Sendable {
    let grid: CompiledGrid
    /// Whether the grid may be moved, by zero points.
    let hasZeros: Bool
    let form: RangeRule.ScaleForm
    /// Integers are moved by whole numbers, so that 0 stays a level.
    private let isWhole: Bool
    let lowest: Double
    let highest: Double

    /// The parameters of a group.
    struct Parameters: Equatable, BitwiseCopyable {
        var scale: Float
        var zero: Float
    }

    init(_ grid: CompiledGrid, hasZeros: Bool, _ rule: RangeRule) {
        (self.grid, self.hasZeros, form) = (grid, hasZeros, rule.scaleForm)
        isWhole = grid.grid.kind == .integer && rule.kind != .halfQuadratic
        (lowest, highest) = (Double(grid.lowest), Double(grid.highest))
    }

    /// The level that a moved grid has in its middle; else 0.
    var middle: Double { hasZeros ? (lowest + highest) / 2 : 0 }
    /// The largest magnitude of a level, from the middle.
    var reach: Double { max(highest - middle, middle - lowest) }

    /// With which the outermost levels are a range's ends, the range holding 0.
    func parameters(_ lower: Double, _ upper: Double) -> Parameters {
        guard hasZeros else {
            guard form != .real else { return .init(scale: grid.scale(below: lower, above: upper), zero: 0) }
            let magnitude = max(highest > 0 ? upper : 0, lowest < 0 ? -lower : 0)
            return .init(scale: powerOfTwo(magnitude, reach), zero: 0)
        }
        guard upper > lower, highest > lowest else { return .init(scale: 1, zero: Float(lowest)) }
        return moved(
            form == .real
                ? (upper - lower) / (highest - lowest) : Double(powerOfTwo(upper - lower, highest - lowest))
        ) { lowest - lower / $0 }
    }

    /// With a given scale; zero points put the middle of the grid at `centre`.
    func parameters(scale: Double, centre: Double) -> Parameters {
        guard scale > 0 else { return .init(scale: 1, zero: 0) }
        let formed = form == .real ? scale : Double(powerOfTwo(scale * reach, reach))
        guard hasZeros else {
            return .init(scale: CompiledGrid.usable(formed, reaching: Float(reach)), zero: 0)
        }
        return moved(formed) { middle - centre / $0 }
    }

    /// With a given scale and zero point.
    func parameters(scale: Double, zero: Double) -> Parameters {
        moved(form == .real ? scale : Double(powerOfTwo(scale * reach, reach))) { _ in zero }
    }

    private func moved(_ exact: Double, _ zero: (Double) -> Double) -> Parameters {
        let scale = CompiledGrid.usable(exact, reaching: 1)
        var place = zero(Double(scale))
        if isWhole { place = min(max(place.rounded(.toNearestOrEven), lowest), highest) }
        // Larger ones, whose difference from a level is no number, come of groups that are one value next to
        // their distance from 0.
        let limit = Float.greatestFiniteMagnitude - max(abs(grid.lowest), abs(grid.highest))
        let zero = min(max(Float(place), -limit), limit)
        let farthest = max(abs(grid.lowest - zero), abs(grid.highest - zero))
        return .init(scale: CompiledGrid.usable(Double(scale), reaching: farthest), zero: zero)
    }

    private func powerOfTwo(_ magnitude: Double, _ level: Double) -> Float {
        guard magnitude > 0, level > 0 else { return 1 }
        let exact = magnitude / level
        let exponent =
            form == .powerOfTwo
            ? magnitude.exponent - level.exponent
            : exact.exponent + (exact.significand > 1 ? 1 : 0)
        return Float(sign: .plus, exponent: Int(min(max(exponent, -126), 127)), significand: 1)
    }
}
