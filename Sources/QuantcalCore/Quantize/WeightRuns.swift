import CQuantcalKernels

/// Conversions of runs of elements to single precision and back. The references go one by one.
extension WeightElement {
    static func widenReference(
        _ values: UnsafePointer<Self>, _ count: Int, to singles: UnsafeMutablePointer<Float>
    ) {
        for index in 0..<count { singles[index] = values[index].single }
    }

    static func narrowReference(
        _ singles: UnsafePointer<Float>, _ count: Int, to values: UnsafeMutablePointer<Self>
    ) {
        for index in 0..<count { values[index] = Self(single: singles[index]) }
    }
}

extension Float {
    public static func widen(
        _ values: UnsafePointer<Float>, _ count: Int, to singles: UnsafeMutablePointer<Float>
    ) { singles.update(from: values, count: count) }

    public static func narrow(
        _ singles: UnsafePointer<Float>, _ count: Int, to values: UnsafeMutablePointer<Float>
    ) { values.update(from: singles, count: count) }
}

extension HalfBits {
    public static func widen(
        _ values: UnsafePointer<HalfBits>, _ count: Int, to singles: UnsafeMutablePointer<Float>
    ) {
        guard let kernel = Kernels.widenF16 else { return widenReference(values, count, to: singles) }
        kernel(stored(values), count, singles)
    }

    public static func narrow(
        _ singles: UnsafePointer<Float>, _ count: Int, to values: UnsafeMutablePointer<HalfBits>
    ) {
        guard let kernel = Kernels.narrowF16 else { return narrowReference(singles, count, to: values) }
        kernel(singles, count, stored(values))
    }
}

extension BFloat16Bits {
    public static func widen(
        _ values: UnsafePointer<BFloat16Bits>, _ count: Int, to singles: UnsafeMutablePointer<Float>
    ) {
        guard let kernel = Kernels.widenBF16 else { return widenReference(values, count, to: singles) }
        kernel(stored(values), count, singles)
    }

    public static func narrow(
        _ singles: UnsafePointer<Float>, _ count: Int, to values: UnsafeMutablePointer<BFloat16Bits>
    ) {
        guard let kernel = Kernels.narrowBF16 else { return narrowReference(singles, count, to: values) }
        kernel(singles, count, stored(values))
    }
}

/// Elements of 16 bits as the kernels take them.
private func stored<T: WeightElement>(_ values: UnsafePointer<T>) -> UnsafePointer<UInt16> {
    UnsafeRawPointer(values).assumingMemoryBound(to: UInt16.self)
}

private func stored<T: WeightElement>(_ values: UnsafeMutablePointer<T>) -> UnsafeMutablePointer<UInt16> {
    UnsafeMutableRawPointer(values).assumingMemoryBound(to: UInt16.self)
}

extension UnsafePointer where Pointee: WeightElement {
    /// For kernels that convert as they read.
    @inline(__always) var forKernel: quantcal_elements {
        quantcal_elements(values: self, type: Pointee.kernelType)
    }
}

/// Gives a run of at most one chunk in single precision, as it is or converted.
@inline(__always) func withSingles<T: WeightElement>(
    _ values: UnsafePointer<T>, _ count: Int, _ body: (UnsafePointer<Float>) -> Void
) {
    if let singles = values as? UnsafePointer<Float> {
        body(singles)
        return
    }
    withUnsafeTemporaryAllocation(of: Float.self, capacity: GroupLayout.chunk) { singles in
        T.widen(values, count, to: singles.baseAddress!)
        body(UnsafePointer(singles.baseAddress!))
    }
}

/// Lets a run of at most one chunk be written in single precision, to its place or converted to it.
@inline(__always) func fromSingles<T: WeightElement>(
    _ values: UnsafeMutablePointer<T>, _ count: Int, _ body: (UnsafeMutablePointer<Float>) -> Void
) {
    if let singles = values as? UnsafeMutablePointer<Float> {
        body(singles)
        return
    }
    withUnsafeTemporaryAllocation(of: Float.self, capacity: GroupLayout.chunk) { singles in
        body(singles.baseAddress!)
        T.narrow(singles.baseAddress!, count, to: values)
    }
}
