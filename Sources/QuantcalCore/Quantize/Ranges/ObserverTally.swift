/// Counts the values of a batch, which are in the ranges, by bins; zeros with the bin that they are in.
///
/// Where a tensor is one channel, or a channel has many values, counts go to tables of 32 bits first: of several, taken
/// in turn, so that neighbouring values of one bin do not wait for each other.
final class ObserverTally<T: WeightElement> {
    private let batch: ObserverBatch<T>
    private let bins: Int
    private let threads: Int
    private let copies: Int
    private let singles: Scratch<Float>
    private let places: Scratch<Int32>
    private let tables: Scratch<UInt32>
    private let totals: Scratch<UInt64>
    private let turned: Scratch<Float>

    /// As many values go to tables before those are added up.
    private static var grain: Int { 1 << 20 }

    /// Takes all memory that counting needs.
    init(_ batch: ObserverBatch<T>, bins: Int) throws(QuantcalError) {
        let tasks =
            batch.channels == 1 ? (batch.values.count + Self.grain - 1) / Self.grain : batch.blocks
        let threads = Parallel.threads(for: tasks, work: batch.values.count)
        // Tables are worth their clearing, and stay in the first cache.
        let perChannel = batch.values.count / batch.channels
        let copies = !batch.hasRuns || perChannel < 8 * bins ? 0 : bins <= 2048 ? 4 : 1
        let singles = try Scratch<Float>(ObserverBatch<T>.piece * threads)
        let places = try Scratch<Int32>(ObserverBatch<T>.piece * threads)
        let tables = try Scratch<UInt32>(copies * bins * threads)
        let totals = try Scratch<UInt64>(zeroed: copies > 0 && batch.channels == 1 ? bins * threads : 0)
        let turned = try Scratch<Float>(
            batch.hasRuns ? 0 : batch.columns * Self.turnedRows * threads)
        (self.batch, self.bins, self.threads, self.copies) = (batch, bins, threads, copies)
        self.singles = singles
        self.places = places
        self.tables = tables
        self.totals = totals
        self.turned = turned
    }

    func count(
        into counts: UnsafeMutablePointer<UInt64>, _ seen: UnsafePointer<RangeObserver.Channel>
    ) {
        if batch.channels == 1 {
            countOne(counts, seen[0].bins)
        } else if batch.hasRuns {
            Parallel.forEach(batch.blocks, threads: threads) { channel, thread in
                let (channels, inner) = (batch.channels, batch.inner)
                let runs = (0..<batch.outer).lazy.map { ($0 * channels + channel) * inner }
                count(runs, inner, seen[channel].bins, thread, counts + channel * bins)
            }
        } else {
            Parallel.forEach(batch.blocks, threads: threads) { block, thread in
                countColumns(block, thread, counts, seen)
            }
        }
    }

    private func countOne(_ counts: UnsafeMutablePointer<UInt64>, _ bins: ObserverBins) {
        let tasks = (batch.values.count + Self.grain - 1) / Self.grain
        guard copies > 0 else {
            // Few values: fewer than a task has.
            return count(CollectionOfOne(0), batch.values.count, bins, 0, counts)
        }
        Parallel.forEach(tasks, threads: threads) { task, thread in
            let first = task * Self.grain
            count(
                CollectionOfOne(first), min(Self.grain, batch.values.count - first), bins, thread,
                totals.buffer.baseAddress! + thread * self.bins)
        }
        for thread in 0..<threads {
            let own = totals.buffer.baseAddress! + thread * self.bins
            for bin in 0..<bins.count { counts[bin] += own[bin] }
        }
    }

    /// Counts runs of values of one channel.
    private func count(
        _ runs: some Collection<Int>, _ length: Int, _ bins: ObserverBins, _ thread: Int,
        _ counts: UnsafeMutablePointer<UInt64>
    ) {
        let piece = ObserverBatch<T>.piece
        let room = singles.buffer.baseAddress! + thread * piece
        let places = places.buffer.baseAddress! + thread * piece
        let table = tables.buffer.baseAddress! + thread * copies * self.bins
        if copies > 0 { table.update(repeating: 0, count: copies * bins.count) }
        var inTables = 0
        for run in runs {
            for start in stride(from: 0, to: length, by: piece) {
                let count = min(piece, length - start)
                bins.places(batch.singles(run + start, count, room), count, places)
                if copies == 0 {
                    for index in 0..<count { counts[Int(places[index])] += 1 }
                    continue
                }
                if inTables + count > Int(UInt32.max) {
                    addTables(table, bins.count, to: counts)
                    inTables = 0
                }
                tally(places, count, table, bins.count)
                inTables += count
            }
        }
        if copies > 0 { addTables(table, bins.count, to: counts) }
    }

