/// A whole number >= 0 of any size, for counts that a double only approximates.
///
/// Schoolbook arithmetic on words of 64 bits: the numbers of this library have a few thousand at most.
struct BigNatural {
    /// From the lowest; the highest is not 0.
    private(set) var words: [UInt64]

    init(_ value: Int) { words = value == 0 ? [] : [UInt64(value)] }

    private init(words: [UInt64]) {
        self.words = words
        trim()
    }

    private mutating func trim() { while words.last == 0 { words.removeLast() } }

    static func += (a: inout BigNatural, b: BigNatural) { a.add(words: b.words) }

    /// A number by its words, the highest of which may be 0.
    mutating func add<Words: RandomAccessCollection<UInt64>>(words other: Words) {
        while words.count < other.count { words.append(0) }
        var carry = false
        for (index, word) in other.enumerated() {
            let (sum, first) = words[index].addingReportingOverflow(word)
            let (total, second) = sum.addingReportingOverflow(carry ? 1 : 0)
            (words[index], carry) = (total, first || second)
        }
        var index = other.count
        while carry {
            if index == words.count { words.append(0) }
            (words[index], carry) = words[index].addingReportingOverflow(1)
            index += 1
        }
        trim()
    }

    /// The difference is not negative.
    static func -= (a: inout BigNatural, b: BigNatural) {
        var borrow = false
        for index in 0..<a.words.count {
            let other = index < b.words.count ? b.words[index] : 0
            let (rest, first) = a.words[index].subtractingReportingOverflow(other)
            let (total, second) = rest.subtractingReportingOverflow(borrow ? 1 : 0)
            (a.words[index], borrow) = (total, first || second)
        }
        a.trim()
    }

    static func *= (a: inout BigNatural, factor: Int) {
        var carry: UInt64 = 0
        for index in 0..<a.words.count {
            let (high, low) = a.words[index].multipliedFullWidth(by: UInt64(factor))
            let (sum, overflow) = low.addingReportingOverflow(carry)
            (a.words[index], carry) = (sum, high + (overflow ? 1 : 0))
        }
        if carry > 0 { a.words.append(carry) }
        a.trim()
    }

    static func * (a: BigNatural, b: BigNatural) -> BigNatural {
        var product = [UInt64](repeating: 0, count: a.words.count + b.words.count)
        for (i, factor) in a.words.enumerated() {
            var carry: UInt64 = 0
            for (j, other) in b.words.enumerated() {
                let (high, low) = factor.multipliedFullWidth(by: other)
                let (sum, first) = low.addingReportingOverflow(carry)
                let (total, second) = sum.addingReportingOverflow(product[i + j])
                product[i + j] = total
                carry = high + (first ? 1 : 0) + (second ? 1 : 0)
            }
            product[i + b.words.count] = carry
        }
        return BigNatural(words: product)
    }

    /// Rounds down. The divisor is not 0.
    static func /= (a: inout BigNatural, divisor: Int) {
        var rest: UInt64 = 0
        for index in a.words.indices.reversed() {
            (a.words[index], rest) = UInt64(divisor).dividingFullWidth((rest, a.words[index]))
        }
        a.trim()
    }

    static func <= (a: BigNatural, b: BigNatural) -> Bool {
        if a.words.count != b.words.count { return a.words.count < b.words.count }
        for index in a.words.indices.reversed() where a.words[index] != b.words[index] {
            return a.words[index] < b.words[index]
        }
        return true
    }

    /// n choose k, for 0 <= k <= n.
    static func choose(_ n: Int, _ k: Int) -> BigNatural {
        let k = min(k, n - k)
        var product = BigNatural(1)
        for step in 0..<k {
            product *= n - step
            product /= step + 1
        }
        return product
    }
}
