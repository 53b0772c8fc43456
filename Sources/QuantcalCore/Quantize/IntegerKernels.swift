import CQuantcalKernels

/// The loops over one run of values with one grid.
enum IntegerKernels {
    /// Codes of `count` values, one byte each.
    static func encode(
        _ values: UnsafePointer<Float>, _ count: Int, _ grid: IntegerGrid,
        _ codes: UnsafeMutablePointer<UInt8>
    ) {
        if let kernel = Kernels.integerEncode { return kernel(values, count, grid.forKernel, codes) }
        for index in 0..<count { codes[index] = grid.encode(values[index]) }
    }

    /// Values of `count` codes, one byte each, sign-extended if signed.
    static func decode(
        _ codes: UnsafePointer<UInt8>, _ count: Int, _ grid: IntegerGrid, _ isSigned: Bool,
        _ values: UnsafeMutablePointer<Float>
    ) {
        if let kernel = Kernels.integerDecode {
            return kernel(codes, count, grid.forKernel, isSigned ? 1 : 0, values)
        }
        if isSigned {
            for index in 0..<count { values[index] = grid.decode(Int32(Int8(bitPattern: codes[index]))) }
        } else {
            for index in 0..<count { values[index] = grid.decode(Int32(codes[index])) }
        }
    }
}

extension IntegerGrid {
    fileprivate var forKernel: quantcal_integer_grid {
        quantcal_integer_grid(scale: scale, zero: zero, low: low, high: high)
    }
}

extension IntegerQuantization.Layout {
    /// Elements that are converted, encoded and packed at a time: a multiple of 8, so that a chunk of
    /// packed codes starts on a byte, and small enough for the fastest cache.
    static let chunk = 1024

    /// Rows that are worth a thread's while.
    var rowsPerTask: Int { max(1, (1 << 17) / max(columns, 1)) }

    /// The chunks of a row.
    @inline(__always) func forEachChunk(_ body: (Range<Int>) -> Void) {
        var first = 0
        while first < columns {
            let end = min(first + Self.chunk, columns)
            body(first..<end)
            first = end
        }
    }

    /// The parts of a chunk that lie in one group each, with the group's index in its row.
    @inline(__always) func forEachSegment(of chunk: Range<Int>, _ body: (Int, Range<Int>) -> Void) {
        var first = chunk.lowerBound
        while first < chunk.upperBound {
            let group = first / groupColumns
            // groupColumns <= columns, so the end of a group does not overflow.
            let end = min((group + 1) * groupColumns, chunk.upperBound)
            body(group, first..<end)
            first = end
        }
    }
}
