/// Where distribution functions are written: what each is just below a point and from it on, and a uniform
/// draw between the two, which the seed decides. nil for what is not wanted.
public struct DistributionBand<T> {
    let seed: UInt64
    let lower: UnsafeMutablePointer<T>?
    let upper: UnsafeMutablePointer<T>?
    let draw: UnsafeMutablePointer<T>?

    public init(
        seed: UInt64, lower: UnsafeMutablePointer<T>?, upper: UnsafeMutablePointer<T>?,
        draw: UnsafeMutablePointer<T>?
    ) {
        (self.seed, self.lower, self.upper, self.draw) = (seed, lower, upper, draw)
    }
}
