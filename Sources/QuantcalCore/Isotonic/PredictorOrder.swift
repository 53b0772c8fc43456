/// Points in ascending order of a predictor. The sort is stable, so equal predictors stay in the order in which
/// they came; -0 equals 0. Predictors that ascend already are left where they are.
///
/// Two forms, since carrying values along is several times as fast as fetching them by index:
/// `SortedPoints` has the predictors, values and weights in order; `PredictorOrder` has the predictors
/// and where each came from.
enum Predictors {
    /// Finite, and whether in order already.
    enum Trend { case ascending, falling, none }

    /// Refuses what is not finite; tells whether the predictors ascend, or fall strictly.
    static func survey<T: Scalar>(
        _ x: UnsafeBufferPointer<T>, _ name: String = "x"
    ) throws(QuantcalError) -> Trend {
        try Require.finite(x, name)
        guard x.count > 1 else { return .ascending }
        let falls = x[1] < x[0]
        // In pieces, since most predictors show in the first that they are in no order.
        var start = 0
        while start < x.count - 1 {
            let end = min(start + 4096, x.count - 1)
            var isBroken = false
            for index in start..<end {
                isBroken = isBroken || (falls ? !(x[index + 1] < x[index]) : x[index + 1] < x[index])
            }
            if isBroken { return .none }
            start = end
        }
        return falls ? .falling : .ascending
    }
}

/// Predictors in ascending order, and the places they came from.
struct PredictorOrder<T: Scalar>: ~Copyable {
    let x: UnsafeBufferPointer<T>
    /// The index among the caller's points of each point; nil if they are in order as they came.
    let origins: UnsafeBufferPointer<Int>?
    private let xMemory: Scratch<T>
    private let originMemory: Scratch<Int>

    /// `x` must outlive this: it is not copied if it is in order.
    init(_ x: UnsafeBufferPointer<T>, _ name: String = "x") throws(QuantcalError) {
        let trend = try Predictors.survey(x, name)
        let length = trend == .ascending ? 0 : x.count
        let xMemory = try Scratch<T>(length)
        let originMemory = try Scratch<Int>(length)
        let (sorted, places) = (xMemory.buffer, originMemory.buffer)
        switch trend {
        case .ascending: break
        case .falling:
            for index in x.indices {
                sorted[index] = x[x.count - 1 - index]
                places[index] = x.count - 1 - index
            }
        case .none:
            try RadixSort.sort(
                IndexedPredictors(x: x, sorted: sorted.baseAddress!, places: places.baseAddress!))
        }
        self.x = trend == .ascending ? x : UnsafeBufferPointer(sorted)
        origins = trend == .ascending ? nil : UnsafeBufferPointer(places)
        self.xMemory = xMemory
        self.originMemory = originMemory
    }

    /// Where the point at a place of the order came from.
    @inline(__always) func origin(_ place: Int) -> Int { origins.map { $0[place] } ?? place }

    /// The caller's values in the order of the predictors.
    func gather<Value: BitwiseCopyable>(
        _ values: UnsafeBufferPointer<Value>, into target: UnsafeMutableBufferPointer<Value>
    ) {
        for place in values.indices { target[place] = values[origin(place)] }
    }

    /// Values in the order of the predictors, back in the caller's.
    func scatter<Value: BitwiseCopyable>(
        _ values: UnsafeBufferPointer<Value>, into target: UnsafeMutablePointer<Value>
    ) {
        for place in values.indices { target[origin(place)] = values[place] }
    }
}

/// Predictors in ascending order with their values and weights.
struct SortedPoints<T: Scalar>: ~Copyable {
    let x: UnsafeBufferPointer<T>
    let y: UnsafeBufferPointer<T>
    let weights: UnsafeBufferPointer<T>?
    private let memory: Scratch<T>

    /// The arrays must outlive this: they are not copied if they are in order. y and weights, as many as
    /// x, are not looked at.
    init(
        _ x: UnsafeBufferPointer<T>, _ y: UnsafeBufferPointer<T>, _ weights: UnsafeBufferPointer<T>?
    ) throws(QuantcalError) {
        let trend = try Predictors.survey(x)
        let arrays = [x, y] + (weights.map { [$0] } ?? [])
        let (length, overflow) = x.count.multipliedReportingOverflow(by: arrays.count)
        let memory = try Scratch<T>(trend == .ascending ? 0 : overflow ? .max : length)
        let target = memory.buffer.baseAddress!
        switch trend {
        case .ascending: break
        case .falling:
            for (number, values) in arrays.enumerated() {
                let end = target + (number + 1) * x.count
                for index in x.indices { end[-1 - index] = values[index] }
            }
        case .none:
            if let weights {
                try RadixSort.sort(WeightedPredictors(x: x, y: y, weights: weights, target: target))
            } else {
                try RadixSort.sort(ValuedPredictors(x: x, y: y, target: target))
            }
        }
        let sorted = arrays.indices.map { number in
            trend == .ascending
                ? arrays[number] : UnsafeBufferPointer(start: target + number * x.count, count: x.count)
        }
        (self.x, self.y, self.weights) = (sorted[0], sorted[1], weights.map { _ in sorted[2] })
        self.memory = memory
    }
}

extension Scalar {
    /// The ordered key of a predictor: -0 equals 0.
    @inline(__always) fileprivate var predictorKey: Bits { (self + 0).orderedKey }
}

private struct IndexedPredictors<T: Scalar>: RadixItems {
    struct Item: RadixItem {
        var key: T.Bits
        var index: Int
    }
    let x: UnsafeBufferPointer<T>
    let sorted: UnsafeMutablePointer<T>
    let places: UnsafeMutablePointer<Int>
    var count: Int { x.count }
    @inline(__always) func key(_ index: Int) -> T.Bits { x[index].predictorKey }
    @inline(__always) func item(_ index: Int) -> Item { Item(key: x[index].predictorKey, index: index) }
    @inline(__always) func store(_ item: Item, at place: Int) {
        sorted[place] = T(orderedKey: item.key)
        places[place] = item.index
    }
}

private struct ValuedPredictors<T: Scalar>: RadixItems {
    struct Item: RadixItem {
        var key: T.Bits
        var y: T
    }
    let x: UnsafeBufferPointer<T>
    let y: UnsafeBufferPointer<T>
    let target: UnsafeMutablePointer<T>
    var count: Int { x.count }
    @inline(__always) func key(_ index: Int) -> T.Bits { x[index].predictorKey }
    @inline(__always) func item(_ index: Int) -> Item { Item(key: x[index].predictorKey, y: y[index]) }
    @inline(__always) func store(_ item: Item, at place: Int) {
        target[place] = T(orderedKey: item.key)
        target[count + place] = item.y
    }
}

private struct WeightedPredictors<T: Scalar>: RadixItems {
    struct Item: RadixItem {
        var key: T.Bits
        var y: T
        var weight: T
    }
    let x: UnsafeBufferPointer<T>
    let y: UnsafeBufferPointer<T>
    let weights: UnsafeBufferPointer<T>
    let target: UnsafeMutablePointer<T>
    var count: Int { x.count }
    @inline(__always) func key(_ index: Int) -> T.Bits { x[index].predictorKey }
    @inline(__always) func item(_ index: Int) -> Item {
        Item(key: x[index].predictorKey, y: y[index], weight: weights[index])
    }
    @inline(__always) func store(_ item: Item, at place: Int) {
        target[place] = T(orderedKey: item.key)
        target[count + place] = item.y
        target[2 * count + place] = item.weight
    }
}
