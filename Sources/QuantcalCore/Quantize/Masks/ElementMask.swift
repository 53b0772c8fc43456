/// Which elements of a matrix belong to a part: a bit for each, every row starting on a byte.
public struct ElementMask: @unchecked Sendable {
    private let bits: UnsafePointer<UInt8>
    /// Bytes from one row of the mask to the next; 0 if all rows share one.
    private let rowBytes: Int
    /// Turns the bits of selected elements into ones.
    private let flip: UInt8

    public init(_ bits: UnsafePointer<UInt8>, columns: Int, isShared: Bool, selectsOnes: Bool) {
        self.bits = bits
        rowBytes = isShared ? 0 : Self.bytes(columns)
        flip = selectsOnes ? 0 : 0xFF
    }

    /// Bytes of a row.
    public static func bytes(_ columns: Int) -> Int { columns / 8 + (columns % 8 == 0 ? 0 : 1) }

    /// How many elements of a row are selected.
    func count(row: Int, columns: Int) -> Int {
        let row = bits + row * rowBytes
        var count = 0
        for byte in 0..<columns / 8 { count += (row[byte] ^ flip).nonzeroBitCount }
        let rest = columns % 8
        return rest == 0 ? count : count + ((row[columns / 8] ^ flip) & (1 << rest - 1)).nonzeroBitCount
    }

    /// The selected elements of a stretch of a row in single precision, one behind the other; `picked` has
    /// room for the whole stretch. Returns how many there are.
    @inline(__always) func pick<T: WeightElement>(
        _ values: UnsafePointer<T>, row: Int, _ columns: Range<Int>, into picked: UnsafeMutablePointer<Float>
    ) -> Int {
        let bits = bits + row * rowBytes
        var count = 0
        for column in columns {
            picked[count] = values[column].single
            count += Int((bits[column >> 3] ^ flip) >> UInt8(column & 7) & 1)
        }
        return count
    }

    /// How many elements of a stretch are selected.
    @inline(__always) func count(row: Int, _ columns: Range<Int>) -> Int {
        let bits = bits + row * rowBytes
        var count = 0
        for column in columns { count += Int((bits[column >> 3] ^ flip) >> UInt8(column & 7) & 1) }
        return count
    }

    /// Puts numbers to the places of the selected elements of a stretch, in order.
    @inline(__always) func place<T: WeightElement>(
        _ numbers: UnsafePointer<Float>, row: Int, _ columns: Range<Int>, in values: UnsafeMutablePointer<T>
    ) {
        let bits = bits + row * rowBytes
        var next = 0
        for column in columns where (bits[column >> 3] ^ flip) >> UInt8(column & 7) & 1 != 0 {
            values[column] = T(single: numbers[next])
            next += 1
        }
    }
}
