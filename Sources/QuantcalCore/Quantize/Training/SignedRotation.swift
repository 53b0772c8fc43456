/// Rotations of rows by random signs and Hadamard matrices in blocks, and whether one makes rounding better.
///
/// Source: RoSTE (Wei et al., 2025) and QuEST (Panferov et al., 2025). What a length leaves over a whole number of
/// blocks is in blocks of falling powers of two. The criterion of the choice is ours.
public struct SignedRotation: Sendable {
    public var seed: UInt64 = 0
    public var block = 128

    public init() {}

    public func check() throws(QuantcalError) {
        guard block >= 1, block <= 1 << 20, block.nonzeroBitCount == 1 else {
            throw QuantcalError(.options, "block is \(block); it must be a power of two up to 2^20")
        }
    }

    /// Which columns change their sign.
    private func signs(_ columns: Int) throws(QuantcalError) -> Scratch<Double> {
        let random = Philox(seed: seed, purpose: .signedRotation)
        let signs = try Scratch<Double>(columns)
        for column in 0..<columns {
            signs.buffer[column] = random.units(UInt64(column)) >> 52 == 0 ? 1 : -1
        }
        return signs
    }

    public func callAsFunction(
        _ values: UnsafeBufferPointer<Float>, rows: Int, columns: Int, isInverse: Bool, _ progress: Progress,
        into result: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) {
        try check()
        try Require.finite(values, "values")
        guard rows > 0, columns > 0 else { return }
        let signs = try signs(columns)
        let made = try Scratch<Float>(rows * columns)
        let threads = Parallel.threads(for: rows, work: rows * columns)
        let room = try Scratch<Double>(columns * threads)
        try progress(0)
        Parallel.forEach(rows, threads: threads) { row, thread in
            let line = room.buffer.baseAddress! + thread * columns
            rotate(values.baseAddress! + row * columns, columns, signs.buffer, isInverse, line)
            for column in 0..<columns { made.buffer[row * columns + column] = Float(line[column]) }
        }
        if let index = made.buffer.firstIndex(where: { !$0.isFinite }) {
            throw QuantcalError(
                .domain, "result[\(index)] would be \(made.buffer[index]); single precision must have it")
        }
        result.update(from: made.buffer.baseAddress!, count: made.buffer.count)
    }

    private func rotate(
        _ values: UnsafePointer<Float>, _ columns: Int, _ signs: UnsafeMutableBufferPointer<Double>,
        _ isInverse: Bool, _ line: UnsafeMutablePointer<Double>
    ) {
        for column in 0..<columns {
            line[column] = Double(values[column]) * (isInverse ? 1 : signs[column])
        }
        var first = 0
        while first < columns {
            var size = block
            while size > columns - first { size /= 2 }
            Self.hadamard(line + first, size)
            first += size
        }
        guard isInverse else { return }
        for column in 0..<columns { line[column] *= signs[column] }
    }

    /// A Walsh-Hadamard transform that keeps lengths.
    private static func hadamard(_ line: UnsafeMutablePointer<Double>, _ size: Int) {
        var half = 1
        while half < size {
            for first in stride(from: 0, to: size, by: 2 * half) {
                for index in first..<first + half {
                    let (a, b) = (line[index], line[index + half])
                    (line[index], line[index + half]) = (a + b, a - b)
                }
            }
            half *= 2
        }
        let length = Double(size).squareRoot()
        for index in 0..<size { line[index] /= length }
    }

    public struct Choice: Equatable, Sendable {
        public let plainError: Double
        public let rotatedError: Double
        public var rotates: Bool { rotatedError < plainError }
    }

    /// A matrix and the grid of its rows.
    public struct Rounded {
        let values: UnsafeBufferPointer<Float>
        let rows: Int
        let name: String
        let grid: CompiledGrid

        public init(
            _ values: UnsafeBufferPointer<Float>, rows: Int, _ name: String, _ grid: ScalarGrid
        ) throws(QuantcalError) {
            var saturating = grid
            saturating.overflow = .saturate
            (self.values, self.rows, self.name) = (values, rows, name)
            self.grid = try saturating.compiled()
        }
    }

    /// Compares the relative squared errors of rounding, of activations and weights together.
    public func choice(
        _ activations: Rounded, _ weights: Rounded, columns: Int, _ progress: Progress
    ) throws(QuantcalError) -> Choice {
        try check()
        for matrix in [activations, weights] { try Require.finite(matrix.values, matrix.name) }
        let signs = try signs(columns)
        var errors = [0.0, 0.0]
        for (index, matrix) in [activations, weights].enumerated() {
            for isRotated in [false, true] {
                try progress(Double(2 * index + (isRotated ? 1 : 0)) / 4)
                errors[isRotated ? 1 : 0] += try error(matrix, columns, isRotated ? signs.buffer : nil)
            }
        }
        return Choice(plainError: errors[0], rotatedError: errors[1])
    }

    /// The squared error of rounding the rows, by the squared length of all.
    private func error(
        _ matrix: Rounded, _ columns: Int, _ signs: UnsafeMutableBufferPointer<Double>?
    ) throws(QuantcalError) -> Double {
        guard matrix.rows > 0, columns > 0 else { return 0 }
        let threads = Parallel.threads(for: matrix.rows, work: matrix.values.count)
        let lines = try Scratch<Double>(columns * threads)
        let singles = try Scratch<Float>(columns * threads)
        let sums = try Scratch<SIMD2<Double>>(matrix.rows)
        Parallel.forEach(matrix.rows, threads: threads) { row, thread in
            let values = matrix.values.baseAddress! + row * columns
            let single = singles.buffer.baseAddress! + thread * columns
            if let signs {
                let line = lines.buffer.baseAddress! + thread * columns
                rotate(values, columns, signs, false, line)
                for column in 0..<columns {
                    let largest = Double(Float.greatestFiniteMagnitude)
                    single[column] = Float(min(max(line[column], -largest), largest))
                }
            } else {
                single.update(from: values, count: columns)
            }
            sums.buffer[row] = SIMD2(
                Self.squaredError(single, columns, matrix.grid), Self.squaredLength(values, columns))
        }
        let total = sums.buffer.reduce(SIMD2<Double>.zero, +)
        return total.y > 0 ? total.x / total.y : 0
    }

    private static func squaredLength(_ values: UnsafePointer<Float>, _ count: Int) -> Double {
        var sum = 0.0
        for index in 0..<count { sum += Double(values[index]) * Double(values[index]) }
        return sum
    }

    private static func squaredError(_ values: UnsafePointer<Float>, _ count: Int, _ grid: CompiledGrid)
        -> Double
    {
        var (low, high) = (Float.zero, Float.zero)
        for index in 0..<count { (low, high) = (min(low, values[index]), max(high, values[index])) }
        let scale = grid.scale(below: Double(low), above: Double(high))
        var sum = 0.0
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: GroupLayout.chunk) { codes in
            let codes = codes.baseAddress!
            for first in stride(from: 0, to: count, by: GroupLayout.chunk) {
                let length = min(GroupLayout.chunk, count - first)
                grid.nearest.encode(values + first, length, scale: scale, zero: 0, codes)
                for index in 0..<length {
                    let distance =
                        Double(values[first + index]) - Double(grid.levels[Int(codes[index])] * scale)
                    sum += distance * distance
                }
            }
        }
        return sum
    }
}
