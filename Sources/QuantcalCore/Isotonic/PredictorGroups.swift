/// Runs of points that count as one predictor: group g holds the points starts[g] up to, not including,
/// starts[g + 1], in ascending order.
struct PredictorGroups: ~Copyable {
    let count: Int
    /// No predictor occurs twice: point g is group g, and there is no need of memory to say so.
    let areSingle: Bool
    private let memory: Scratch<Int>

    subscript(group: Int) -> Range<Int> {
        areSingle ? group..<group + 1 : memory.buffer[group]..<memory.buffer[group + 1]
    }

    /// `x` ascends. A predictor b joins the group whose first is a if b - a <= tolerance max(|a|, |b|): with
    /// tolerance 0, if they are equal. No chain of near neighbours grows a group beyond that.
    init<T: Scalar>(_ x: UnsafeBufferPointer<T>, tolerance: Double = 0) throws(QuantcalError) {
        // With no tie before it, a point is the first of its group.
        let areSingle = !x.indices.dropLast().contains { Self.areTied(x[$0], x[$0 + 1], tolerance) }
        let memory = try Scratch<Int>(areSingle ? 0 : x.count + 1)
        var count = areSingle ? x.count : 0
        if !areSingle {
            for index in x.indices
            where count == 0 || !Self.areTied(x[memory.buffer[count - 1]], x[index], tolerance) {
                memory.buffer[count] = index
                count += 1
            }
            memory.buffer[count] = x.count
        }
        self.areSingle = areSingle
        self.count = count
        self.memory = memory
    }

    @inline(__always) private static func areTied<T: Scalar>(_ first: T, _ x: T, _ tolerance: Double) -> Bool
    {
        if x == first { return true }
        let (a, b) = (Double(first), Double(x))
        return tolerance > 0 && b - a <= tolerance * max(abs(a), abs(b))
    }
}
