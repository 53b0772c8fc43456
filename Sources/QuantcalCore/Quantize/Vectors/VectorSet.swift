import Synchronization

/// Vectors of one length in a matrix: all its columns, or those of a part.
struct VectorSet {
    private(set) var values: UnsafePointer<Float>
    /// From one vector to the next.
    private(set) var stride: Int
    let count: Int
    let dimension: Int
    /// For each number the weight of its squared error.
    var importance: UnsafePointer<Float>?
    var importanceStride = 0
    /// The largest magnitudes, or bounds of them, which give the search its scales.
    var largest: Float
    var largestImportance: Float = 1

    /// The squared distance of a vector from a centre, weighted by importance: a sum in double, in the order
    /// of the numbers. This is what "nearest" means, to the last bit.
    @inline(__always)
    func distance(_ index: Int, _ centre: UnsafePointer<Float>) -> Double {
        let vector = values + index * stride
        var sum = 0.0
        if let importance {
            let weights = importance + index * importanceStride
            for j in 0..<dimension {
                let difference = Double(vector[j]) - Double(centre[j])
                sum += Double(weights[j]) * (difference * difference)
            }
        } else {
            for j in 0..<dimension {
                let difference = Double(vector[j]) - Double(centre[j])
                sum += difference * difference
            }
        }
        return sum
    }

    /// Copies the vectors together: what is read often is then read as it lies.
    mutating func gather(into target: UnsafeMutablePointer<Float>) {
        let (source, step, length) = (values, stride, dimension)
        Parallel.forEachRange(of: count, grain: max(1, (1 << 16) / length)) { range in
            for index in range {
                (target + index * length).update(from: source + index * step, count: length)
            }
        }
        (values, stride) = (UnsafePointer(target), length)
    }

    /// The largest magnitude of finite numbers.
    static func largestMagnitude(_ values: UnsafeBufferPointer<Float>) -> Float {
        let grain = 1 << 17
        let largest = Atomic<UInt32>(0)
        Parallel.forEachRange(of: values.count, grain: grain) { range in
            var bits: UInt32 = 0
            for value in UnsafeBufferPointer(rebasing: values[range]) {
                bits = max(bits, value.bitPattern & Float.magnitudeMask)
            }
            largest.max(bits, ordering: .relaxed)
        }
        return Float(bitPattern: largest.load(ordering: .relaxed))
    }
}
