/// Eight neighbours in double precision, for passes that the compiler does not vectorise by itself.
typealias Lanes = SIMD8<Double>

extension Lanes {
    @inline(__always) init<T: QuantcalCore.Scalar>(at p: UnsafePointer<T>) {
        self.init(
            Double(p[0]), Double(p[1]), Double(p[2]), Double(p[3]), Double(p[4]), Double(p[5]), Double(p[6]),
            Double(p[7]))
    }

    @inline(__always) func store(to p: UnsafeMutablePointer<Double>) {
        UnsafeMutableRawPointer(p).storeBytes(of: self, as: Lanes.self)
    }

    @inline(__always) var magnitude: Lanes {
        unsafeBitCast(unsafeBitCast(self, to: SIMD8<UInt64>.self) & (UInt64.max >> 1), to: Lanes.self)
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

    /// The sum of all lanes, by halves, as kernels fold.
    @inline(__always) var foldedSum: Double {
        let four = lowHalf + highHalf
        let two = four.lowHalf + four.highHalf
        return two[0] + two[1]
    }

    /// The least lane.
    @inline(__always) var foldedMinimum: Double {
        var four = lowHalf
        four.replace(with: highHalf, where: highHalf .< four)
        var two = four.lowHalf
        two.replace(with: four.highHalf, where: four.highHalf .< two)
        return two[1] < two[0] ? two[1] : two[0]
    }
}
