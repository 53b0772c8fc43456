/// Eight neighbours in double precision, for passes that the compiler does not vectorise by itself.
typealias Lanes = SIMD8<Double>

extension Lanes {
    @inline(__always) init<T: QuantcalCore.Scalar>(at p: UnsafePointer<T>) {
        self.init(
            Double(p[0]), Double(p[1]), Double(p[2]), Double(p[3]), Double(p[4]), Double(p[5]), Double(p[6]),
            Double(p[7]))
    }

    @inline(__always) var magnitude: Lanes {
        unsafeBitCast(unsafeBitCast(self, to: SIMD8<UInt64>.self) & (UInt64.max >> 1), to: Lanes.self)
    }
}
