import Glibc

/// Confidence bounds for the chances of success of groups of trials, when the chances are known to rise from
/// group to group.
struct OrderedBinomial {
    struct Group: BitwiseCopyable {
        let trials: Double
        let share: Double
        /// The whole number of successes that is nearest, of two the even one.
        let successes: Double
        /// Of a run without successes at the start, the trials from here to its end; of a run without failures
        /// at the end, those from its start to here.
        var runTrials = 0.0
        var lower = 0.0
        var upper = 1.0

        init(trials: Double, share: Double) {
            (self.trials, self.share) = (trials, share)
            successes = (trials * share).rounded(.toNearestOrEven)
        }
    }

    private let groups: UnsafeMutableBufferPointer<Group>
    /// The chance that a bound is wrong, of which an interval has two.
    private let tail: Double
    /// The groups between the runs at both ends.
    private let inner: Range<Int>

    init(_ groups: UnsafeMutableBufferPointer<Group>, confidence: Double) {
        self.groups = groups
        tail = (1 - confidence) / 2
        let start = groups.firstIndex { $0.successes > 0 } ?? groups.count
        let end = (groups.lastIndex { $0.successes < $0.trials } ?? -1) + 1
        inner = start..<max(start, end)
        var trials = 0.0
        for index in (0..<start).reversed() {
            trials += groups[index].trials
            groups[index].runTrials = trials
        }
        trials = 0
        for index in inner.upperBound..<groups.count {
            trials += groups[index].trials
            groups[index].runTrials = trials
        }
    }

    /// Wilson's score interval, group by group: the chances that differ from the share by no more than
    /// z of their own standard deviations. Both bounds from sums of positive terms: each is the share's
    /// square over the other's numerator, and the same holds for failures.
    ///
    /// Source: Wilson (1927), "Probable inference, the law of succession, and statistical inference".
    func setWilson() {
        let z = -NormalDistribution.quantile(tail)
        for index in groups.indices {
            let (lower, upper) = Self.wilson(groups[index], z * z)
            (groups[index].lower, groups[index].upper) = (lower, upper)
        }
    }

    private static func wilson(_ group: Group, _ square: Double) -> (Double, Double) {
        let p = group.share
        let half = square / (2 * group.trials)
        let root = (half * (2 * p * (1 - p) + half)).squareRoot()
        let lower = p * p / (p + half + root)
        let rest = (1 - p) * (1 - p) / (1 - p + half + root)
        return (lower, 1 - rest)
    }

    /// Morris's exact bounds for ordered chances, narrowed by Wilson's where those are tighter, and then by the
    /// order itself: a lower bound holds for all later groups, an upper one for all earlier.
    ///
    /// Source: Morris (1988), "Small-sample confidence limits for parameters under inequality constraints",
    /// equation (4.3), with the correction of Oron and Flournoy (2017): the recursion goes on with
    /// the next group's function at the same chance.
    func setMorris(_ progress: Progress) throws(QuantcalError) {
        setWilson()
        for index in groups.indices {
            if index % 64 == 0 { try progress(Double(index) / Double(groups.count)) }
            groups[index].lower = max(groups[index].lower, morrisLower(index))
            groups[index].upper = min(groups[index].upper, morrisUpper(index))
        }
        for index in groups.indices.dropFirst() {
            groups[index].lower = max(groups[index].lower, groups[index - 1].lower)
        }
        for index in groups.indices.dropLast().reversed() {
            groups[index].upper = min(groups[index].upper, groups[index + 1].upper)
        }
    }

    /// The chance at which so few successes, here or after it, get as unlikely as `tail`; 1 if from here on
    /// nothing failed.
    private func morrisUpper(_ index: Int) -> Double {
        if index >= inner.upperBound { return 1 }
        return Self.root { chance in self.likelinessOfFew(index, chance) - tail }
    }

    /// The same for so many successes, here or before it; 0 if up to here nothing succeeded.
    private func morrisLower(_ index: Int) -> Double {
        if index < inner.lowerBound { return 0 }
        return Self.root { chance in tail - self.likelinessOfMany(index, chance) }
    }

    /// G = P(X < k) + P(X = k) G', where G' is that of the next group at the same chance. It is 1 where nothing
    /// fails any more; and a run of groups without success is one large group.
    private func likelinessOfFew(_ first: Int, _ chance: Double) -> Double {
        var sum = 0.0
        var factor = 1.0
        var index = first
        if index < inner.lowerBound {
            factor = exp(groups[index].runTrials * log1p(-chance))
            index = inner.lowerBound
        }
        while index < inner.upperBound, factor > 0x1p-60 * tail {
            let distribution = BinomialDistribution(trials: groups[index].trials, chance: chance)
            sum += factor * distribution.atMost(groups[index].successes - 1)
            factor *= distribution.probability(groups[index].successes)
            index += 1
        }
        return sum + factor
    }

    /// P(X > k) + P(X = k) H', where H' is that of the group before.
    private func likelinessOfMany(_ first: Int, _ chance: Double) -> Double {
        var sum = 0.0
        var factor = 1.0
        var index = first
        if index >= inner.upperBound {
            factor = pow(chance, groups[index].runTrials)
            index = inner.upperBound - 1
        }
        while index >= inner.lowerBound, factor > 0x1p-60 * tail {
            let distribution = BinomialDistribution(trials: groups[index].trials, chance: chance)
            sum += factor * distribution.atLeast(groups[index].successes + 1)
            factor *= distribution.probability(groups[index].successes)
            index -= 1
        }
        return sum + factor
    }

    /// Where a falling function, positive at 0 and negative at 1, is 0: false position, in which an end that
    /// stays counts for half (Illinois), and a halving now and then, so that neither can be slow for long.
    private static func root(_ function: (Double) -> Double) -> Double {
        var (low, high) = (0.0, 1.0)
        var (atLow, atHigh) = (1.0, -1.0)
        var movedLow: Bool?
        var round = 0
        while high - low > 2 * high.ulp {
            round += 1
            let guess = low + (high - low) * (atLow / (atLow - atHigh))
            let middle = round % 4 == 0 || !(guess > low && guess < high) ? 0.5 * (low + high) : guess
            guard middle > low, middle < high else { break }
            let value = function(middle)
            if value == 0 { return middle }
            let movesLow = value > 0
            if movesLow {
                (low, atLow) = (middle, value)
                if movedLow == true { atHigh *= 0.5 }
            } else {
                (high, atHigh) = (middle, value)
                if movedLow == false { atLow *= 0.5 }
            }
            movedLow = movesLow
        }
        return 0.5 * (low + high)
    }
}
