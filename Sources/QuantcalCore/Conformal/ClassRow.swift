/// One row of probabilities (ENTMAX: logits) and the scores of its classes, as doubles.
struct ClassRow<T: ClassScalar> {
    let values: UnsafeBufferPointer<T>
    let kind: ConformalClasses.Kind
    let gamma: Double
    let ranked: RankedScore
    /// u in units of 2^-32.
    let share: UInt64

    /// The class of the largest value, the first among ties.
    func top() -> Int {
        let largest = topValue()
        return values.firstIndex { $0 == largest } ?? 0
    }

    /// The largest value; four at a time, as each comparison waits for the one before.
    func topValue() -> T {
        var (a, b, c, d) = (values[0], values[0], values[0], values[0])
        var index = 0
        while index &+ 4 <= values.count {
            a = values[index] > a ? values[index] : a
            b = values[index &+ 1] > b ? values[index &+ 1] : b
            c = values[index &+ 2] > c ? values[index &+ 2] : c
            d = values[index &+ 3] > d ? values[index &+ 3] : d
            index &+= 4
        }
        while index < values.count {
            a = values[index] > a ? values[index] : a
            index &+= 1
        }
        a = b > a ? b : a
        c = d > c ? d : c
        return c > a ? c : a
    }

    // MARK: The score of one class

    /// The score of one class, in one pass (ENTMAX: and a sort of what stands before it).
    func score(of label: Int, _ scratch: ClassItems<T>) -> Double {
        switch kind {
        case .lac, .margin, .logLoss, .entropy: return direct()(label)
        case .aps, .raps, .saps, .topK:
            let before = values.standingBefore(label)
            let top = kind == .saps ? Double(topValue()) : 0
            return ranked(
                before: before.units, own: RankedScore.units(values[label]), rank: before.count + 1, top: top,
                share: share)
        case .entmax:
            let own = ClassItem(values[label], label)
            let count = scratch.fill(values) { !own.precedes(ClassItem($0, $1)) }
            var last = 0.0
            walk(scratch.sorted(count), count) { _, score in
                last = score
                return true
            }
            return last
        }
    }

    // MARK: Scores that need no ranks

    /// What the scores of kinds without ranks need of the whole row.
    struct Direct {
        let row: ClassRow
        var first: (value: T, index: Int) = (0, 0)
        var second: T = 0
        var entropy = 0.0

        @inline(__always) func callAsFunction(_ index: Int) -> Double {
            let p = Double(row.values[index])
            switch row.kind {
            case .margin: return Double(index == first.index ? second : first.value) - p
            case .logLoss: return -row.logarithm(p)
            case .entropy: return -row.logarithm(p) - entropy
            default: return 1 - p
            }
        }
    }

    /// The scores of kinds without ranks, class by class.
    @inline(__always) func direct() -> Direct {
        var direct = Direct(row: self)
        if kind == .margin { (direct.first, direct.second) = topTwo() }
        if kind == .entropy { direct.entropy = entropy() }
        return direct
    }

    /// The largest value with its first place, and the largest of the others (0 if there are none).
    private func topTwo() -> (first: (value: T, index: Int), second: T) {
        let first = top()
        var second: T = 0
        for index in values.indices where index != first && values[index] > second { second = values[index] }
        return ((values[first], first), second)
    }

    /// -sum p ln p in nats, 0 ln 0 being 0; in the order of the classes.
    private func entropy() -> Double {
        var sum = 0.0
        for value in values where value > 0 { sum -= Double(value) * logarithm(Double(value)) }
        return sum
    }

    /// ln p; 0 and not -0 at 1.
    fileprivate func logarithm(_ p: Double) -> Double {
        guard p > 0 else { return -.infinity }
        // Below the smallest normal number, 2^64 times as much is normal.
        let log =
            p < .leastNormalMagnitude
            ? Exponential.log(p * 0x1p64) - 44.361_419_555_836_498 : Exponential.log(p)
        return log + 0
    }

    // MARK: Ranks

    /// Calls `body` with classes in rank order and their scores, until it returns false.
    ///
    /// ENTMAX, with w the distance of a logit below the largest: the score is the norm of the differences
    /// w_y - w_j over what stands before y, of the exponent 1 / (gamma - 1). From one rank to the next all
    /// differences grow by d, so sums of non-negative terms carry it on: nothing cancels, and it never falls.
    @inline(__always) func walk(
        _ items: UnsafeMutablePointer<ClassItem<T>>, _ count: Int, _ body: (Int, Double) -> Bool
    ) {
        guard count > 0 else { return }
        let top = Double(items[0].value)
        var before: UInt128 = 0
        var (distance, sum, squares) = (0.0, 0.0, 0.0)
        for place in 0..<count {
            let item = items[place]
            let score: Double
            if kind == .entmax {
                let next = top - Double(item.value)
                let step = next - distance
                // No step, or none that is known once a distance is infinite, leaves the sums as they are.
                if step > 0 {
                    squares += step * (2 * sum + Double(place) * step)
                    sum += Double(place) * step
                }
                distance = next
                score = gamma == 1 ? next : gamma == 2 ? sum : squares.squareRoot()
            } else {
                let own = RankedScore.units(item.value)
                score = ranked(before: before, own: own, rank: place + 1, top: top, share: share)
                before &+= UInt128(own)
            }
            if !body(Int(item.index), score) { return }
        }
    }

    /// The score of every class.
    @inline(__always) func forEachScore(_ scratch: ClassItems<T>, _ body: (Int, Double) -> Void) {
        guard kind.isRanked || kind == .entmax else {
            let score = direct()
            for index in values.indices { body(index, score(index)) }
            return
        }
        scratch.fill(values)
        walk(scratch.sorted(values.count), values.count) { index, score in
            body(index, score)
            return true
        }
    }
}
