/// A codebook ready for use: the numbers of its points one after the other.
struct GgmlCodebook: @unchecked Sendable {
    /// Never changed and never freed.
    private let numbers: UnsafePointer<Int8>
    private let width: Int

    /// `width` numbers in each point, which stand as indices into `magnitudes` in `hex`.
    private init(_ hex: StaticString, width: Int, _ magnitudes: [Int8]) {
        let bits = width == 8 ? 2 : 4
        let digits = UnsafeBufferPointer(start: hex.utf8Start, count: hex.utf8CodeUnitCount)
        let table = UnsafeMutablePointer<Int8>.allocate(capacity: digits.count * 4 / bits)
        var count = 0
        var first: UInt8?
        for digit in digits where digit != UInt8(ascii: "\n") {
            let nibble =
                digit <= UInt8(ascii: "9") ? digit - UInt8(ascii: "0") : digit - UInt8(ascii: "a") + 10
            guard let high = first else {
                first = nibble
                continue
            }
            let byte = high << 4 | nibble
            for shift in stride(from: 0, to: 8, by: bits) {
                table[count] = magnitudes[Int(byte >> UInt8(shift)) & (1 << bits - 1)]
                count += 1
            }
            first = nil
        }
        numbers = UnsafePointer(table)
        self.width = width
    }

    /// The numbers of a point.
    @inline(__always) subscript(_ index: UInt32) -> UnsafePointer<Int8> { numbers + Int(index) * width }

    private static let magnitudes2: [Int8] = [8, 25, 43]
    static let iq2xxs = GgmlCodebook(GgmlPoints.iq2xxs, width: 8, magnitudes2)
    static let iq2xs = GgmlCodebook(GgmlPoints.iq2xs, width: 8, magnitudes2)
    static let iq2s = GgmlCodebook(GgmlPoints.iq2s, width: 8, magnitudes2)
    static let iq3xxs = GgmlCodebook(GgmlPoints.iq3xxs, width: 4, [4, 12, 20, 28, 36, 44, 52, 62])
    static let iq3s = GgmlCodebook(GgmlPoints.iq3s, width: 4, [1, 3, 5, 7, 9, 11, 13, 15])
    static let iq1 = GgmlCodebook(GgmlPoints.iq1, width: 8, [-1, 0, 1])
}
