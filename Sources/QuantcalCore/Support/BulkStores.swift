import CQuantcalKernels

/// Writes of many neighbours, in one part of an output: where all of it is larger than the caches, past them.
struct BulkStores {
    private let arePastCaches: Bool

    /// A share of a last cache that is large today.
    private static let cacheSize = 1 << 25
    /// Fewer bytes than this are not worth to wait until they have left.
    private static let leastBytes = 1 << 12

    /// Of an output of so many bytes.
    init(into bytes: Int) { arePastCaches = bytes >= Self.cacheSize }

    private func pass(_ bytes: Int) -> Bool { arePastCaches && bytes >= Self.leastBytes }

    func fill<T: FillableScalar>(_ places: UnsafeMutablePointer<T>, _ count: Int, _ value: T) {
        if count >= 32, let kernel = T.fillKernel {
            kernel(places, count, value, pass(count * MemoryLayout<T>.stride) ? 1 : 0)
        } else {
            for place in 0..<count { places[place] = value }
        }
    }

    /// The source may be the target.
    func copy<T: BitwiseCopyable>(
        _ places: UnsafeMutablePointer<T>, _ source: UnsafePointer<T>, _ count: Int
    ) {
        let bytes = count * MemoryLayout<T>.stride
        if pass(bytes), let kernel = Kernels.copyPastCaches {
            kernel(places, source, bytes)
        } else {
            places.update(from: source, count: count)
        }
    }

    /// `first` and the numbers that follow.
    func countUp(_ places: UnsafeMutablePointer<Int>, from first: Int, _ count: Int) {
        if pass(count * MemoryLayout<Int>.stride), let kernel = Kernels.countPastCaches {
            kernel(places, first, count)
        } else {
            for place in 0..<count { places[place] = first + place }
        }
    }
}

/// A scalar with a kernel for stores of one value.
protocol FillableScalar: BitwiseCopyable {
    static var fillKernel: ((UnsafeMutablePointer<Self>?, Int, Self, Int32) -> Void)? { get }
}

extension Float: FillableScalar {
    static var fillKernel: ((UnsafeMutablePointer<Self>?, Int, Self, Int32) -> Void)? { Kernels.fillF32 }
}

extension Double: FillableScalar {
    static var fillKernel: ((UnsafeMutablePointer<Self>?, Int, Self, Int32) -> Void)? { Kernels.fillF64 }
}
