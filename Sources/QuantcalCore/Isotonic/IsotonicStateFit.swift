/// The fit of a state: blocks of neighbouring x that share a value.
public struct IsotonicStateFit: ~Copyable {
    struct Block: BitwiseCopyable {
        var first: Double
        var last: Double
        var value: Double
        var weight: Double
    }

    /// Where blocks are written; each pointer may be nil.
    public struct Output {
        let first: UnsafeMutablePointer<Double>?
        let last: UnsafeMutablePointer<Double>?
        let values: UnsafeMutablePointer<Double>?
        let weights: UnsafeMutablePointer<Double>?

        public init(
            first: UnsafeMutablePointer<Double>?, last: UnsafeMutablePointer<Double>?,
            values: UnsafeMutablePointer<Double>?, weights: UnsafeMutablePointer<Double>?
        ) {
            (self.first, self.last, self.values, self.weights) = (first, last, values, weights)
        }
    }

    private let memory: Scratch<Block>
    public let count: Int

    private var blocks: UnsafeBufferPointer<Block> {
        UnsafeBufferPointer(rebasing: memory.buffer[..<count])
    }

    /// `bound` is the largest magnitude of the values.
    fileprivate init<Loss: IsotonicChainLoss>(
        _ chain: borrowing IsotonicChain<Loss>, _ direction: IsotonicRegression.Direction, bound: Double
    ) throws(QuantcalError) {
        memory = try Scratch<Block>(chain.blocks.count)
        var count = 0
        var members = chain.members.start
        for block in chain.blocks.elements {
            let one = Block(
                first: block.first, last: block.last,
                // No mean is beyond all values, but for rounding.
                value: min(max(chain.loss.value(block), -bound), bound),
                weight: chain.loss.weight(block, members))
            members += block.memberCount
            // Means that differ by less than a double can say are one.
            if count > 0, !direction.allows(memory.buffer[count - 1].value, one.value) {
                memory.buffer[count - 1].last = one.last
                memory.buffer[count - 1].weight += one.weight
            } else {
                memory.buffer[count] = one
                count += 1
            }
        }
        self.count = count
    }

    public func write(_ output: Output) {
        for (index, block) in blocks.enumerated() {
            output.first?[index] = block.first
            output.last?[index] = block.last
            output.values?[index] = block.value
            output.weights?[index] = block.weight
        }
    }

    /// Points that interpolation joins: both ends of every block, or its only x.
    public var knotCount: Int { blocks.reduce(0) { $0 + ($1.first == $1.last ? 1 : 2) } }

    /// Knots with their values; each pointer may be nil.
    public func writeKnots(x: UnsafeMutablePointer<Double>?, y: UnsafeMutablePointer<Double>?) {
        var knot = 0
        for block in blocks {
            for key in block.first == block.last ? [block.first] : [block.first, block.last] {
                x?[knot] = key
                y?[knot] = block.value
                knot += 1
            }
        }
    }
}

extension IsotonicState {
    public func fit() throws(QuantcalError) -> IsotonicStateFit {
        switch content {
        case .squared(let chain): try fit(chain)
        case .quantile(let chain): try fit(chain)
        }
    }

    private func fit<Loss: IsotonicChainLoss>(
        _ chain: IsotonicChain<Loss>
    ) throws(QuantcalError) -> IsotonicStateFit {
        let whole = try chain.copy()
        try whole.poolEnds()
        return try IsotonicStateFit(whole, options.direction, bound: largestValue)
    }
}

extension IsotonicRegression.Direction {
    /// Whether a value may be followed by another in a block of its own.
    @inline(__always) fileprivate func allows(_ value: Double, _ next: Double) -> Bool {
        self == .increasing ? value < next : value > next
    }
}
