import CQuantcalKernels

/// Sums over rows of what temperature scaling needs at one inverse temperature beta: with
/// d_j = z_j - max z, moments of d under softmax(beta z),
///
///     nll = log sum_j exp(beta d_j) - beta d_y,   gradient = E d - d_y,   curvature = Var d.
///
/// Rows go in blocks of 4096; row r of a block adds to lane r mod 16, lanes are folded by halves and
/// blocks by a fixed tree. So the bits depend neither on threads nor on the width of vectors.
struct SoftmaxMoments: BitwiseCopyable {
    var nll = 0.0
    var gradient = 0.0
    var curvature = 0.0
    var weight = 0.0
    /// Some row's label has a logit below the row's highest.
    var hasLabelBelowMaximum = false
    /// Some row's logits are not all equal.
    var hasSpread = false

    static let lanes = 16
    /// Kernels need scratch for sixteen rows, twice; rows longer than this are left to the reference.
    static let mostClassesInLanes = 1 << 18
    static let rowsInBlock = 4096

    static func + (a: SoftmaxMoments, b: SoftmaxMoments) -> SoftmaxMoments {
        SoftmaxMoments(
            nll: a.nll + b.nll, gradient: a.gradient + b.gradient, curvature: a.curvature + b.curvature,
            weight: a.weight + b.weight,
            hasLabelBelowMaximum: a.hasLabelBelowMaximum || b.hasLabelBelowMaximum,
            hasSpread: a.hasSpread || b.hasSpread)
    }
}

/// Rows of logits with their labels and weights.
struct LabelledLogits<T: Scalar> {
    let logits: UnsafePointer<T>
    let labels: UnsafePointer<Int64>
    let weights: UnsafePointer<T>?
    let rows: Int
    let classes: Int
}

extension SoftmaxMoments {
    /// The sums over all rows; or, if `sampled`, over the first few of each block, a fixed sample.
    static func sum<T: SoftmaxScalar>(
        _ data: LabelledLogits<T>, beta: Double, sampled: Bool = false
    ) throws(QuantcalError) -> SoftmaxMoments {
        let blocks = (data.rows + rowsInBlock - 1) / rowsInBlock
        let slots = try Scratch<SoftmaxMoments>(blocks)
        let rowsTaken = sampled ? rowsInBlock / 32 : rowsInBlock
        let threads = Parallel.threads(for: blocks, work: blocks * rowsTaken * data.classes)
        let scratchEach = T.scratchForKernels(classes: data.classes)
        let scratch = try Scratch<T>(threads * scratchEach)
        Parallel.forEach(blocks, threads: threads) { block, thread in
            let first = block * rowsInBlock
            slots.buffer[block] = T.moments(
                data, first..<min(first + rowsTaken, data.rows), beta,
                scratch.buffer.baseAddress! + thread * scratchEach)
        }
        return fold(slots.buffer)
    }

    /// Neighbours are added pairwise until one is left.
    static func fold(_ slots: UnsafeMutableBufferPointer<SoftmaxMoments>) -> SoftmaxMoments {
        var count = slots.count
        while count > 1 {
            for pair in 0..<count / 2 { slots[pair] = slots[2 * pair] + slots[2 * pair + 1] }
            if count % 2 == 1 { slots[count / 2] = slots[count - 1] }
            count = (count + 1) / 2
        }
        return slots[0]
    }
}

/// A scalar with an exponential, and kernels perhaps.
protocol SoftmaxScalar: Scalar {
    /// exp(beta * d) for d <= 0; beta is split into parts that sum to it.
    static func exponential(_ d: Self, _ betaHigh: Self, _ betaLow: Self) -> Self
    typealias MomentsKernel = (
        UnsafePointer<Self>?, UnsafePointer<Int64>?, UnsafePointer<Self>?, Int, Int, Double, Self, Self,
        UnsafeMutablePointer<Self>?, UnsafeMutablePointer<quantcal_softmax_moments>?
    ) -> Void
    static var momentsKernel: MomentsKernel? { get }
    typealias SoftmaxKernel = (
        UnsafePointer<Self>?, Int, Int, Self, Self, UnsafeMutablePointer<Self>?, UnsafeMutablePointer<Self>?
    ) -> Void
    static var softmaxKernel: SoftmaxKernel? { get }
}

extension SoftmaxScalar {
    /// The elements of scratch that a kernel needs in each thread; 0 if the reference is to run.
    static func scratchForKernels(classes: Int) -> Int {
        let hasKernels = momentsKernel != nil && classes <= SoftmaxMoments.mostClassesInLanes
        return hasKernels ? 2 * SoftmaxMoments.lanes * classes : 0
    }

