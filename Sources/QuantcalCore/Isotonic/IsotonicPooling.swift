/// Pooling in pieces: each piece of the points is surveyed and pooled by itself, on any thread, and neighbours
/// are joined at their seams, first those of a group, which one thread pools, then groups, and groups of
/// groups. Where hardly any cell of a group's first piece can reach below the hull of its ends, the rest of the group is
/// taken as one piece: it is unlikely that it will be looked at again, and seams cost more. Pieces are cut by
/// index, so the result does not depend on threads.
struct IsotonicPooling<T: IsotonicScalar, Weights: IsotonicWeights> {
    typealias Seams = IsotonicSeams<T, Weights>
    typealias Survey = IsotonicCells<T, Weights>.Survey

    /// A multiple of the cells' size; a piece with its weights fits a core's own cache.
    private static var pieceSize: Int { 1 << 15 }
    /// How many pieces a group has.
    private static var piecesInGroup: Int { 8 }
    private static var groupSize: Int { pieceSize * piecesInGroup }
    /// How many groups, or groups of groups, are joined at once.
    private static var span: Int { 4 }
    /// How many groups lie between two reports of progress: some ten milliseconds of work.
    private static var groupsInWave: Int { 48 }

    let sums: IsotonicBlockSum<T, Weights>
    let partition: IsotonicPartition
    private let groupCount: Int
    private var cells: IsotonicCells<T, Weights> { sums.cells }
    private var points: IsotonicPoints<T, Weights> { sums.points }

    init(_ sums: IsotonicBlockSum<T, Weights>, _ partition: IsotonicPartition) {
        self.sums = sums
        self.partition = partition
        groupCount = (sums.points.count + Self.groupSize - 1) / Self.groupSize
    }

    /// Surveys the points and marks the borders of the fit's blocks. Where the survey finds what cannot be
    /// pooled, the partition says nothing.
    func pool(_ progress: Progress) throws(QuantcalError) -> Survey {
        let memory = try Scratch<Seams.Piece>(groupCount)
        let groups = memory.buffer.baseAddress!
        let joints = try Scratch<Seams.Block>(groupCount)
        let known = joints.buffer.baseAddress!
        let threads = Parallel.threads(for: groupCount, work: points.count)
        let benches = try IsotonicBench(
            threads: threads, points: min(Self.pieceSize, points.count),
            cells: IsotonicCells<T, Weights>.count(of: min(Self.groupSize, points.count)))
        for wave in Swift.stride(from: 0, to: groupCount, by: Self.groupsInWave) {
            try progress(0.75 * Double(wave) / Double(groupCount))
            let count = min(Self.groupsInWave, groupCount - wave)
            Parallel.forEach(count, threads: min(threads, count)) { index, thread in
                groups[wave + index] = poolGroup(group(wave + index), benches[thread])
            }
        }
        // What is left is to write the result.
        if points.count > Self.pieceSize { try progress(0.75) }
        var step = 1
        while step < groupCount {
            let joined = step * Self.span
            let count = (groupCount + joined - 1) / joined
            Parallel.forEach(count, threads: min(threads, count)) { [step] index, _ in
                join(index * joined..<min((index + 1) * joined, groupCount), step: step, groups, known)
            }
            step = joined
        }
        partition.markEnds()
        return groups[0].survey
    }

    private func group(_ index: Int) -> Range<Int> {
        index * Self.groupSize..<min((index + 1) * Self.groupSize, points.count)
    }

    /// Pools and joins the pieces of a group.
    private func poolGroup(_ group: Range<Int>, _ bench: IsotonicBench.Place) -> Seams.Piece {
        withUnsafeTemporaryAllocation(of: Seams.Piece.self, capacity: Self.piecesInGroup) { pieces in
            withUnsafeTemporaryAllocation(of: Seams.Block.self, capacity: Self.piecesInGroup) { known in
                var count = 0
                var rest = group
                var isSparse = false
                partition.clear(group)
                while !rest.isEmpty {
                    // Many pieces as one may be refused, a single one is not.
                    let pooled =
                        (isSparse ? pool(rest, bench) : nil) ?? pool(rest.prefix(Self.pieceSize), bench)!
                    isSparse = count == 0 && pooled.isSparse
                    pieces[count] = pooled.piece
                    count += 1
                    rest = pooled.piece.end..<group.upperBound
                }
                join(0..<count, step: 1, pieces.baseAddress!, known.baseAddress!)
                return pieces[0]
            }
        }
    }

