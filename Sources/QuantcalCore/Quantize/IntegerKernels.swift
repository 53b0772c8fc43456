import CQuantcalKernels

/// The loops over a run of values. What belongs to groups begins with the run's first.
enum IntegerKernels {
    /// Codes of at most a stretch, one byte each.
    static func encode<T: WeightElement>(
        _ values: UnsafePointer<T>, _ run: GroupRun, _ grids: UnsafePointer<IntegerGrid>,
        _ codes: UnsafeMutablePointer<UInt8>
    ) {
        if let kernel = Kernels.integerEncode {
            return kernel(values.forKernel, run.count, run.forKernel, grids, codes)
        }
        withSingles(values, run.count) { singles in
            run.forEachSegment { group, segment in
                let grid = grids[group]
                for index in segment { codes[index] = grid.encode(singles[index]) }
            }
        }
    }

    /// Values of codes, one byte each, sign-extended if signed.
    static func decode(
        _ codes: UnsafePointer<UInt8>, _ run: GroupRun, _ scales: UnsafePointer<Float>,
        _ zeros: UnsafePointer<UInt8>?, _ isSigned: Bool, _ values: UnsafeMutablePointer<Float>
    ) {
        if let kernel = Kernels.integerDecode {
            return kernel(codes, run.count, run.forKernel, scales, zeros, isSigned ? 1 : 0, values)
        }
        run.forEachSegment { group, segment in
            let (scale, zero) = (scales[group], Int32(zeros?[group] ?? 0))
            for index in segment {
                let code = isSigned ? Int32(Int8(bitPattern: codes[index])) : Int32(codes[index])
                values[index] = Float(code &- zero) * scale
            }
        }
    }
}
