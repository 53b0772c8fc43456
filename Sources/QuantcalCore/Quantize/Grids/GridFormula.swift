import CQuantcalKernels

/// A formula that rounds as a grid's intervals do, where there is one: only kernels use it.
enum GridFormula: Sendable {
    case whole(quantcal_whole_grid)
    case float(quantcal_float_grid)
}

/// Decoding of a run of codes, one byte each. What belongs to groups begins with the run's first.
extension CompiledGrid {
    func decode(
        _ codes: UnsafePointer<UInt8>, _ run: GroupRun, scales: UnsafePointer<Float>,
        zeros: UnsafePointer<Float>?, _ values: UnsafeMutablePointer<Float>
    ) {
        guard let kernel = levels.count > 16 ? Kernels.decodeMany : Kernels.decodeFew else {
            return decodeReference(codes, run, scales: scales, zeros: zeros, values)
        }
        kernel(codes, run.count, run.forKernel, scales, zeros, readableLevels, values)
    }

    func decodeReference(
        _ codes: UnsafePointer<UInt8>, _ run: GroupRun, scales: UnsafePointer<Float>,
        zeros: UnsafePointer<Float>?, _ values: UnsafeMutablePointer<Float>
    ) {
        levels.withUnsafeBufferPointer { levels in
            let levels = levels.baseAddress!
            run.forEachSegment { group, segment in
                let (scale, zero) = (scales[group], zeros?[group] ?? 0)
                for index in segment { values[index] = (levels[Int(codes[index])] - zero) * scale }
            }
        }
    }
}
