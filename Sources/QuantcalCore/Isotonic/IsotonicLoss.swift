import Glibc

/// A differentiable convex loss, as the splitting engine sees it: through its slope at d = x - y, for a fitted
/// value x, and that slope's own slope.
protocol IsotonicLoss {
    func slope(_ d: Lanes) -> Lanes

    /// The slope's derivative, from the left where it jumps. Where it is infinite, that at a distance of
    /// `resolution`.
    func curvature(_ d: Lanes, resolution: Double) -> Lanes

    /// Whether one value only is best for a set of points.
    var isStrictlyConvex: Bool { get }

    /// The loss in units in which slopes stay in the range of numbers where |d| <= width.
    func scaled(toWidth width: Double) -> Self
}

extension IsotonicLoss {
    var isStrictlyConvex: Bool { true }
    func scaled(toWidth width: Double) -> Self { self }
}

/// Half of level * d^2 for points above the fit, and of (1 - level) * d^2 for points below.
struct ExpectileLoss: IsotonicLoss {
    private let above: Double
    private let below: Double

    init(level: Double) { (above, below) = (max(level, 0x1p-300), 1 - level) }

    @inline(__always) func slope(_ d: Lanes) -> Lanes { d * curvature(d, resolution: 0) }

    @inline(__always) func curvature(_ d: Lanes, resolution: Double) -> Lanes {
        Lanes(repeating: above).replacing(with: below, where: d .> 0)
    }
}

/// Half of d^2 / threshold up to the threshold, and linear beyond.
struct HuberLoss: IsotonicLoss {
    private let threshold: Double
    private let steepness: Double

    /// No residual reaches the largest threshold, and hardly any is below the least.
    init(threshold: Double) {
        self.threshold = min(max(threshold, 0x1p-900), 0x1p303)
        steepness = 1 / self.threshold
    }

    var isStrictlyConvex: Bool { false }

    @inline(__always) func slope(_ d: Lanes) -> Lanes {
        (d * steepness).clamped(lowerBound: Lanes(repeating: -1), upperBound: Lanes(repeating: 1))
    }

    @inline(__always) func curvature(_ d: Lanes, resolution: Double) -> Lanes {
        // A point that rounding put just beyond the end of its parabola is at its end.
        let left = d - 4 * (resolution + 0x1p-52 * threshold)
        return Lanes(repeating: steepness).replacing(
            with: 0, where: (left .<= -threshold) .| (left .> threshold))
    }
}

/// |d / width|^power, but for a factor.
struct PowerLoss: IsotonicLoss {
    private let power: Double
    private var unit = 1.0

    init(power: Double) { self.power = power }

    func scaled(toWidth width: Double) -> PowerLoss {
        var loss = self
        loss.unit = 1 / width
        return loss
    }

    func slope(_ d: Lanes) -> Lanes {
        var result = d * unit
        for lane in 0..<8 {
            let size = pow(abs(result[lane]), power - 1)
            result[lane] = result[lane] < 0 ? -size : size
        }
        return result
    }

    func curvature(_ d: Lanes, resolution: Double) -> Lanes {
        var result = d.magnitude
        if power < 2 { result.replace(with: resolution, where: result .< resolution) }
        result *= unit
        for lane in 0..<8 { result[lane] = pow(result[lane], power - 2) * (power - 1) * unit }
        return result
    }
}
