/// How many neighbours each row has: other rows at a mean squared difference of at most a radius.
///
/// All pairs are compared by a product of matrices in single precision, block by block, of rows moved to their
/// mean and scaled by a power of two. Rounding moves a squared distance by a bounded amount; within that of the
/// radius, the distance itself decides. So counts depend neither on the machine nor on the number of threads.
struct SampleNeighbours: ~Copyable {
    private typealias Singles = SIMD16<Float>

    private let samples: SampleRows
    private let radius: Double
    /// The rows, moved and scaled; the squares of their lengths, and the lengths, with zeros at the end.
    private let moved: Scratch<Float>
    private let squares: Scratch<Float>
    private let lengths: Scratch<Float>
    /// The radius as a squared distance of moved rows.
    private let limit: Double

    /// So many rows are compared with so many rows at a time.
    private static let block = 512
    private static let lanes = 16

    init(_ samples: SampleRows, radius: Double) throws(QuantcalError) {
        let (elements, overflow) = samples.count.multipliedReportingOverflow(by: samples.dimension)
        let moved = try Scratch<Float>(overflow ? .max : elements)
        let squares = try Scratch<Float>(zeroed: samples.count + Self.lanes)
        let lengths = try Scratch<Float>(zeroed: samples.count + Self.lanes)
        let scale = try Self.move(samples, to: moved.buffer)
        for place in 0..<samples.count {
            var square = 0.0
            for j in place * samples.dimension..<(place + 1) * samples.dimension {
                square += Double(moved.buffer[j]) * Double(moved.buffer[j])
            }
            squares.buffer[place] = Float(square)
            lengths.buffer[place] = Float(square.squareRoot())
        }
        limit = radius * Double(samples.dimension) * scale * scale
        (self.samples, self.radius) = (samples, radius)
        self.moved = moved
        self.squares = squares
        self.lengths = lengths
    }

    /// Returns the scale.
    private static func move(
        _ samples: SampleRows, to moved: UnsafeMutableBufferPointer<Float>
    ) throws(QuantcalError) -> Double {
        let means = try Scratch<Double>(zeroed: samples.dimension)
        for place in 0..<samples.count {
            let row = samples.row(place)
            for j in 0..<samples.dimension { means.buffer[j] += Double(row[j]) }
        }
        for j in 0..<samples.dimension { means.buffer[j] /= Double(max(samples.count, 1)) }
        var largest = 0.0
        for place in 0..<samples.count {
            let row = samples.row(place)
            for j in 0..<samples.dimension { largest = max(largest, abs(Double(row[j]) - means.buffer[j])) }
        }
        let scale =
            largest > 0 ? Double(sign: .plus, exponent: -1 - Int(largest.exponent), significand: 1) : 1
        for place in 0..<samples.count {
            let row = samples.row(place)
            for j in 0..<samples.dimension {
                moved[place * samples.dimension + j] = Float((Double(row[j]) - means.buffer[j]) * scale)
            }
        }
        return scale
    }

    /// A count for each of the samples.
    func counts(_ progress: Progress) throws(QuantcalError) -> Scratch<Int> {
        let count = samples.count
        let counts = try Scratch<Int>(zeroed: count)
        guard samples.dimension > 0 else {
            counts.buffer.update(repeating: count - 1)
            return counts
        }
        let side = min(Self.block, count)
        let products = try Scratch<Float>(zeroed: side * side + Self.lanes)
        let found = try Scratch<Int32>(side + Self.lanes)
        let pairs = Double(count) * Double(count)
        for first in stride(from: 0, to: count, by: Self.block) {
            try progress(Double(first) * (2 * Double(count) - Double(first)) / pairs)
            let rows = first..<min(first + Self.block, count)
            // What is before has been compared already.
            for column in stride(from: first, to: count, by: Self.block) {
                let columns = column..<min(column + Self.block, count)
                try MatrixProduct.timesTransposed(
                    part(rows), part(columns), rows: rows.count, columns: columns.count,
                    inner: samples.dimension,
                    into: UnsafeMutableBufferPointer(
                        rebasing: products.buffer[..<(rows.count * columns.count)]))
                found.buffer.update(repeating: 0)
                for row in rows {
                    let line = products.baseAddress + (row - first) * columns.count
                    counts.buffer[row] += compare(row, columns, line, found.buffer)
                }
                guard column > first else { continue }
                for place in columns { counts.buffer[place] += Int(found.buffer[place - column]) }
            }
        }
        // Each has been compared with itself.
        for place in 0..<count { counts.buffer[place] -= 1 }
        return counts
    }

    private func part(_ rows: Range<Int>) -> UnsafeBufferPointer<Float> {
        let dimension = samples.dimension
        return UnsafeBufferPointer(
            rebasing: moved.buffer[rows.lowerBound * dimension..<rows.upperBound * dimension])
    }

    /// How many neighbours a row has among others, each of which finds one more. Behind the end of all three
    /// there is room for a vector.
    private func compare(
        _ row: Int, _ columns: Range<Int>, _ products: UnsafePointer<Float>,
        _ found: UnsafeMutableBufferPointer<Int32>
    ) -> Int {
        // A product's sum of so many terms, twice, and what rounding does to both rows and to the difference.
        let error = Singles(repeating: (Float(samples.dimension) / 2 + 16) * 1.01 * 0x1p-24)
        let own = Singles(repeating: Float(Double(squares.buffer[row]) - limit))
        let length = Singles(repeating: lengths.buffer[row])
        var total = SIMD16<Int32>.zero
        for start in stride(from: 0, to: columns.count, by: Self.lanes) {
            let place = columns.lowerBound + start
            let reach = length + Self.load(lengths.baseAddress + place)
            let gap = own + Self.load(squares.baseAddress + place) - 2 * Self.load(products + start)
            let bound = error * reach * reach + 0x1p-100
            var isInside = gap .< -bound
            var isUnclear = (gap .<= bound) .& .!isInside
            if start + Self.lanes > columns.count {
                let isThere =
                    SIMD16<Int32>(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
                    .< Int32(columns.count - start)
                isInside = isInside .& isThere
                isUnclear = isUnclear .& isThere
            }
            if any(isUnclear) {
                for lane in 0..<Self.lanes where isUnclear[lane] {
                    isInside[lane] =
                        place + lane == row || samples.areNeighbours(row, place + lane, radius)
                }
            }
            let ones = SIMD16<Int32>.zero.replacing(with: 1, where: isInside)
            total &+= ones
            for lane in 0..<Self.lanes { found[start + lane] &+= ones[lane] }
        }
        return Int(total.wrappedSum())
    }

    @inline(__always) private static func load(_ p: UnsafePointer<Float>) -> Singles {
        UnsafeRawPointer(p).loadUnaligned(as: Singles.self)
    }
}

extension Scratch {
    fileprivate var baseAddress: UnsafePointer<Element> { UnsafePointer(buffer.baseAddress!) }
}