    /// Surveys and pools a piece, or several if few of their cells must be looked at again.
    private func pool(
        _ range: Range<Int>, _ bench: IsotonicBench.Place
    ) -> (piece: Seams.Piece, isSparse: Bool)? {
        let size = isotonicCellSize
        let cellRange = range.lowerBound / size..<(range.upperBound + size - 1) / size
        let survey = cells.survey(cellRange, .init(least: bench.path.least, most: bench.path.most))
        var lastStart = range.upperBound - 1
        var isSparse = false
        let start = firstBlock(range)
        if survey.rises, survey.leastWeight > 0 {
            partition.markAll(range)
        } else if survey.isFinite {
            let elimination = IsotonicElimination(cells: cells, survey: survey, count: cellRange.count)
            var stack = IsotonicStack(blocks: bench.blocks, start: start)
            if let candidates = elimination.survivors(in: cellRange, bench) {
                isSparse = candidates * 8 <= cellRange.count
                push(survivorsOf: cellRange, elimination, bench, &stack)
            } else if range.count <= Self.pieceSize {
                push(start..<range.upperBound, survey.centre, &stack)
            } else {
                return nil
            }
            let blocks = stack.finish()
            if !blocks.isEmpty { partition.mark(start, true) }
            for block in blocks.dropLast() { partition.mark(block.end, true) }
            lastStart = blocks.isEmpty ? range.upperBound : blocks.dropLast().last?.end ?? start
        }
        let piece = Seams.Piece(
            survey: survey, start: start, end: range.upperBound, lastStart: lastStart,
            last: sums.sum(lastStart..<range.upperBound))
        return (piece, isSparse)
    }

    /// Pools points one by one.
    private func push(_ range: Range<Int>, _ centre: Double, _ stack: inout IsotonicStack) {
        for place in range {
            let weight = points.weight(place)
            stack.push((points[place] - centre) * weight, weight, endingAt: place + 1)
        }
    }

    /// Pools the runs of points between survivors. A run's sum is taken from its own points: as a
    /// difference of longer sums it would drown beside a large neighbour.
    private func push(
        survivorsOf range: Range<Int>, _ elimination: IsotonicElimination<T, Weights>,
        _ bench: IsotonicBench.Place, _ stack: inout IsotonicStack
    ) {
        // The runs lie where the stack will: it never reaches a run that is not on it yet.
        let runs = bench.blocks
        var count = 0
        var start = range.lowerBound * isotonicCellSize
        var cell = range.lowerBound
        while true {
            // Most have none.
            while cell < range.upperBound, bench.masks[cell - range.lowerBound] == 0 { cell &+= 1 }
            guard cell < range.upperBound else { break }
            var mask = bench.masks[cell - range.lowerBound]
            while mask != 0 {
                let end = cell * isotonicCellSize + mask.trailingZeroBitCount + 1
                mask &= mask - 1
                let run = elimination.runSum(start..<end)
                runs[count] = .init(end: end, sum: run.sum, weight: run.weight)
                (start, count) = (end, count &+ 1)
            }
            cell += 1
        }
        if elimination.arePositive { count = IsotonicStack.thinned(runs, count) }
        stack.push(UnsafeBufferPointer(start: runs, count: count))
    }

    /// Where a piece's first block begins: points of weight 0 belong to the block on their left, and only
    /// where there is none to that on their right.
    private func firstBlock(_ range: Range<Int>) -> Int {
        guard !Weights.areOnes, range.lowerBound > 0 else { return range.lowerBound }
        return range.first { points.weight($0) > 0 } ?? range.upperBound
    }

    /// Joins every so many of some pieces, from left to right. What is known of all of them is then known of
    /// the first.
    private func join(
        _ range: Range<Int>, step: Int, _ pieces: UnsafeMutablePointer<Seams.Piece>,
        _ known: UnsafeMutablePointer<Seams.Block>
    ) {
        // Points without any weight have no block to begin with.
        var begin = range.lowerBound
        while begin + step < range.upperBound, pieces[begin].start == pieces[begin].end { begin += step }
        var all = pieces[begin]
        for piece in Swift.stride(from: range.lowerBound, to: range.upperBound, by: step) where piece != begin
        {
            all.survey.add(pieces[piece].survey)
            all.end = max(all.end, pieces[piece].end)
        }
        if all.survey.isFinite, all.survey.leastWeight >= 0 {
            var seams = Seams(
                sums, partition, centre: all.survey.centre, first: pieces[begin],
                known: known + range.lowerBound)
            for piece in Swift.stride(from: begin + step, to: range.upperBound, by: step) {
                // What was pooled just now is near.
                if step > 1, piece + step < range.upperBound { seams.fetch(pieces[piece + step]) }
                seams.join(pieces[piece])
            }
            (all.lastStart, all.last) = seams.lastBlock
        }
        pieces[range.lowerBound] = all
    }
}
