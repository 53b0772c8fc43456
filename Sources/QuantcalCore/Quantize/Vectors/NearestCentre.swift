import CQuantcalKernels

/// The nearest of some centres to each of many vectors; among equally near ones the first.
///
/// Nearest is by `VectorSet.distance`. A kernel gets there by half of |c|^2 - 2 x c, as a product of matrices:
/// with importance h the same is a product of (h x, h) and (c, -c^2 / 2). Its numbers are in single
/// precision, of vectors and centres moved to the centres' middle and scaled by a power of two, so that
/// nothing overflows. It knows the best and the second best centre, and how far rounding can have moved
/// them; where they are not further apart than that, all distances are computed. So the result does not
/// depend on the kernel.
final class NearestCentre {
    let centres: UnsafePointer<Float>
    let count: Int
    private let vectors: VectorSet
    /// A power of two: bounds are distances times this.
    let scale: Double
    private let importanceScale: Float
    private let table: Scratch<Float>
    private let biases: Scratch<Float>
    private let middle: Scratch<Float>
    private var largestBias: Float = 0
    private var largestNorm: Float = 0

    /// How many numbers a search needs as scratch.
    var tileCount: Int { length * 32 }

    private var length: Int { vectors.importance == nil ? vectors.dimension : 2 * vectors.dimension }
    private var paddedCount: Int { (count + 3) / 4 * 4 }

    /// `centres` are read now, and may change before `prepare` is called; none becomes larger in magnitude
    /// than all vectors and these centres are.
    init(
        _ vectors: VectorSet, centres: UnsafePointer<Float>, count: Int
    ) throws(QuantcalError) {
        (self.vectors, self.centres, self.count) = (vectors, centres, count)
        var largest = vectors.largest
        for index in 0..<count * vectors.dimension { largest = max(largest, centres[index].magnitude) }
        scale = Double(Self.scale(of: largest))
        importanceScale = Self.scale(of: vectors.largestImportance)
        let length = vectors.importance == nil ? vectors.dimension : 2 * vectors.dimension
        table = try Scratch(zeroed: (count + 3) / 4 * 4 * length)
        biases = try Scratch((count + 3) / 4 * 4)
        middle = try Scratch(vectors.dimension)
        prepare()
    }

    /// What brings magnitudes up to `largest` below 1/2.
    private static func scale(of largest: Float) -> Float {
        largest > 0
            ? Float(sign: .plus, exponent: min(max(-Int(largest.exponent) - 2, -126), 126), significand: 1)
            : 1
    }

    /// The kernel's view of the centres, after they have changed.
    func prepare() {
        let dimension = vectors.dimension
        for j in 0..<dimension {
            var sum = 0.0
            for centre in 0..<count { sum += Double(centres[centre * dimension + j]) * scale }
            middle.buffer[j] = Float(sum / Double(count))
        }
        var (bias, norm) = (0.0, 0.0)
        for centre in 0..<count {
            let square = fill(table.buffer.baseAddress! + centre * length, centres + centre * dimension)
            biases.buffer[centre] = vectors.importance == nil ? Float(square.own / 2) : 0
            bias = max(bias, square.own / 2)
            norm = max(norm, square.row)
        }
        for padding in count..<paddedCount { biases.buffer[padding] = .infinity }
        largestBias = vectors.importance == nil ? Float(bias).nextUp : 0
        largestNorm = Float(norm.squareRoot()).nextUp
    }

    /// A row of the table. Returns the squared norms of the centre and of the row.
    private func fill(
        _ row: UnsafeMutablePointer<Float>, _ centre: UnsafePointer<Float>
    ) -> (own: Double, row: Double) {
        var (own, whole) = (0.0, 0.0)
        for j in 0..<vectors.dimension {
            let value = centre[j] * Float(scale) - middle.buffer[j]
            let square = Double(value) * Double(value)
            row[j] = value
            own += square
            whole += square
            if vectors.importance != nil {
                row[vectors.dimension + j] = Float(-square / 2)
                whole += square * square / 4
            }
        }
        return (own, whole)
    }

    /// The nearest centres of vectors from `first` on: of `count` neighbours, or of those at `places`
    /// counted from there. A bound is a distance, times `scale`, that no other centre is below.
    func search(
        from first: Int, places: UnsafePointer<UInt32>?, count: Int, tile: UnsafeMutablePointer<Float>,
        codes: UnsafeMutablePointer<UInt16>, bounds: UnsafeMutablePointer<Float>
    ) {
        if let kernel = Kernels.nearest {
            var view = kernelView
            kernel(
                &view, vectors.values + first * vectors.stride,
                vectors.importance.map { $0 + first * vectors.importanceStride }, places, count, tile, codes,
                bounds)
        }
        for index in 0..<count {
            if Kernels.nearest != nil, bounds[index] >= 0 {
                bounds[index] = bounds[index].squareRoot() * (1 - 0x1p-20)
            } else {
                let found = exactly(first + (places.map { Int($0[index]) } ?? index))
                codes[index] = UInt16(truncatingIfNeeded: found.code)
                bounds[index] = Float((found.second.squareRoot() * scale)) * (1 - 0x1p-20)
            }
        }
    }

    /// The nearest centres of all vectors.
    func search(
        into codes: UnsafeMutablePointer<UInt16>, stride: Int, _ progress: Progress
    ) throws(QuantcalError) {
        let piece = 1024
        let pieces = (vectors.count + piece - 1) / piece
        let threads = Parallel.threads(for: pieces, work: vectors.count * count)
        let tiles = try Scratch<Float>(threads * tileCount)
        let found = try Scratch<UInt16>(threads * piece)
        let bounds = try Scratch<Float>(threads * piece)
        let piecesBetweenReports = 1024
        for start in Swift.stride(from: 0, to: pieces, by: piecesBetweenReports) {
            try progress(Double(start) / Double(pieces))
            let tasks = min(piecesBetweenReports, pieces - start)
            Parallel.forEach(tasks, threads: threads) { task, thread in
                let first = (start + task) * piece
                let own = found.buffer.baseAddress! + thread * piece
                let size = min(piece, vectors.count - first)
                search(
                    from: first, places: nil, count: size,
                    tile: tiles.buffer.baseAddress! + thread * tileCount, codes: own,
                    bounds: bounds.buffer.baseAddress! + thread * piece)
                for index in 0..<size { codes[(first + index) * stride] = own[index] }
            }
        }
    }

    /// The definition.
    private func exactly(_ index: Int) -> (code: Int, second: Double) {
        var (code, best, second) = (0, Double.infinity, Double.infinity)
        for centre in 0..<count {
            let distance = vectors.distance(index, centres + centre * vectors.dimension)
            if distance < best {
                (second, best, code) = (best, distance, centre)
            } else if distance < second {
                second = distance
            }
        }
        return (code, second)
    }

    private var kernelView: quantcal_nearest {
        // A product's sum of `length` terms, and the roundings of what goes into it, on both sides of a
        // comparison.
        let error = Float(length + 8) * 2.2 * 0x1p-24
        return quantcal_nearest(
            centres: table.buffer.baseAddress, biases: biases.buffer.baseAddress,
            middle: middle.buffer.baseAddress, count: paddedCount, length: length,
            dimension: vectors.dimension, stride: vectors.stride,
            importance_stride: vectors.importanceStride, scale: Float(scale),
            importance_scale: importanceScale, error: error, largest_bias: largestBias,
            largest_norm: largestNorm)
    }
}
