/// Scores of classifiers: of the true labels, and of all classes.
///
/// Both, and the sets, use the same arithmetic on the same numbers, so that equal inputs give equal bits and
/// score <= threshold can be compared exactly. Sources: `class_scores.h`.
public enum ConformalClasses {
    public static func labelScores(
        probabilities: UnsafeBufferPointer<Double>, labels: UnsafeBufferPointer<Int64>, classes: Int,
        options: Options, scores: UnsafeMutablePointer<Double>
    ) throws(QuantcalError) { try computeLabels(probabilities, labels, classes, options, scores) }

    public static func labelScores(
        probabilities: UnsafeBufferPointer<Float>, labels: UnsafeBufferPointer<Int64>, classes: Int,
        options: Options, scores: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) { try computeLabels(probabilities, labels, classes, options, scores) }

    public static func classScores(
        probabilities: UnsafeBufferPointer<Double>, rows: Int, classes: Int, options: Options,
        scores: UnsafeMutablePointer<Double>
    ) throws(QuantcalError) { try computeClasses(probabilities, rows, classes, options, scores) }

    public static func classScores(
        probabilities: UnsafeBufferPointer<Float>, rows: Int, classes: Int, options: Options,
        scores: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) { try computeClasses(probabilities, rows, classes, options, scores) }

    private static func computeLabels<T: ClassScalar>(
        _ probabilities: UnsafeBufferPointer<T>, _ labels: UnsafeBufferPointer<Int64>, _ classes: Int,
        _ options: Options, _ scores: UnsafeMutablePointer<T>
    ) throws(QuantcalError) {
        let rows = try ClassRows(probabilities, rows: labels.count, classes: classes, options, .calibration)
        try Require.labels(labels, classes: classes)
        try rows.forEach(needsItems: options.kind == .entmax) { index, row, scratch in
            scores[index] = T(row.score(of: Int(labels[index]), scratch))
        }
    }

    private static func computeClasses<T: ClassScalar>(
        _ probabilities: UnsafeBufferPointer<T>, _ rows: Int, _ classes: Int, _ options: Options,
        _ scores: UnsafeMutablePointer<T>
    ) throws(QuantcalError) {
        let rows = try ClassRows(probabilities, rows: rows, classes: classes, options, .test)
        try rows.forEach(needsItems: options.kind.isRanked || options.kind == .entmax) {
            index, row, scratch in
            let target = scores + index * classes
            row.forEachScore(scratch) { target[$0] = T($1) }
        }
    }
}

/// Rows of probabilities, checked, to be gone through on all threads.
struct ClassRows<T: ClassScalar> {
    let probabilities: UnsafeBufferPointer<T>
    let rows: Int
    let classes: Int
    let options: ConformalClasses.Options
    let shares: ClassShares

    init(
        _ probabilities: UnsafeBufferPointer<T>, rows: Int, classes: Int,
        _ options: ConformalClasses.Options, _ call: ConformalClasses.Points
    ) throws(QuantcalError) {
        try options.check()
        if options.kind == .entmax {
            try Require.finite(probabilities, "probabilities")
        } else {
            try Require.probabilities(probabilities, "probabilities")
        }
        (self.probabilities, self.rows, self.classes) = (probabilities, rows, classes)
        self.options = options
        shares = options.shares(of: call)
    }

    @inline(__always) func row(_ index: Int) -> ClassRow<T> {
        ClassRow(
            values: UnsafeBufferPointer(rebasing: probabilities[index * classes..<(index + 1) * classes]),
            kind: options.kind, gamma: options.gamma, ranked: RankedScore(options), share: shares(index))
    }

    /// Calls `body` with each row and with a thread's room for its classes; nobody may look into that room
    /// unless it was asked for.
    func forEach(
        needsItems: Bool, _ body: (Int, ClassRow<T>, ClassItems<T>) -> Void
    ) throws(QuantcalError) {
        let grain = max(1, (1 << 15) / classes)
        let tasks = (rows + grain - 1) / grain
        let threads = Parallel.threads(for: tasks, work: 2 * probabilities.count)
        let room = needsItems ? classes + 1 : 0
        let counterRoom = needsItems ? RadixLevels<ClassItem<T>>.countersNeeded : 0
        let memory = try Scratch<ClassItem<T>>(threads * 2 * room)
        let counters = try Scratch<UInt>(threads * counterRoom)
        Parallel.forEach(tasks, threads: threads) { task, thread in
            let first = memory.buffer.baseAddress! + thread * 2 * room
            let scratch = ClassItems<T>(
                items: first, spare: first + room,
                levels: RadixLevels(counters: counters.buffer.baseAddress! + thread * counterRoom))
            for index in task * grain..<min(rows, (task + 1) * grain) { body(index, row(index), scratch) }
        }
    }
}
