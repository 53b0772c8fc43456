/// A batch of an observer's values, and how it is gone through: as runs of values of one channel, or, where those
/// are short, in blocks of the columns of a matrix whose rows have all channels.
struct ObserverBatch<T: WeightElement> {
    let values: UnsafeBufferPointer<T>
    let channels: Int
    let inner: Int
    let outer: Int

    /// Values that are looked at together.
    static var piece: Int { 2048 }
    /// A run has at least so many, unless there is one channel only.
    private static var leastRun: Int { 64 }
    /// Columns of a block: many, since a short piece of each row is a page and a line of memory that nothing has
    /// announced, but not so many that there are few blocks.
    private var mostColumns: Int { min(max(channels * inner / 8, Self.leastRun), 256) }

    init(_ values: UnsafeBufferPointer<T>, channels: Int, inner: Int) {
        (self.values, self.channels, self.inner) = (values, channels, inner)
        outer = values.count / (channels * inner)
    }

    var hasRuns: Bool { channels == 1 || inner >= Self.leastRun }
    /// Of a block: all values of each are the thread's that has the block.
    var channelsPerBlock: Int { hasRuns ? 1 : max(1, mostColumns / inner) }
    var blocks: Int { (channels + channelsPerBlock - 1) / channelsPerBlock }
    var columns: Int { channelsPerBlock * inner }

    func channels(of block: Int) -> Range<Int> {
        let first = block * channelsPerBlock
        return first..<min(first + channelsPerBlock, channels)
    }

    /// Values as singles, in `room` if they have to be converted.
    @inline(__always) func singles(
        _ first: Int, _ count: Int, _ room: UnsafeMutablePointer<Float>
    ) -> UnsafePointer<Float> {
        let start = values.baseAddress! + first
        if T.self == Float.self { return UnsafeRawPointer(start).assumingMemoryBound(to: Float.self) }
        T.widen(start, count, to: room)
        return UnsafePointer(room)
    }

    /// The smallest and the largest value of each channel, and how many are 0.
    func ends() throws(QuantcalError) -> Scratch<ObserverEnds> {
        let ends = try Scratch<ObserverEnds>(channels)
        ends.buffer.initialize(repeating: ObserverEnds())
        if channels == 1 {
            try oneChannel(&ends.buffer[0])
            return ends
        }
        let threads = Parallel.threads(for: blocks, work: values.count)
        let room = try Scratch<Float>(Self.piece * threads)
        let columnEnds = try Scratch<Int32>(3 * mostColumns * threads)
        Parallel.forEach(blocks, threads: threads) { block, thread in
            let room = room.buffer.baseAddress! + thread * Self.piece
            if hasRuns {
                for row in 0..<outer {
                    run((row * channels + block) * inner, inner, room, &ends.buffer[block])
                }
            } else {
                let own = columnEnds.buffer.baseAddress! + thread * 3 * mostColumns
                columns(of: block, room, own, ends.buffer.baseAddress!)
            }
        }
        return ends
    }

    private func oneChannel(_ ends: inout ObserverEnds) throws(QuantcalError) {
        let grain = 1 << 18
        let tasks = (values.count + grain - 1) / grain
        let threads = Parallel.threads(for: tasks, work: values.count)
        let room = try Scratch<Float>(Self.piece * threads)
        let parts = try Scratch<ObserverEnds>(tasks)
        Parallel.forEach(tasks, threads: threads) { task, thread in
            var part = ObserverEnds()
            run(
                task * grain, min(grain, values.count - task * grain),
                room.buffer.baseAddress! + thread * Self.piece, &part)
            parts.buffer[task] = part
        }
        for part in parts.buffer { ends.join(part) }
    }

    private func run(
        _ first: Int, _ count: Int, _ room: UnsafeMutablePointer<Float>, _ ends: inout ObserverEnds
    ) {
        for start in stride(from: 0, to: count, by: Self.piece) {
            let length = min(Self.piece, count - start)
            ends.add(singles(first + start, length, room), length)
        }
    }

    private func columns(
        of block: Int, _ room: UnsafeMutablePointer<Float>, _ own: UnsafeMutablePointer<Int32>,
        _ ends: UnsafeMutablePointer<ObserverEnds>
    ) {
        let channels = channels(of: block)
        let width = channels.count * inner
        let (low, high, zeros) = (own, own + mostColumns, own + 2 * mostColumns)
        var row = 0
        while row < outer {
            for column in 0..<width { (low[column], high[column], zeros[column]) = (.max, .min, 0) }
            // Zeros are counted in 32 bits.
            let end = min(outer, row + (1 << 30))
            while row < end {
                let values = singles((row * self.channels + channels.lowerBound) * inner, width, room)
                ObserverEnds.add(values, width, low, high, zeros)
                row += 1
            }
            for column in 0..<width {
                ends[channels.lowerBound + column / inner].join(
                    ObserverEnds(low: low[column], high: high[column], zeroCount: UInt64(zeros[column])))
            }
        }
    }

    func requireFinite(_ ends: borrowing Scratch<ObserverEnds>) throws(QuantcalError) {
        guard ends.buffer.contains(where: { !$0.areFinite }) else { return }
        let index = values.firstIndex { !$0.single.isFinite } ?? 0
        throw QuantcalError(
            .notFinite, "values[\(index)] is \(values[index].single); values must be finite")
    }
}

/// Ends of values, as integers that are in the order of the values; beyond infinities are NaN.
struct ObserverEnds: BitwiseCopyable {
    private var low = Int32.max
    private var high = Int32.min
    private(set) var zeroCount: UInt64 = 0

    init() {}
    init(low: Int32, high: Int32, zeroCount: UInt64) {
        (self.low, self.high, self.zeroCount) = (low, high, zeroCount)
    }

    @inline(__always) private static func key(_ bits: Int32) -> Int32 { bits ^ ((bits >> 31) & .max) }

    var minimum: Float { Float(bitPattern: UInt32(bitPattern: Self.key(low))) }
    var maximum: Float { Float(bitPattern: UInt32(bitPattern: Self.key(high))) }
    var areFinite: Bool { minimum.isFinite && maximum.isFinite }

    mutating func join(_ other: ObserverEnds) {
        low = min(low, other.low)
        high = max(high, other.high)
        zeroCount += other.zeroCount
    }

    /// At most 2^30 values.
    mutating func add(_ values: UnsafePointer<Float>, _ count: Int) {
        var (low, high, zeros) = (low, high, Int32(0))
        for index in 0..<count {
            let key = Self.key(Int32(bitPattern: values[index].bitPattern))
            low = min(low, key)
            high = max(high, key)
            // -0 has the key -1.
            zeros &+= key == 0 || key == -1 ? 1 : 0
        }
        (self.low, self.high) = (low, high)
        zeroCount += UInt64(zeros)
    }

    /// Each value to the ends of its column.
    static func add(
        _ values: UnsafePointer<Float>, _ count: Int, _ low: UnsafeMutablePointer<Int32>,
        _ high: UnsafeMutablePointer<Int32>, _ zeros: UnsafeMutablePointer<Int32>
    ) {
        for index in 0..<count {
            let key = key(Int32(bitPattern: values[index].bitPattern))
            low[index] = min(low[index], key)
            high[index] = max(high[index], key)
            zeros[index] &+= key == 0 || key == -1 ? 1 : 0
        }
    }
}
