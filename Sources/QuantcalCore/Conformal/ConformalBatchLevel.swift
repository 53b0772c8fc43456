/// A level that probabilities of equally likely orders are compared with.
extension ConformalLevel {
    /// The most of `all` equally likely outcomes that are together no likelier than the level.
    func share(of all: BigNatural) -> BigNatural {
        var share = all
        share *= Int(decimal.digits)
        // Rounding down again and again is rounding down once.
        var zeros = decimal.fractionDigits
        while zeros > 0 {
            share /= (0..<min(zeros, 18)).reduce(1) { power, _ in power * 10 }
            zeros -= 18
        }
        return share
    }

    /// Whether a probability is at most the level, if its double, right in relative terms to this margin,
    /// can tell.
    func admits(_ probability: Double) -> Bool? {
        let margin = 1e-7
        if probability < value * (1 - margin) { return true }
        if probability > value * (1 + margin) { return false }
        return nil
    }
}