    @inline(__always) private func tally(
        _ places: UnsafePointer<Int32>, _ count: Int, _ table: UnsafeMutablePointer<UInt32>, _ bins: Int
    ) {
        var index = 0
        if copies == 4 {
            let (second, third, fourth) = (table + bins, table + 2 * bins, table + 3 * bins)
            while index + 4 <= count {
                table[Int(places[index])] &+= 1
                second[Int(places[index + 1])] &+= 1
                third[Int(places[index + 2])] &+= 1
                fourth[Int(places[index + 3])] &+= 1
                index += 4
            }
        }
        while index < count {
            table[Int(places[index])] &+= 1
            index += 1
        }
    }

    private func addTables(
        _ table: UnsafeMutablePointer<UInt32>, _ bins: Int, to counts: UnsafeMutablePointer<UInt64>
    ) {
        for copy in 0..<copies {
            for bin in 0..<bins { counts[bin] += UInt64(table[copy * bins + bin]) }
        }
        table.update(repeating: 0, count: copies * bins)
    }

    /// Some rows of a block are turned, so that counting the values of one column stays in the counts of one
    /// channel: those of all are larger than the caches that a thread has.
    private func countColumns(
        _ block: Int, _ thread: Int, _ counts: UnsafeMutablePointer<UInt64>,
        _ channels: UnsafePointer<RangeObserver.Channel>
    ) {
        let own = batch.channels(of: block)
        let width = own.count * batch.inner
        let turned = turned.buffer.baseAddress! + thread * batch.columns * Self.turnedRows
        let places = places.buffer.baseAddress! + thread * ObserverBatch<T>.piece
        for row in stride(from: 0, to: batch.outer, by: Self.mostRows) {
            let rows = row..<min(row + Self.mostRows, batch.outer)
            turn(rows, own.lowerBound * batch.inner, width, thread, turned)
            for column in 0..<width {
                let channel = own.lowerBound + column / batch.inner
                channels[channel].bins.places(turned + column * Self.turnedRows, rows.count, places)
                let counts = counts + channel * bins
                for index in 0..<rows.count { counts[Int(places[index])] += 1 }
            }
        }
    }

    /// Rows that are turned together; and from one column to the next, so that neighbours do not compete for places
    /// in a cache.
    private static var mostRows: Int { 1024 }
    private static var turnedRows: Int { mostRows + 16 }

    /// `columns` of rows, from the column `first` on: sixteen by sixteen, which are lines of a cache on both sides.
    private func turn(
        _ rows: Range<Int>, _ first: Int, _ columns: Int, _ thread: Int,
        _ turned: UnsafeMutablePointer<Float>
    ) {
        let room = singles.buffer.baseAddress! + thread * ObserverBatch<T>.piece
        for row in stride(from: rows.lowerBound, to: rows.upperBound, by: 16) {
            let end = min(row + 16, rows.upperBound)
            for column in stride(from: 0, to: columns, by: 16) {
                let count = min(16, columns - column)
                for row in row..<end {
                    let start = row * batch.channels * batch.inner + first + column
                    let values = batch.singles(start, count, room)
                    let target = turned + column * Self.turnedRows + (row - rows.lowerBound)
                    for index in 0..<count { target[index * Self.turnedRows] = values[index] }
                }
            }
        }
    }
}

extension ObserverBins {
    /// Whether places can be found in single precision: scaling by the density is then exact but for what becomes 0,
    /// and adding 1.5 * 2^23 rounds to a whole number.
    var areQuick: Bool { abs(exponent) <= 126 && first >= -(1 << 21) && first + count <= 1 << 21 }

    private static var rounder: Float { 0x1.8p23 }

    /// The bins of values, counted from the first.
    func places(_ values: UnsafePointer<Float>, _ count: Int, _ places: UnsafeMutablePointer<Int32>) {
        guard areQuick else {
            for index in 0..<count {
                places[index] = Int32(truncatingIfNeeded: Self.index(values[index], density) - first)
            }
            return
        }
        let (scale, first) = (Float(density), Int32(first))
        for index in 0..<count { places[index] = Self.place(values[index], scale, first) }
    }

    @inline(__always) private static func place(_ value: Float, _ scale: Float, _ first: Int32) -> Int32 {
        let scaled = value * scale
        let rounded = scaled + rounder
        let whole = Int32(bitPattern: rounded.bitPattern) &- Int32(bitPattern: rounder.bitPattern)
        // What is negative and becomes 0 is in the bin below 0.
        let isAbove = rounded - rounder > scaled || (scaled == 0 && value < 0)
        return whole &- (isAbove ? 1 : 0) &- first
    }
}
