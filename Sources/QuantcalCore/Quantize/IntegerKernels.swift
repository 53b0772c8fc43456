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
