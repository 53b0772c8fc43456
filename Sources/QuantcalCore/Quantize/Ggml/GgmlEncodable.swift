/// A kind of block that can be encoded as ggml's reference does.
protocol GgmlEncodable: GgmlBlock {
    /// `x` are finite.
    static func encode(
        _ x: UnsafePointer<Float>, _ importance: GgmlImportance?, _ work: GgmlWork,
        _ block: UnsafeMutablePointer<UInt8>
    )
}

/// How much the error of each element of a block counts.
struct GgmlImportance {
    /// One for each element: that of its column.
    let weights: UnsafePointer<Float>
    /// The mean of the squares of the whole row, for the types whose weights depend on it.
    let rowMeanSquare: Float

    /// Weights that also count how large a number is beside the mean square of its surroundings.
    @inline(__always) func fill(
        _ target: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, _ range: Range<Int>,
        meanSquare: Float
    ) {
        for index in range {
            let size = (meanSquare + x[index] * x[index]).squareRoot()
            target[index - range.lowerBound] = weights[index] * size
        }
    }
}

/// Memory of one thread for the block that it works on.
struct GgmlWork {
    /// A level for each element, and those of a candidate for a part.
    let levels, trial: UnsafeMutablePointer<UInt8>
    /// Of the elements of a part.
    let weights: UnsafeMutablePointer<Float>
    /// Of each part.
    let scales, minima, weightSums: UnsafeMutablePointer<Float>
    let scaleLevels, minimumLevels: UnsafeMutablePointer<UInt8>

    static func with(_ body: (GgmlWork) -> Void) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 256 + 32 + 16 + 16) { bytes in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: 32 + 3 * 16) { singles in
                let (bytes, singles) = (bytes.baseAddress!, singles.baseAddress!)
                body(
                    GgmlWork(
                        levels: bytes, trial: bytes + 256, weights: singles, scales: singles + 32,
                        minima: singles + 48, weightSums: singles + 64, scaleLevels: bytes + 288,
                        minimumLevels: bytes + 304))
            }
        }
    }
}

@inline(__always) func ggmlSumOfSquares(_ x: UnsafePointer<Float>, _ count: Int) -> Float {
    var sum: Float = 0
    for index in 0..<count { sum += x[index] * x[index] }
    return sum
}
