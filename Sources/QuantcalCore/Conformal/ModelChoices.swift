/// Which of several models each test point has: that with the most rejections, one of them at random
/// if several have; by seed and index of the point.
struct ModelChoices: ~Copyable {
    /// What a test point has with its model so far.
    struct Choice: BitwiseCopyable {
        var rejections: Int32
        /// Calibration points before or beside it, and the point itself.
        var before: UInt32
        var model: Int32
        /// How many models have had so many rejections.
        var equals: Int32
    }

    let choices: Scratch<Choice>
    private let seed: UInt64

    init(_ m: Int, seed: UInt64) throws(QuantcalError) {
        choices = try Scratch(zeroed: m)
        self.seed = seed
    }

    /// The random numbers for a model.
    func random(_ model: Int) -> Philox {
        Philox(seed: seed, stream: UInt32(model), purpose: .conformalModel)
    }

    /// Lets a point have one more model, if that is better. Models come in order.
    @inline(__always) func offer(
        _ index: Int, _ model: Int, rejections: Int, before: Int, _ random: Philox
    ) {
        let last = choices.buffer[index]
        guard rejections >= last.rejections else { return }
        var equals: Int32 = 1
        if rejections == last.rejections {
            equals = last.equals + 1
            choices.buffer[index].equals = equals
            // The c-th of equals takes the place with probability 1 / c.
            if random.integers(UInt64(index), below: UInt64(equals)).0 > 0 { return }
        }
        choices.buffer[index] = Choice(
            rejections: Int32(rejections), before: UInt32(before), model: Int32(model), equals: equals)
    }

    /// Selects among n calibration points with the p-values of the chosen models; returns how many are selected.
    func select(
        _ n: Int, _ level: SelectionLevel, _ pruning: ConformalSelection.Pruning,
        _ output: ConformalSelection.Output, _ chosen: UnsafeMutablePointer<Int>?
    ) throws(QuantcalError) -> Int {
        let candidates = try Scratch<Int32>(level.m)
        for (index, choice) in choices.buffer.enumerated() {
            let isCandidate = ConformalShare(part: UInt64(choice.before), whole: UInt64(n + 1))
                .isAtMost(level, Int(choice.rejections))
            candidates.buffer[index] = isCandidate ? choice.rejections : 0
        }
        let pruned = try ConformalPruning(rejections: candidates, pruning: pruning, seed: seed)
        for (index, choice) in choices.buffer.enumerated() {
            output.p?[index] = Double(choice.before) / Double(n + 1)
            chosen?[index] = Int(choice.model)
        }
        return pruned.write(output, level: level)
    }
}
