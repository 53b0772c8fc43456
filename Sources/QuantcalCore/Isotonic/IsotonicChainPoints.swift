/// The points of one update: x never falls, all is finite, weights are allowed. Points of weight 0 are
/// left out of what is made of them.
struct IsotonicChainPoints<T: Scalar> {
    let x: UnsafeBufferPointer<T>
    let y: UnsafeBufferPointer<T>
    let weights: UnsafeBufferPointer<T>?
    let totalWeight: Double
    /// Of the points that count.
    let largestValue: Double
    let largestWeight: Double

    /// `last` is the key after which they come.
    init(
        x: UnsafeBufferPointer<T>, y: UnsafeBufferPointer<T>, weights: UnsafeBufferPointer<T>?,
        after last: Double?
    ) throws(QuantcalError) {
        try Require.finite(x, "x")
        try Require.finite(y, "y")
        totalWeight =
            try weights.map { w throws(QuantcalError) in try Require.weights(w).sum } ?? Double(y.count)
        if let first = x.first, let last, Double(first) < last {
            throw QuantcalError(
                .domain, "x[0] is \(first); x must not be below \(last), the last x that the state has")
        }
        for index in x.indices.dropFirst() where x[index] < x[index - 1] {
            throw QuantcalError(
                .domain, "x[\(index)] is \(x[index]) after \(x[index - 1]); x must not fall")
        }
        (self.x, self.y, self.weights) = (x, y, weights)
        var (value, weight) = (T.zero, T(weights == nil ? 1 : 0))
        for index in y.indices where weights.map({ $0[index] > 0 }) ?? true {
            value = max(value, y[index].magnitude)
            if let weights { weight = max(weight, weights[index]) }
        }
        (largestValue, largestWeight) = (Double(value), Double(weight))
    }

    /// A piece is as much as is worth a thread's while.
    private static var pieceSize: Int { 1 << 15 }

    /// The chain of all points: those of pieces of them, cut by index, merged two by two.
    func chain<Loss: IsotonicChainLoss>(_ loss: Loss) throws(QuantcalError) -> IsotonicChain<Loss> {
        let count = (x.count + Self.pieceSize - 1) / Self.pieceSize
        let threads = Parallel.threads(for: count, work: x.count)
        var pieces = [IsotonicChain<Loss>?](repeating: nil, count: max(count, 1))
        var isDone = true
        pieces.withUnsafeMutableBufferPointer { pieces in
            // A piece that is nil found no memory.
            Parallel.forEach(count, threads: threads) { piece, _ in
                let range = piece * Self.pieceSize..<min((piece + 1) * Self.pieceSize, x.count)
                pieces[piece] = try? self.chain(loss, of: range)
            }
            var width = 1
            while width < count {
                let pairs = (count - width + 2 * width - 1) / (2 * width)
                Parallel.forEach(pairs, threads: min(threads, pairs)) { pair, _ in
                    let (left, right) = (pair * 2 * width, pair * 2 * width + width)
                    guard let first = pieces[left], let second = pieces[right],
                        (try? first.merge(second)) != nil
                    else {
                        pieces[left] = nil
                        return
                    }
                    pieces[right] = nil
                }
                width *= 2
            }
            isDone = count == 0 || pieces[0] != nil
        }
        guard isDone else { throw QuantcalError(.noMemory, "no memory for the blocks of \(x.count) points") }
        return pieces[0] ?? IsotonicChain(loss)
    }

    private func chain<Loss: IsotonicChainLoss>(
        _ loss: Loss, of range: Range<Int>
    ) throws(QuantcalError) -> IsotonicChain<Loss> {
        var points = 0
        var keys = 0
        var (ofKey, ofLargestKey) = (0, 0)
        var last: T?
        for index in range where counts(index) {
            if x[index] != last { (keys, ofKey) = (keys + 1, 0) }
            points += 1
            ofKey += 1
            ofLargestKey = max(ofLargestKey, ofKey)
            last = x[index]
        }
        let chain = IsotonicChain(loss)
        try chain.reserve(blocks: keys, members: Loss.keepsPoints ? points : ofLargestKey)
        let scratch = try IsotonicMember.scratch(Loss.keepsPoints ? points : 0)
        var index = range.lowerBound
        while index < range.upperBound {
            let key = x[index]
            while index < range.upperBound, x[index] == key {
                // Adding 0 turns -0 into 0: keys and values are written in one way only.
                if counts(index) {
                    chain.add(IsotonicMember(value: Double(y[index]) + 0, weight: weight(index)))
                }
                index += 1
            }
            chain.closeKey(Double(key) + 0, scratch.buffer.baseAddress!)
        }
        chain.poolKeys(scratch.buffer.baseAddress!)
        return chain
    }

    @inline(__always) private func counts(_ index: Int) -> Bool { weights.map { $0[index] > 0 } ?? true }

    @inline(__always) private func weight(_ index: Int) -> Double { weights.map { Double($0[index]) } ?? 1 }
}
