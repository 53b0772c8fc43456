/// A layer's weights with the Hessian of its outputs, and how far an approximation is from them.
///
/// With the layer's inputs X (a column each) and H = X X^T, the squared error of the outputs of a row w that
/// is replaced by a is (w - a)^T H (w - a). Of H the symmetric part counts, to single precision.
final class LayerMatrix {
    let rows: Int
    let columns: Int
    let weights: UnsafePointer<Float>?
    private let values: UnsafePointer<Float>
    private let symmetric: Scratch<Float>
    /// Of each row of the Hessian, between which columns it is not 0: blocks are as fast as they are small.
    private let reaches: Scratch<(first: Int, end: Int)>

    init(
        _ values: UnsafePointer<Float>, rows: Int, columns: Int, hessian: UnsafePointer<Float>,
        weights: UnsafePointer<Float>?
    ) throws(QuantcalError) {
        (self.values, self.rows, self.columns, self.weights) = (values, rows, columns, weights)
        symmetric = try Scratch(columns * columns)
        reaches = try Scratch(columns)
        let (target, reaches) = (symmetric.buffer.baseAddress!, reaches.buffer)
        Parallel.forEachRange(of: columns, grain: max(1, (1 << 16) / columns)) { range in
            for row in range {
                var reach = (first: columns, end: 0)
                for column in 0..<columns {
                    let two =
                        Double(hessian[row * columns + column]) + Double(hessian[column * columns + row])
                    target[row * columns + column] = Float(two / 2)
                    if two != 0 { reach = (min(reach.first, column), column + 1) }
                }
                reaches[row] = (min(reach.first, reach.end), reach.end)
            }
        }
    }

    /// The Hessian, its diagonal never negative.
    static func require(_ hessian: UnsafeBufferPointer<Float>, columns: Int) throws(QuantcalError) {
        try Require.finite(hessian, "hessian")
        for column in 0..<columns where hessian[column * columns + column] < 0 {
            let place = column * columns + column
            throw QuantcalError(
                .domain, "hessian[\(place)] is \(hessian[place]); its diagonal must be >= 0")
        }
    }

    func weight(_ row: Int) -> Double { weights.map { Double($0[row]) } ?? 1 }

    func row(_ row: Int) -> UnsafePointer<Float> { values + row * columns }

    /// Number `column` of row `row` of the Hessian.
    @inline(__always)
    func hessian(_ row: Int, _ column: Int) -> Double {
        Double(symmetric.buffer.baseAddress![row * columns + column])
    }

    /// Whether the Hessian is 0 between a run of coordinates and another.
    func areApart(_ first: Range<Int>, _ second: Range<Int>) -> Bool {
        first.allSatisfy { row in
            let reach = reaches.buffer[row]
            return reach.end <= second.lowerBound || second.upperBound <= reach.first
        }
    }

    /// `target` += `factor` times a column of the Hessian.
    @inline(__always)
    func add(_ factor: Double, column: Int, to target: UnsafeMutablePointer<Double>) {
        guard factor != 0 else { return }
        let reach = reaches.buffer[column]
        let source = UnsafePointer(symmetric.buffer.baseAddress! + column * columns)
        var place = reach.first
        while place + 8 <= reach.end {
            let lanes = UnsafeMutableRawPointer(target + place)
            let sum = lanes.loadUnaligned(as: Lanes.self) + factor * Lanes(at: source + place)
            lanes.storeBytes(of: sum, as: Lanes.self)
            place += 8
        }
        while place < reach.end {
            target[place] += factor * Double(source[place])
            place += 1
        }
    }

    /// H (w - a) of a row, given the approximation; returns (w - a)^T H (w - a).
    func pull(
        of row: Int, from approximation: UnsafePointer<Double>, into target: UnsafeMutablePointer<Double>
    ) -> Double {
        let own = self.row(row)
        target.update(repeating: 0, count: columns)
        for column in 0..<columns {
            add(Double(own[column]) - approximation[column], column: column, to: target)
        }
        var sum = 0.0
        for column in 0..<columns { sum += (Double(own[column]) - approximation[column]) * target[column] }
        return sum
    }
}
