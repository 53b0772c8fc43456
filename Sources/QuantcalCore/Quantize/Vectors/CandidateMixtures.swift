/// What a training framework does with candidates: mixtures forward, their gradients backward, and settling.
extension CodeCandidates {
    /// The softmax of a vector's logits.
    @inline(__always)
    private func softmax(_ logits: UnsafePointer<Float>, into ratios: UnsafeMutablePointer<Double>) {
        var largest = logits[0]
        for rank in 1..<max(candidates, 1) { largest = max(largest, logits[rank]) }
        var sum = 0.0
        for rank in 0..<candidates {
            ratios[rank] = Exponential.exp(Double(logits[rank]) - Double(largest))
            sum += ratios[rank]
        }
        for rank in 0..<candidates { ratios[rank] /= sum }
    }

    /// Whether more than one candidate is left.
    @inline(__always)
    private func isOpen(_ logits: UnsafePointer<Float>) -> Bool {
        var left = 0
        for rank in 0..<candidates where logits[rank] > -.infinity { left += 1 }
        return left > 1
    }

    func require(_ logits: UnsafeBufferPointer<Float>, count: Int) throws(QuantcalError) {
        try Require.notNaN(logits, "logits")
        for index in 0..<count {
            let own = logits[index * candidates..<(index + 1) * candidates]
            if let place = own.firstIndex(of: .infinity) {
                throw QuantcalError(.domain, "logits[\(place)] is inf; logits must be below infinity")
            }
            guard own.contains(where: { $0 > -.infinity }) else {
                throw QuantcalError(
                    .domain, "logits[\(index * candidates)] and the other logits of vector \(index) are -inf")
            }
        }
    }

    func require(_ codes: UnsafeBufferPointer<UInt16>) throws(QuantcalError) {
        guard let index = codes.firstIndex(where: { Int($0) >= centres }) else { return }
        throw QuantcalError(
            .domain, "candidates[\(index)] is \(codes[index]); candidates must be 0 to \(centres - 1)")
    }

    /// Ratios, and vectors as mixtures of their candidates: sums in double, rounded once.
    public func mix(
        _ codes: UnsafeBufferPointer<UInt16>, _ logits: UnsafeBufferPointer<Float>, count: Int,
        dimension: Int, centres books: UnsafeBufferPointer<Float>,
        ratios: UnsafeMutablePointer<Float>?, vectors: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) {
        try require(codes)
        try require(logits, count: count)
        try Require.finite(books, "centres")
        guard let codes = codes.baseAddress, let logits = logits.baseAddress else { return }
        try mixed(codes, logits, count: count, dimension: dimension, books.baseAddress!, ratios) {
            vectors[$0 * dimension + $1] = Float($2)
        }
    }

    /// The same of what has been checked; `use` gets each vector's numbers.
    @inline(__always)
    func mixed(
        _ codes: UnsafePointer<UInt16>, _ logits: UnsafePointer<Float>, count: Int, dimension: Int,
        _ books: UnsafePointer<Float>, _ ratios: UnsafeMutablePointer<Float>?,
        _ use: (_ vector: Int, _ j: Int, _ value: Double) -> Void
    ) throws(QuantcalError) {
        let grain = max(1, (1 << 16) / (candidates * dimension))
        let tasks = (count + grain - 1) / grain
        let threads = Parallel.threads(for: tasks, work: .max)
        let rooms = try Scratch<Double>(threads * candidates)
        Parallel.forEach(tasks, threads: threads) { task, thread in
            let room = rooms.buffer.baseAddress! + thread * candidates
            for index in task * grain..<min(count, (task + 1) * grain) {
                let first = index * candidates
                softmax(logits + first, into: room)
                for j in 0..<dimension {
                    var sum = 0.0
                    for rank in 0..<candidates {
                        sum += room[rank] * Double(books[Int(codes[first + rank]) * dimension + j])
                    }
                    use(index, j, sum)
                }
                if let ratios {
                    for rank in 0..<candidates { ratios[first + rank] = Float(room[rank]) }
                }
            }
        }
    }

