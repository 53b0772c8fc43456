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

    /// Lanes exchanged in groups of 4, 2 or 1.
    @inline(__always) func exchanged(_ group: Int) -> Lanes {
        var lanes = Lanes()
        for lane in 0..<8 { lanes[lane] = self[lane ^ group] }
        return lanes
    }

    /// Lanes moved up; zeros come in.
    @inline(__always) func shiftedUp(_ distance: Int) -> Lanes {
        var lanes = Lanes.zero
        for lane in distance..<8 { lanes[lane] = self[lane - distance] }
        return lanes
    }

    /// The sum of each lane and those below it, in the order in which kernels add.
    @inline(__always) var prefixSums: Lanes {
        var lanes = self
        lanes += lanes.shiftedUp(1)
        lanes += lanes.shiftedUp(2)
        lanes += lanes.shiftedUp(4)
        return lanes
    }

    /// The sum of all lanes, in the order in which kernels fold.
    @inline(__always) var foldedSum: Double {
        var lanes = self
        for other in [4, 2, 1] { lanes += lanes.exchanged(other) }
        return lanes[0]
    }
}
