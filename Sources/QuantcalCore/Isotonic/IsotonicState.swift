/// A partial isotonic fit of a range of x: it takes points in the order of x, and merges with the state
/// of the range that follows. What it gives is the fit of all points at once.
///
/// Several calls may read a state at once; one that changes it must be alone.
public final class IsotonicState {
    public typealias Direction = IsotonicRegression.Direction

    public enum Loss: Equatable, Sendable {
        case squared
        case quantile(level: Double)
    }

    /// Which fit, where the quantile loss has several that are optimal.
    public enum Solution: Int32, CaseIterable, Sendable {
        /// The lower.
        case standard = 0
        case lower = 1
        case upper = 2
    }

    public struct Options: Equatable, Sendable {
        public let loss: Loss
        public let direction: Direction
        public let isUpper: Bool

        public init(
            loss: Loss = .squared, direction: Direction = .increasing, solution: Solution = .standard
        ) throws(QuantcalError) {
            (self.loss, self.direction) = (loss, direction)
            guard case .quantile(let level) = loss else {
                // There is one solution only.
                isUpper = false
                return
            }
            guard level > 0, level < 1 else {
                throw QuantcalError(.options, "level is \(level); level must be above 0 and below 1")
            }
            isUpper = solution == .upper
        }
    }

    enum Content {
        case squared(IsotonicChain<IsotonicSquaredLoss>)
        case quantile(IsotonicChain<IsotonicQuantileLoss>)
    }

    public let options: Options
    private(set) var content: Content
    /// The largest magnitudes of the values and weights so far.
    private(set) var largestValue: Double
    private(set) var largestWeight: Double
    private var totalWeight: Double

    /// A state of no points.
    public convenience init(_ options: Options) { self.init(options, (0, 0, 0)) { $0 } }

    /// A state with the given largest value, largest weight and total weight, its content made of that of
    /// an empty one.
    init<Failure>(
        _ options: Options, _ sizes: (Double, Double, Double),
        _ fill: (Content) throws(Failure) -> Content
    ) throws(Failure) {
        self.options = options
        (largestValue, largestWeight, totalWeight) = sizes
        content = try fill(Self.emptyContent(options, IsotonicSquaredLoss.Scale(sizes.0, sizes.1)))
    }

    private static func emptyContent(_ options: Options, _ scale: IsotonicSquaredLoss.Scale) -> Content {
        let isDecreasing = options.direction == .decreasing
        switch options.loss {
        case .squared:
            return .squared(IsotonicChain(IsotonicSquaredLoss(isDecreasing: isDecreasing, scale: scale)))
        case .quantile(let level):
            return .quantile(
                IsotonicChain(
                    IsotonicQuantileLoss(isDecreasing: isDecreasing, level: level, isUpper: options.isUpper)))
        }
    }

    public func copy() throws(QuantcalError) -> IsotonicState {
        try IsotonicState(options, (largestValue, largestWeight, totalWeight)) {
            _ throws(QuantcalError) in
            switch content {
            case .squared(let chain): .squared(try chain.copy())
            case .quantile(let chain): .quantile(try chain.copy())
            }
        }
    }

    /// The first and the last x; nil if there are no points.
    var range: ClosedRange<Double>? {
        switch content {
        case .squared(let chain): chain.range
        case .quantile(let chain): chain.range
        }
    }

    /// Continues with the points of `other`, whose x are not below the last one here.
    public func merge(_ other: IsotonicState) throws(QuantcalError) {
        guard other !== self else { throw QuantcalError(.alias, "state and other are the same") }
        guard other.options == options else {
            throw QuantcalError(.domain, "other was made with other options than state")
        }
        if let last = range?.upperBound, let first = other.range?.lowerBound, first < last {
            throw QuantcalError(
                .domain,
                "the first x of other is \(first); it must not be below \(last), the last x of state")
        }
        try merge(other, "other")
    }

    /// `name` is the argument that brings the weights.
    func merge(_ other: IsotonicState, _ name: String) throws(QuantcalError) {
        let total = totalWeight + other.totalWeight
        guard total.isFinite else {
            throw QuantcalError(
                .domain, "with \(name), the sum of all weights is \(total); it must be finite")
        }
        let (value, weight) = (
            max(largestValue, other.largestValue), max(largestWeight, other.largestWeight)
        )
        switch (content, other.content) {
        case (.squared(let chain), .squared(let next)):
            let scale = IsotonicSquaredLoss.Scale(value, weight)
            // A copy if the scale is new: until all has succeeded, nothing changes.
            let joint = try chain.inUnits(of: scale)
            try joint.merge(next.inUnits(of: scale))
            content = .squared(joint)
        case (.quantile(let chain), .quantile(let next)): try chain.merge(next)
        default: preconditionFailure("states of the same options have the same content")
        }
        (largestValue, largestWeight, totalWeight) = (value, weight, total)
    }
}

extension IsotonicChain {
    /// The first and the last key.
    var range: ClosedRange<Double>? {
        blocks.count == 0 ? nil : blocks.start[0].first...blocks.start[blocks.count - 1].last
    }
}

extension IsotonicChain where Loss == IsotonicSquaredLoss {
    /// The same chain if it is in units of the scale, else a copy that is.
    func inUnits(of scale: IsotonicSquaredLoss.Scale) throws(QuantcalError) -> IsotonicChain {
        guard loss.scale != scale else { return self }
        let chain = IsotonicChain(IsotonicSquaredLoss(isDecreasing: loss.isDecreasing, scale: scale))
        try chain.reserve(blocks: blocks.count, members: 0)
        for block in blocks.elements { chain.add(block.rescaled(from: loss.scale, to: scale)) }
        return chain
    }
}