    /// The sums over at most one block of rows; `scratch` is as large as `scratchForKernels` says.
    static func moments(
        _ data: LabelledLogits<Self>, _ rows: Range<Int>, _ beta: Double,
        _ scratch: UnsafeMutablePointer<Self>
    ) -> SoftmaxMoments {
        guard scratchForKernels(classes: data.classes) > 0, let kernel = momentsKernel else {
            return momentsReference(data, rows, beta)
        }
        let split = split(beta)
        let first = rows.lowerBound
        var sums = quantcal_softmax_moments()
        kernel(
            data.logits + first * data.classes, data.labels + first, data.weights.map { $0 + first },
            rows.count, data.classes, beta, split.high, split.low, scratch, &sums)
        return SoftmaxMoments(sums)
    }

    /// beta as the sum of two numbers. In single precision none above 2^100 is needed: logits are at most
    /// 2^33 here, and where they are apart at all, by more than 2^-96.
    @inline(__always) static func split(_ beta: Double) -> (high: Self, low: Self) {
        let beta = Self.self == Double.self || beta < 0x1p+100 ? beta : 0x1p+100
        let high = Self(beta)
        return (high, Self(beta - Double(high)))
    }

    /// The reference for at most one block of rows.
    static func momentsReference(
        _ data: LabelledLogits<Self>, _ rows: Range<Int>, _ beta: Double
    ) -> SoftmaxMoments {
        let split = split(beta)
        return withUnsafeTemporaryAllocation(of: SoftmaxMoments.self, capacity: SoftmaxMoments.lanes) {
            lanes in
            lanes.initialize(repeating: SoftmaxMoments())
            for row in rows {
                let weight = data.weights.map { Double($0[row]) } ?? 1
                guard weight > 0 else { continue }
                let lane = (row - rows.lowerBound) % SoftmaxMoments.lanes
                lanes[lane] = lanes[lane] + rowMoments(data, row, weight, beta, split)
            }
            return SoftmaxMoments.foldLanes(lanes)
        }
    }

    @inline(__always) private static func rowMoments(
        _ data: LabelledLogits<Self>, _ row: Int, _ weight: Double, _ beta: Double,
        _ split: (high: Self, low: Self)
    ) -> SoftmaxMoments {
        let logits = data.logits + row * data.classes
        var highest = logits[0]
        var lowest = logits[0]
        for j in 1..<data.classes {
            highest = logits[j] > highest ? logits[j] : highest
            lowest = logits[j] < lowest ? logits[j] : lowest
        }
        var sum = 0.0
        var first = 0.0
        var second = 0.0
        for j in 0..<data.classes {
            let d = logits[j] - highest
            let e = Double(exponential(d, split.high, split.low))
            let distance = Double(d)
            let product = e * distance
            sum += e
            first += product
            second += product * distance
        }
        let label = Double(logits[Int(data.labels[row])] - highest)
        let mean = first / sum
        let variance = second / sum - mean * mean
        return SoftmaxMoments(
            nll: weight * (Exponential.log(sum) - beta * label), gradient: weight * (mean - label),
            curvature: weight * (variance > 0 ? variance : 0), weight: weight,
            hasLabelBelowMaximum: label < 0, hasSpread: lowest < highest)
    }
}

extension SoftmaxMoments {
    fileprivate static func foldLanes(_ lanes: UnsafeMutableBufferPointer<SoftmaxMoments>) -> SoftmaxMoments {
        var half = lanes.count / 2
        while half > 0 {
            for lane in 0..<half { lanes[lane] = lanes[lane] + lanes[lane + half] }
            half /= 2
        }
        return lanes[0]
    }
}

extension Float: SoftmaxScalar {
    @inline(__always) static func exponential(_ d: Float, _ high: Float, _ low: Float) -> Float {
        Exponential.exp(high * d + low * d)
    }

    static var momentsKernel: MomentsKernel? { Kernels.momentsF32 }
    static var softmaxKernel: SoftmaxKernel? { Kernels.softmaxF32 }
}

extension Double: SoftmaxScalar {
    @inline(__always) static func exponential(_ d: Double, _ high: Double, _ low: Double) -> Double {
        Exponential.exp(high * d)
    }

    static var momentsKernel: MomentsKernel? { Kernels.momentsF64 }
    static var softmaxKernel: SoftmaxKernel? { Kernels.softmaxF64 }
}

extension SoftmaxMoments {
    fileprivate init(_ sums: quantcal_softmax_moments) {
        self.init(
            nll: sums.nll, gradient: sums.gradient, curvature: sums.curvature, weight: sums.weight,
            hasLabelBelowMaximum: sums.has_label_below_maximum != 0, hasSpread: sums.has_spread != 0)
    }
}
