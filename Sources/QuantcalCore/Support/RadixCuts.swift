/// How the range of keys is cut into buckets of about equal numbers of items: into cells of equal width,
/// of which one that a sample shows to be crowded is cut on into a power of two of parts, and
/// neighbours that are nearly empty share a bucket. Cutting decides the speed only, not the order.
struct RadixCuts<Key: FixedWidthInteger & UnsignedInteger>: ~Copyable {
    /// The bucket of a key less the lowest key.
    struct Cells {
        fileprivate struct Cell: BitwiseCopyable {
            /// The cell's first bucket, and by how much a key's rest is shifted to give the part.
            var bucket: UInt32 = 0
            var partShift: UInt32 = 0
        }
        fileprivate let cells: UnsafeMutablePointer<Cell>
        fileprivate let shift: Key

        @inline(__always) func bucket(_ offset: Key) -> Int {
            let cell = cells[Int(truncatingIfNeeded: offset &>> shift)]
            let rest = UInt64(truncatingIfNeeded: offset & ~(Key.max &<< shift))
            return Int(cell.bucket) &+ Int(truncatingIfNeeded: rest &>> UInt64(cell.partShift))
        }
    }

    private static var cellBits: Int { 11 }
    private static var sampleSize: Int { 1 << 13 }
    private static var mostPartBits: Int { 11 }

    let low: Key
    let cells: Cells
    let bucketCount: Int
    private let memory: Scratch<Cells.Cell>

    init<Keys: RadixKeys>(_ items: Keys, buckets: Int) throws(QuantcalError) where Keys.Key == Key {
        let (low, high) = try Self.extent(items)
        let width = Key.bitWidth - (high - low).leadingZeroBitCount
        let shift = max(0, width - Self.cellBits)
        let memory = try Scratch<Cells.Cell>(1 << Self.cellBits)
        let sample = try Scratch<Int>(zeroed: 1 << Self.cellBits)
        let sampleSize = min(Self.sampleSize, items.count)
        for index in 0..<sampleSize {
            let key = items.key(index * (items.count / sampleSize))
            sample.buffer[Int(truncatingIfNeeded: (key - low) >> Key(shift))] += 1
        }
        self.low = low
        cells = Cells(cells: memory.buffer.baseAddress!, shift: Key(shift))
        bucketCount = Self.cut(memory.buffer, sample.buffer, sampleSize, buckets, shift)
        self.memory = memory
    }

    /// Fills the cells; returns how many buckets they have in all.
    private static func cut(
        _ cells: UnsafeMutableBufferPointer<Cells.Cell>, _ sample: UnsafeMutableBufferPointer<Int>,
        _ sampleSize: Int, _ buckets: Int, _ shift: Int
    ) -> Int {
        let share = max(1, sampleSize / max(buckets, 1))
        var bucket = 0
        // What is in the bucket that light cells share, and whether there is one.
        var filled = 0
        var isOpen = false
        for index in cells.indices {
            let crowd = sample[index]
            if crowd > share {
                if isOpen { bucket += 1 }
                isOpen = false
                let wanted = Int.bitWidth - ((crowd - 1) / share).leadingZeroBitCount
                let bits = min(wanted, shift, mostPartBits)
                cells[index] = Cells.Cell(bucket: UInt32(bucket), partShift: UInt32(shift - bits))
                bucket += 1 << bits
                continue
            }
            if isOpen, filled + crowd > share {
                bucket += 1
                filled = 0
            }
            (filled, isOpen) = (isOpen ? filled + crowd : crowd, true)
            cells[index] = Cells.Cell(bucket: UInt32(bucket), partShift: 63)
        }
        return bucket + 1
    }

    /// The lowest and the highest key.
    private static func extent<Keys: RadixKeys>(_ items: Keys) throws(QuantcalError) -> (Key, Key)
    where Keys.Key == Key {
        let grain = 1 << 17
        let pieces = try Scratch<(low: Key, high: Key)>((items.count + grain - 1) / grain)
        Parallel.forEachRange(of: items.count, grain: grain) { range in
            var (low, high) = (Key.max, Key.min)
            for index in range {
                let key = items.key(index)
                low = min(low, key)
                high = max(high, key)
            }
            pieces.buffer[range.lowerBound / grain] = (low, high)
        }
        return pieces.buffer.reduce((Key.max, Key.min)) { (min($0.0, $1.low), max($0.1, $1.high)) }
    }
}
