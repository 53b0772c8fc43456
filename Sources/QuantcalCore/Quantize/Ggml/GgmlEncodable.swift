/// A kind of block that can be encoded as ggml's reference does.
protocol GgmlEncodable: GgmlBlock {
    static func encode(_ batch: GgmlBatch)
    static func encodeBest(_ batch: GgmlBatch)
}

extension GgmlEncodable {
    /// Nothing is better where nothing is to be chosen.
    static func encodeBest(_ batch: GgmlBatch) { encode(batch) }
}

/// Neighbouring blocks of one thread, up to 512 numbers: whole blocks of every type, and sixteen parts of 32
/// or twice sixteen of 16, which are searched side by side.
struct GgmlBatch {
    static var length: Int { 512 }

    /// 512 finite numbers, zeros behind the last block.
    let x: UnsafePointer<Float>
    /// Of blocks.
    let count: Int
    let importance: GgmlImportance?
    let blocks: UnsafeMutablePointer<UInt8>
    let work: GgmlWork

    /// For types whose blocks are encoded one by one.
    @inline(__always) func forEachBlock<B: GgmlBlock>(
        of kind: B.Type,
        _ encode: (UnsafePointer<Float>, UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<UInt8>) -> Void
    ) {
        for block in 0..<count {
            encode(x + block * B.type.blockLength, work.levels, blocks + block * B.type.blockBytes)
        }
    }

    /// Parts with the weights that a search has by itself, or with those of the importance for the mean square
    /// of what surrounds each part.
    @inline(__always) func parts(
        of length: Int, meanSquare: (_ part: Int, GgmlImportance) -> Float
    ) -> GgmlParts {
        let count = Self.length / length
        guard let importance else { return GgmlParts(x: x, weights: nil, count: count, length: length) }
        for part in 0..<count {
            let (first, meanSquare) = (part * length, meanSquare(part, importance))
            for index in first..<first + length {
                let size = (meanSquare + x[index] * x[index]).squareRoot()
                work.weights[index] = importance.weights[index] * size
            }
        }
        return GgmlParts(x: x, weights: UnsafePointer(work.weights), count: count, length: length)
    }
}

/// How much the error of each element of a batch counts.
struct GgmlImportance {
    /// One for each element: that of its column.
    let weights: UnsafePointer<Float>
    /// For each block the mean of the squares of its whole row, for the types whose weights depend on it.
    let rowMeanSquares: UnsafePointer<Float>
}

/// Memory of one thread for the batch that it works on.
struct GgmlWork {
    /// The numbers in single precision, and the importance of each.
    let singles, importance: UnsafeMutablePointer<Float>
    let rowMeanSquares: UnsafeMutablePointer<Float>
    /// Of the elements.
    let weights: UnsafeMutablePointer<Float>
    let levels: UnsafeMutablePointer<UInt8>
    /// Of the parts.
    let scales, minima, weightSums: UnsafeMutablePointer<Float>
    let scaleLevels, minimumLevels: UnsafeMutablePointer<UInt8>

    static func with(_ body: (GgmlWork) -> Void) {
        let length = GgmlBatch.length
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: length + 2 * 32) { bytes in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: 3 * length + 4 * 32) { singles in
                let bytes = bytes.baseAddress!
                let parts = singles.baseAddress! + 3 * length
                body(
                    GgmlWork(
                        singles: singles.baseAddress!, importance: singles.baseAddress! + length,
                        rowMeanSquares: parts + 96, weights: singles.baseAddress! + 2 * length,
                        levels: bytes, scales: parts, minima: parts + 32, weightSums: parts + 64,
                        scaleLevels: bytes + length, minimumLevels: bytes + length + 32))
            }
        }
    }
}

@inline(__always) func ggmlSumOfSquares(_ x: UnsafePointer<Float>, _ count: Int) -> Float {
    var sum: Float = 0
    for index in 0..<count { sum += x[index] * x[index] }
    return sum
}