    /// What a loss, whose gradient at the mixtures is given, and the penalty are at logits and centres.
    public func gradient(
        _ gradients: UnsafeBufferPointer<Float>, _ codes: UnsafeBufferPointer<UInt16>,
        _ logits: UnsafeBufferPointer<Float>, count: Int, dimension: Int,
        centres books: UnsafeBufferPointer<Float>, logitGradients: UnsafeMutablePointer<Float>,
        centreGradients: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) {
        try requirePenalty()
        try Require.finite(gradients, "gradients")
        try require(codes)
        try require(logits, count: count)
        try Require.finite(books, "centres")
        guard let table = books.baseAddress else { return }
        let sums = try Scratch<Double>(zeroed: books.count)
        if let gradients = gradients.baseAddress, let codes = codes.baseAddress,
            let logits = logits.baseAddress
        {
            try backward(
                gradients, codes, logits, count: count, dimension: dimension, table, penalty: penalty,
                logitGradients, sums.buffer.baseAddress!)
        }
        for place in 0..<books.count { centreGradients[place] = Float(sums.buffer[place]) }
    }

    /// The same of what has been checked; gradients of centres are added to `sums`, vector by vector.
    func backward(
        _ gradients: UnsafePointer<Float>, _ codes: UnsafePointer<UInt16>, _ logits: UnsafePointer<Float>,
        count: Int, dimension: Int, _ books: UnsafePointer<Float>, penalty: Double,
        _ logitGradients: UnsafeMutablePointer<Float>, _ sums: UnsafeMutablePointer<Double>
    ) throws(QuantcalError) {
        let ratios = try Scratch<Double>(candidates)
        let slopes = try Scratch<Double>(candidates)
        let open = (0..<count).count { isOpen(logits + $0 * candidates) }
        for index in 0..<count {
            let first = index * candidates
            let own = gradients + index * dimension
            softmax(logits + first, into: ratios.buffer.baseAddress!)
            let share = isOpen(logits + first) ? penalty / Double(open) : 0
            var mean = 0.0
            for rank in 0..<candidates {
                let ratio = ratios.buffer[rank]
                let start = Int(codes[first + rank]) * dimension
                var slope = share * (1 - 2 * ratio)
                for j in 0..<dimension {
                    slope += Double(own[j]) * Double(books[start + j])
                    sums[start + j] += ratio * Double(own[j])
                }
                slopes.buffer[rank] = slope
                mean += ratio * slope
            }
            for rank in 0..<candidates {
                logitGradients[first + rank] = Float(ratios.buffer[rank] * (slopes.buffer[rank] - mean))
            }
        }
    }

    /// Codes, those of the largest ratios, among equal ones the first; and logits in which vectors whose largest
    /// ratio is above `settled` have no other candidates. `newLogits` may be the same memory.
    public func settle(
        _ codes: UnsafeBufferPointer<UInt16>, _ logits: UnsafeBufferPointer<Float>, count: Int,
        newLogits: UnsafeMutablePointer<Float>, chosen: UnsafeMutablePointer<UInt16>
    ) throws(QuantcalError) -> State {
        try requireSettled()
        try require(codes)
        try require(logits, count: count)
        var state = State()
        let ratios = try Scratch<Double>(candidates)
        for index in 0..<count {
            let first = index * candidates
            let own = logits.baseAddress! + first
            softmax(own, into: ratios.buffer.baseAddress!)
            var best = 0
            for rank in 1..<max(candidates, 1) where own[rank] > own[best] { best = rank }
            chosen[index] = codes[first + best]
            if ratios.buffer[best] > settled {
                for rank in 0..<candidates { newLogits[first + rank] = rank == best ? 0 : -.infinity }
            } else {
                if isOpen(own) {
                    state.open += 1
                    for ratio in ratios.buffer { state.penalty += ratio * (1 - ratio) }
                }
                for rank in 0..<candidates { newLogits[first + rank] = own[rank] }
            }
        }
        if state.open > 0 { state.penalty /= Double(state.open) }
        return state
    }
}
