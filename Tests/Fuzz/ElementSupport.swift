/// Runs of elements one by one: the library's way needs its kernels, which readers do not.
extension WeightElement {
    public static func widen(
        _ values: UnsafePointer<Self>, _ count: Int, to singles: UnsafeMutablePointer<Float>
    ) {
        for index in 0..<count { singles[index] = values[index].single }
    }

    public static func narrow(
        _ singles: UnsafePointer<Float>, _ count: Int, to values: UnsafeMutablePointer<Self>
    ) {
        for index in 0..<count { values[index] = Self(single: singles[index]) }
    }
}
