import QuantcalCore

/// C has no type for numbers of 16 bits: their bits arrive as integers.
extension UnsafePointer<UInt16> {
    var halfBits: UnsafePointer<HalfBits> { UnsafeRawPointer(self).assumingMemoryBound(to: HalfBits.self) }
    var bfloat16Bits: UnsafePointer<BFloat16Bits> {
        UnsafeRawPointer(self).assumingMemoryBound(to: BFloat16Bits.self)
    }
}

extension UnsafeMutablePointer<UInt16> {
    var halfBits: UnsafeMutablePointer<HalfBits> {
        UnsafeMutableRawPointer(self).assumingMemoryBound(to: HalfBits.self)
    }
    var bfloat16Bits: UnsafeMutablePointer<BFloat16Bits> {
        UnsafeMutableRawPointer(self).assumingMemoryBound(to: BFloat16Bits.self)
    }
}
