import CQuantcalKernels

/// Parts of one length, 16 or 32, one after the other, to be searched for their scales: sixteen or a multiple.
struct GgmlParts {
    let x: UnsafePointer<Float>
    /// Of each number; nil for those that a search has by itself.
    let weights: UnsafePointer<Float>?
    let count, length: Int

    /// Scales and minima of a search with an offset; its levels, unless it is for a start.
    func searchOffsets(
        _ search: GgmlSearch.Offsets, _ scales: UnsafeMutablePointer<Float>,
        _ minima: UnsafeMutablePointer<Float>, _ levels: UnsafeMutablePointer<UInt8>
    ) {
        if let kernel = Kernels.ggmlOffsets {
            return kernel(x, weights, count, length, search.forKernel, scales, minima, levels)
        }
        searchOffsetsReference(search, scales, minima, levels)
    }

    func searchOffsetsReference(
        _ search: GgmlSearch.Offsets, _ scales: UnsafeMutablePointer<Float>,
        _ minima: UnsafeMutablePointer<Float>, _ levels: UnsafeMutablePointer<UInt8>
    ) {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: length) { own in
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: length) { trial in
                for part in 0..<count {
                    let (x, first) = (x + part * length, part * length)
                    if weights == nil { search.fillWeights(x, length, own.baseAddress!) }
                    let fit = GgmlSearch.affine(
                        x, weights.map { $0 + first } ?? UnsafePointer(own.baseAddress!), length, search,
                        levels + first, trial: trial.baseAddress!)
                    (scales[part], minima[part]) = (fit.scale, fit.minimum)
                }
            }
        }
    }

    /// Scales for levels around `top`.
    func searchSigned(
        top: Int32, _ scales: UnsafeMutablePointer<Float>, _ levels: UnsafeMutablePointer<UInt8>
    ) {
        if let kernel = Kernels.ggmlSigned {
            return kernel(x, weights, count, length, top, scales, levels)
        }
        searchSignedReference(top: top, scales, levels)
    }

    func searchSignedReference(
        top: Int32, _ scales: UnsafeMutablePointer<Float>, _ levels: UnsafeMutablePointer<UInt8>
    ) {
        for part in 0..<count {
            let first = part * length
            scales[part] = GgmlSearch.signed(
                x + first, weights.map { $0 + first }, length, top: top, levels + first)
        }
    }

    /// The same for parts of 16 with weights of their own, refined level by level.
    func refine(
        top: Int32, _ scales: UnsafeMutablePointer<Float>, _ levels: UnsafeMutablePointer<UInt8>
    ) {
        if let kernel = Kernels.ggmlRefined { return kernel(x, count, top, scales, levels) }
        refineReference(top: top, scales, levels)
    }

    func refineReference(
        top: Int32, _ scales: UnsafeMutablePointer<Float>, _ levels: UnsafeMutablePointer<UInt8>
    ) {
        for part in 0..<count {
            scales[part] = GgmlSearch.refined(x + 16 * part, 16, top: top, levels + 16 * part)
        }
    }

    /// Scales of parts of 32 for the levels of IQ4.
    func searchIQ4(_ scales: UnsafeMutablePointer<Float>) {
        if let kernel = Kernels.ggmlIQ4 { return kernel(x, weights, count, scales) }
        searchIQ4Reference(scales)
    }

    func searchIQ4Reference(_ scales: UnsafeMutablePointer<Float>) {
        for part in 0..<count {
            scales[part] = GgmlIQ4.scale(x + 32 * part, weights.map { $0 + 32 * part })
        }
    }
}

extension GgmlSearch.Offsets {
    var forKernel: quantcal_ggml_offsets {
        quantcal_ggml_offsets(
            first: first, step: step, top: top, count: Int32(count), measure: measure.rawValue)
    }
}
