/// Which training points are in which bag, and the predictions that the models without a point make together.
struct CrossBags: ~Copyable {
    /// Model by model, for each point 0 if its bag does not hold the point.
    private let inBag: Scratch<UInt8>
    private let points: Int
    private let models: Int

    /// Doubles that `aggregate` needs.
    var scratch: Int { points + models }

    /// `points` are those rows of `inBag` (rows of `models` bytes) that are taken.
    init(
        _ inBag: UnsafeBufferPointer<UInt8>, models: Int, points: UnsafeBufferPointer<Int>
    ) throws(QuantcalError) {
        let columns = try Scratch<UInt8>(models * points.count)
        for (place, index) in points.enumerated() {
            for model in 0..<models {
                columns.buffer[model * points.count + place] = inBag[index * models + model]
            }
        }
        self.points = points.count
        self.models = models
        self.inBag = columns
    }

    /// For each point the aggregate of the predictions of models without it.
    func aggregate<T: Scalar>(
        _ predictions: UnsafePointer<T>, _ aggregation: ConformalCross.Aggregation,
        _ target: UnsafeMutablePointer<T>, _ scratch: UnsafeMutablePointer<Double>
    ) {
        Self.aggregate(
            inBag.buffer.baseAddress!, points: points, models: models, predictions, aggregation, target,
            scratch)
    }

    /// Every point has a model without it.
    static func aggregate<T: Scalar>(
        _ inBag: UnsafePointer<UInt8>, points: Int, models: Int, _ predictions: UnsafePointer<T>,
        _ aggregation: ConformalCross.Aggregation, _ target: UnsafeMutablePointer<T>,
        _ scratch: UnsafeMutablePointer<Double>
    ) {
        switch aggregation {
        case .mean: mean(inBag, points, models, predictions, target, scratch)
        case .median: median(inBag, points, models, predictions, target, scratch)
        }
    }

    /// Sums in the order of the models, so that a mean does not depend on how many points there are.
    private static func mean<T: Scalar>(
        _ inBag: UnsafePointer<UInt8>, _ points: Int, _ models: Int, _ predictions: UnsafePointer<T>,
        _ target: UnsafeMutablePointer<T>, _ scratch: UnsafeMutablePointer<Double>
    ) {
        let greatest = (0..<models).reduce(0) { max($0, Double(predictions[$1]).magnitude) }
        // So that no sum overflows.
        let scale = PowerOfTwo.bringing(greatest, above: -1100, below: 900)
        let chunk = 512
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: chunk) { counts in
            for first in stride(from: 0, to: points, by: chunk) {
                let count = min(chunk, points - first)
                let (sums, numbers) = (scratch, counts.baseAddress!)
                sums.initialize(repeating: 0, count: count)
                numbers.initialize(repeating: 0, count: count)
                for model in 0..<models {
                    let bag = inBag + model * points + first
                    let value = Double(predictions[model]) * scale
                    for point in 0..<count {
                        let isOut = bag[point] == 0
                        sums[point] += isOut ? value : 0
                        numbers[point] &+= isOut ? 1 : 0
                    }
                }
                for point in 0..<count {
                    target[first + point] = T(sums[point] / Double(numbers[point]) / scale)
                }
            }
        }
    }

    private static func median<T: Scalar>(
        _ inBag: UnsafePointer<UInt8>, _ points: Int, _ models: Int, _ predictions: UnsafePointer<T>,
        _ target: UnsafeMutablePointer<T>, _ scratch: UnsafeMutablePointer<Double>
    ) {
        for point in 0..<points {
            var count = 0
            for model in 0..<models where inBag[model * points + point] == 0 {
                scratch[count] = Double(predictions[model])
                count += 1
            }
            let values = UnsafeBufferPointer(start: scratch, count: count)
            let low = RadixSelection.select(rank: (count - 1) / 2, in: values)
            let high = count % 2 == 0 ? RadixSelection.select(rank: count / 2, in: values) : low
            target[point] = T(low.middle(to: high))
        }
    }
}
