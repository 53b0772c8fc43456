/// The points of a fit to a predictor as a sequence for a fit to positions.
///
/// Among equal predictors the values are put in order. *Primary* ties: as the fit goes, so that it may
/// rise within a tie. Otherwise against it: a sequence that falls where the fit must rise gets one value,
/// whatever the loss, and that is the value that the loss gives to the members together. (If x[i] < x[i + 1]
/// for neighbours with y[i] >= y[i + 1], then raising x[i] or lowering x[i + 1] would not cost anything.)
/// The largest residual is no sum, and looks at pairs in order only: for it a tie is written twice,
/// which costs nothing and brings every pair in both orders; the fit of the tie is that at the end of the
/// first writing.
struct IsotonicTies<T: IsotonicScalar>: ~Copyable {
    let groups: PredictorGroups
    let y: UnsafeBufferPointer<T>
    let weights: UnsafeBufferPointer<T>?
    /// For each point of the sequence the number of its group; nil if that is its position.
    let steps: UnsafeBufferPointer<Int>?
    private let areTwice: Bool
    private let values: Scratch<T>
    private let numbers: Scratch<Int>

    /// `x` ascends. All arrays must outlive this; `origins` are moved with the points.
    init(
        x: UnsafeBufferPointer<T>, y: UnsafeBufferPointer<T>, weights: UnsafeBufferPointer<T>?,
        origins: UnsafeMutablePointer<Int>?, _ options: IsotonicRegression.Options,
        _ direction: IsotonicRegression.Direction
    ) throws(QuantcalError) {
        let groups = try PredictorGroups(x, tolerance: options.tieTolerance)
        let areTwice = options.loss == .chebyshev && options.ties != .primary
        let room = groups.areSingle ? 0 : areTwice ? 2 * x.count : x.count
        let values = try Scratch<T>(weights == nil ? room : 2 * room)
        let numbers = try Scratch<Int>(room)
        var end = 0
        if !groups.areSingle {
            let first = values.buffer.baseAddress!
            let isFalling = (direction == .decreasing) == (options.ties == .primary)
            for group in 0..<groups.count {
                let places = groups[group]
                for _ in 0..<(areTwice && places.count > 1 ? 2 : 1) {
                    let members = TiedMembers(
                        y: UnsafeBufferPointer(rebasing: y[places]),
                        weights: weights.map { UnsafeBufferPointer(rebasing: $0[places]) },
                        origins: origins.map { $0 + places.lowerBound }, isFalling: isFalling,
                        sortedY: first + end, sortedWeights: first + (weights == nil ? 0 : room) + end)
                    try RadixSort.sort(members)
                    (numbers.buffer.baseAddress! + end).update(repeating: group, count: places.count)
                    end += places.count
                }
            }
            self.y = UnsafeBufferPointer(start: first, count: end)
            self.weights = weights.map { _ in UnsafeBufferPointer(start: first + room, count: end) }
            steps = UnsafeBufferPointer(rebasing: numbers.buffer[..<end])
        } else {
            (self.y, self.weights, steps) = (y, weights, nil)
        }
        self.areTwice = areTwice
        self.groups = groups
        self.values = values
        self.numbers = numbers
    }

    /// Calls `body` for each group with its number, its points in the order of the predictors, and those of
    /// the first writing in the sequence.
    @inline(__always) func forEachGroup(
        _ body: (Int, Range<Int>, Range<Int>) throws(QuantcalError) -> Void
    ) throws(QuantcalError) {
        var start = 0
        for group in 0..<groups.count {
            let places = groups[group]
            try body(group, places, start..<start + places.count)
            start = writings(start..<start + places.count).upperBound
        }
    }

    /// All writings of a group, given the first.
    @inline(__always) func writings(_ first: Range<Int>) -> Range<Int> {
        first.lowerBound..<first.upperBound + (areTwice && first.count > 1 ? first.count : 0)
    }
}

/// The points of a tie, by their values.
private struct TiedMembers<T: Scalar>: RadixItems {
    struct Item: RadixItem {
        var key: T.Bits
        var weight: T
        var origin: Int
    }
    let y: UnsafeBufferPointer<T>
    let weights: UnsafeBufferPointer<T>?
    let origins: UnsafeMutablePointer<Int>?
    let isFalling: Bool
    let sortedY: UnsafeMutablePointer<T>
    let sortedWeights: UnsafeMutablePointer<T>

    var count: Int { y.count }

    @inline(__always) func key(_ index: Int) -> T.Bits {
        isFalling ? ~y[index].orderedKey : y[index].orderedKey
    }

    @inline(__always) func item(_ index: Int) -> Item {
        Item(key: key(index), weight: weights?[index] ?? 1, origin: origins?[index] ?? 0)
    }

    @inline(__always) func store(_ item: Item, at place: Int) {
        sortedY[place] = T(orderedKey: isFalling ? ~item.key : item.key)
        if weights != nil { sortedWeights[place] = item.weight }
        origins?[place] = item.origin
    }
}
