/// What is sorted: a key and what travels with it.
protocol RadixItem: BitwiseCopyable {
    associatedtype Key: FixedWidthInteger & UnsignedInteger & BitwiseCopyable
    var key: Key { get }
}

/// Keys by index.
protocol RadixKeys {
    associatedtype Key: FixedWidthInteger & UnsignedInteger & BitwiseCopyable
    var count: Int { get }
    func key(_ index: Int) -> Key
}

/// Where items come from and where they go, by index. An item is read twice before the first is
/// written, so a target may be the memory of the source.
protocol RadixItems: RadixKeys where Key == Item.Key {
    associatedtype Item: RadixItem
    func item(_ index: Int) -> Item
    func store(_ item: Item, at place: Int)
}

/// A stable sort by unsigned keys, in linear time for keys of a fixed width, on all threads.
///
/// Most significant digits first: one pass scatters the items to buckets that fit a core's cache, and each
/// bucket is finished there. The buckets are cut so that a sample of the keys spreads evenly over
/// them, whatever the distribution; and digits are counted from a bucket's least key, so what all its
/// keys have in common costs nothing. (Compare the sample sorts of Axtmann et al., 2017.)
enum RadixSort {
    /// So many items of a bucket are worth a pass over memory.
    private static let bucketSize = 1 << 12

    static func sort<Items: RadixItems>(_ items: Items) throws(QuantcalError) {
        guard items.count > RadixLevels<Items.Item>.few else { return sortFew(items) }
        guard items.count > bucketSize else { return try sortInCache(items) }
        let threads = Parallel.threads(for: Parallel.maximumThreadCount, work: items.count)
        let cuts = try RadixCuts(items, buckets: items.count / bucketSize)
        let buckets = cuts.bucketCount
        let memory = try Scratch<Items.Item>(items.count)
        let offsets = try Scratch<Int>(zeroed: threads * buckets + 1)
        let places = offsets.buffer.baseAddress!
        let (low, cells) = (cuts.low, cuts.cells)
        let share = (items.count + threads - 1) / threads
        Parallel.forEach(threads, threads: threads) { part, _ in
            let counts = places + part * buckets
            for index in part * share..<max(part * share, min((part + 1) * share, items.count)) {
                counts[cells.bucket(items.key(index) &- low)] &+= 1
            }
        }
        let starts = try Scratch<Int>(buckets + 1)
        var next = 0
        for bucket in 0..<buckets {
            starts.buffer[bucket] = next
            for part in 0..<threads {
                let index = part * buckets + bucket
                (places[index], next) = (next, next + places[index])
            }
        }
        starts.buffer[buckets] = next
        let target = memory.buffer.baseAddress!
        Parallel.forEach(threads, threads: threads) { part, _ in
            let offsets = places + part * buckets
            for index in part * share..<max(part * share, min((part + 1) * share, items.count)) {
                let item = items.item(index)
                let bucket = cells.bucket(item.key &- low)
                target[offsets[bucket]] = item
                offsets[bucket] &+= 1
            }
        }
        try finish(items, target, starts.buffer, threads)
    }

    /// Sorts every bucket and stores its items.
    private static func finish<Items: RadixItems>(
        _ items: Items, _ memory: UnsafeMutablePointer<Items.Item>,
        _ starts: UnsafeMutableBufferPointer<Int>, _ threads: Int
    ) throws(QuantcalError) {
        let buckets = starts.count - 1
        var largest = 0
        for bucket in 0..<buckets { largest = max(largest, starts[bucket + 1] - starts[bucket]) }
        let threads = min(threads, buckets)
        let spares = try Scratch<Items.Item>(threads * largest)
        let counts = try Scratch<UInt>(threads * RadixLevels<Items.Item>.countersNeeded)
        Parallel.forEach(buckets, threads: threads) { bucket, thread in
            let range = starts[bucket]..<starts[bucket + 1]
            let levels = RadixLevels<Items.Item>(
                counters: counts.buffer.baseAddress! + thread * RadixLevels<Items.Item>.countersNeeded)
            let sorted = levels.sort(
                memory + range.lowerBound, spare: spares.buffer.baseAddress! + thread * largest, range.count)
            for (index, place) in range.enumerated() { items.store(sorted[index], at: place) }
        }
    }

    private static func sortFew<Items: RadixItems>(_ items: Items) {
        withUnsafeTemporaryAllocation(of: Items.Item.self, capacity: RadixLevels<Items.Item>.few) { few in
            for index in 0..<items.count { few[index] = items.item(index) }
            RadixLevels<Items.Item>.insert(few.baseAddress!, items.count)
            for index in 0..<items.count { items.store(few[index], at: index) }
        }
    }

    private static func sortInCache<Items: RadixItems>(_ items: Items) throws(QuantcalError) {
        let memory = try Scratch<Items.Item>(2 * items.count)
        let counts = try Scratch<UInt>(RadixLevels<Items.Item>.countersNeeded)
        let first = memory.buffer.baseAddress!
        for index in 0..<items.count { first[index] = items.item(index) }
        let levels = RadixLevels<Items.Item>(counters: counts.buffer.baseAddress!)
        let sorted = levels.sort(first, spare: first + items.count, items.count)
        for index in 0..<items.count { items.store(sorted[index], at: index) }
    }
}
