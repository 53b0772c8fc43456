/// One way to bet on p-values, and the logarithm of the capital that it has made of 1.
protocol MartingaleBets {
    var logCapital: Double { get }
    /// `p` is from 0 to 1.
    mutating func bet(on p: Double)
    /// All that it remembers.
    var memory: [Double] { get }
    /// Takes what `memory` gave after so many bets; false if these bets never gave it.
    mutating func restore(_ memory: [Double], bets: Int) -> Bool
}

/// The natural logarithm of a p-value; -infinity of 0.
private func logarithm(_ p: Double) -> Double {
    if p >= .leastNormalMagnitude { return Exponential.log(p) }
    return p == 0 ? -.infinity : Exponential.log(p * 0x1p64) - 64 * 0.693_147_180_559_945_3
}

/// A sum of logarithms in twice the precision of a double; once infinite, it stays so.
private struct LogSum {
    private var sum = DoubleDouble()

    var value: Double { sum.high }

    mutating func add(_ term: Double) {
        guard sum.high.isFinite, term.isFinite else {
            sum = DoubleDouble(high: sum.high.isFinite ? term : sum.high, low: 0)
            return
        }
        sum += term
        sum = sum.normalized
        // No -0: it is never written.
        sum.low += 0
    }

    var memory: [Double] { [sum.high, sum.low] }

    /// Two numbers, of which the second is less than half a unit of the first's last place.
    init?(_ memory: ArraySlice<Double>) {
        let (high, low) = (memory[memory.startIndex], memory[memory.startIndex + 1])
        let isPossible = high == .infinity ? low == 0 : high.isFinite && low.isFinite && high + low == high
        guard isPossible, high != 0 || high.sign == .plus, low != 0 || low.sign == .plus else { return nil }
        sum = DoubleDouble(high: high, low: low)
    }

    init() {}
}

/// M <- M epsilon p^(epsilon - 1).
struct PowerBets: MartingaleBets {
    private let epsilon: Double
    private var sum = LogSum()

    init(epsilon: Double) { self.epsilon = epsilon }

    var logCapital: Double { sum.value }

    mutating func bet(on p: Double) {
        sum.add(Exponential.log(epsilon))
        sum.add((epsilon - 1) * logarithm(p))
    }

    var memory: [Double] { sum.memory }

    mutating func restore(_ memory: [Double], bets: Int) -> Bool {
        guard memory.count == 2, let restored = LogSum(memory[...]) else { return false }
        sum = restored
        return bets > 0 || memory == [0, 0]
    }
}

/// The mean of all power martingales; see `PowerMixture`.
struct MixtureBets: MartingaleBets {
    /// Of -ln p.
    private var sum = LogSum()
    private var count = 0

    var logCapital: Double { PowerMixture.logMean(bets: count, surprise: sum.value) }

    mutating func bet(on p: Double) {
        sum.add(-logarithm(p) + 0)
        count += 1
    }

    var memory: [Double] { sum.memory }

    mutating func restore(_ memory: [Double], bets: Int) -> Bool {
        guard memory.count == 2, memory[0] >= 0, let restored = LogSum(memory[...]) else { return false }
        (sum, count) = (restored, bets)
        return bets > 0 || memory == [0, 0]
    }
}

/// The simple jumper: the capital in three accounts that bet on small p-values, on nothing, and on large ones.
struct JumperBets: MartingaleBets {
    private let jump: Double
    private var sum = LogSum()
    /// Of the capital; they add up to 1.
    private var shares = [1.0 / 3, 1.0 / 3, 1.0 / 3]

    init(jump: Double) { self.jump = jump }

    var logCapital: Double { sum.value }

    mutating func bet(on p: Double) {
        var total = 0.0
        for index in 0..<3 {
            let stake = (1 - jump) * shares[index] + jump / 3
            shares[index] = stake * (1 + Double(index - 1) * (p - 0.5))
            total += shares[index]
        }
        for index in 0..<3 { shares[index] /= total }
        sum.add(Exponential.log(total))
    }

    var memory: [Double] { sum.memory + shares }

    mutating func restore(_ memory: [Double], bets: Int) -> Bool {
        guard memory.count == 5, memory[0].isFinite, let restored = LogSum(memory[..<2]) else { return false }
        let given = Array(memory[2...])
        guard given.allSatisfy({ $0 >= 0 && $0 <= 1 && $0.sign == .plus }), abs(given.reduce(-1, +)) < 1e-12,
            bets > 0 || memory == self.memory
        else { return false }
        (sum, shares) = (restored, given)
        return true
    }
}

/// The mean of simple jumpers.
struct CompositeBets: MartingaleBets {
    private var jumpers = [1, 0.1, 0.01, 0.001, 0.0001].map { JumperBets(jump: $0) }

    var logCapital: Double {
        let largest = jumpers.reduce(-.infinity) { max($0, $1.logCapital) }
        let total = jumpers.reduce(0) { $0 + Exponential.exp($1.logCapital - largest) }
        return largest + Exponential.log(total / Double(jumpers.count))
    }

    mutating func bet(on p: Double) {
        for index in jumpers.indices { jumpers[index].bet(on: p) }
    }

    var memory: [Double] { jumpers.flatMap(\.memory) }

    mutating func restore(_ memory: [Double], bets: Int) -> Bool {
        guard memory.count == 5 * jumpers.count else { return false }
        return jumpers.indices.allSatisfy {
            jumpers[$0].restore(Array(memory[5 * $0..<5 * $0 + 5]), bets: bets)
        }
    }
}
