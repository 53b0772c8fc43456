/// Code books from vectors: k-means for each part and stage; then, with more stages, `passes` times for each
/// stage in turn k-means on what the other stages leave, from its centres on.
extension CodeBooks {
    /// `books` holds the centres to begin with, if they are given. Nothing is written on an error.
    public func train(
        _ vectors: UnsafeBufferPointer<Float>, count: Int, dimension: Int,
        weights: UnsafeBufferPointer<Float>?, importance: UnsafeBufferPointer<Float>?,
        books: UnsafeMutableBufferPointer<Float>, codes: UnsafeMutablePointer<UInt16>?,
        _ progress: Progress = .none
    ) throws(QuantcalError) -> Training {
        try requireTraining()
        guard let base = vectors.baseAddress, count > 0 else {
            throw QuantcalError(.size, "count is 0; a code book needs at least one vector")
        }
        let largest = try Self.largest(vectors, importance)
        try requireStages(largest.value, "vectors")
        if let weights { try Require.weights(weights) }
        if start == .given { try Require.finite(UnsafeBufferPointer(books), "centres") }
        try progress(0)
        let trained = try Scratch<Float>(books.count)
        if start == .given { trained.buffer.update(fromContentsOf: books) }
        let all = try Scratch<UInt16>(count * self.books)
        let gathered = try Scratch<Float>(parts > 1 ? count * (dimension / parts) : 0)
        var training = Training()
        for part in 0..<parts {
            var own = self.part(
                part, base, importance?.baseAddress, count: count, dimension: dimension, largest)
            if parts > 1 { own.gather(into: gathered.buffer.baseAddress!) }
            let trainer = PartTrainer(
                of: self, own, weights?.baseAddress,
                trained.buffer.baseAddress! + part * stages * centres * own.dimension,
                PartCodes(
                    memory: all.buffer.baseAddress! + part * stages * count, vectorStride: 1,
                    stageStride: count), firstStream: part * stages * restarts)
            try trainer.train(
                &training,
                progress.part(from: Double(part) / Double(parts), to: Double(part + 1) / Double(parts)))
        }
        books.baseAddress?.update(from: trained.buffer.baseAddress!, count: books.count)
        if let codes {
            for index in 0..<count {
                for book in 0..<self.books {
                    codes[index * self.books + book] = all.buffer[book * count + index]
                }
            }
        }
        return training
    }
}

/// The books of one part.
private struct PartTrainer {
    private let settings: CodeBooks
    private let vectors: VectorSet
    private let weights: UnsafePointer<Float>?
    private let books: UnsafeMutablePointer<Float>
    private let codes: PartCodes
    private let firstStream: Int

    init(
        of settings: CodeBooks, _ vectors: VectorSet, _ weights: UnsafePointer<Float>?,
        _ books: UnsafeMutablePointer<Float>, _ codes: PartCodes, firstStream: Int
    ) {
        (self.settings, self.vectors, self.weights) = (settings, vectors, weights)
        (self.books, self.codes, self.firstStream) = (books, codes, firstStream)
    }

    func train(_ training: inout CodeBooks.Training, _ progress: Progress) throws(QuantcalError) {
        guard settings.stages > 1 else {
            let outcome = try book(vectors, 0, progress)
            add(outcome, to: &training)
            training.objective += outcome.objective
            return try count(0, &training)
        }
        let targets = try StageTargets(
            vectors, books, centres: settings.centres, stages: settings.stages, codes)
        let steps = settings.stages * (settings.passes + 1)
        for step in 0..<steps {
            let stage = step % settings.stages
            let target = try targets.target(of: stage, isFirst: step < settings.stages)
            let share = progress.part(
                from: Double(step) / Double(steps), to: Double(step + 1) / Double(steps))
            let outcome =
                step < settings.stages
                ? try book(target, stage, share)
                : try means(target, stage).run(
                    iterations: settings.iterations, tolerance: settings.tolerance, share)
            add(outcome, to: &training)
        }
        training.objective += targets.objective(weights)
        for stage in 0..<settings.stages { try count(stage, &training) }
    }

    private func add(_ outcome: KMeans.Outcome, to training: inout CodeBooks.Training) {
        training.iterations += outcome.iterations
        training.hasConverged = training.hasConverged && outcome.hasConverged
    }

    private func count(_ stage: Int, _ training: inout CodeBooks.Training) throws(QuantcalError) {
        let isUsed = try Scratch<Bool>(zeroed: settings.centres)
        let own = codes.memory + stage * codes.stageStride
        for index in 0..<vectors.count { isUsed.buffer[Int(own[index])] = true }
        training.used += isUsed.buffer.count { $0 }
    }

    private func place(_ stage: Int) -> UnsafeMutablePointer<Float> {
        books + stage * settings.centres * vectors.dimension
    }

    private func means(_ target: VectorSet, _ stage: Int) throws(QuantcalError) -> KMeans {
        try KMeans(
            target, weights: weights, centres: place(stage), count: settings.centres,
            codes: codes.memory + stage * codes.stageStride)
    }

    /// The best of some starts.
    private func book(
        _ target: VectorSet, _ stage: Int, _ progress: Progress
    ) throws(QuantcalError) -> KMeans.Outcome {
        var best = KMeans.Outcome()
        var isLast = true
        let centres = place(stage)
        let kept = try Scratch<Float>(settings.restarts > 1 ? settings.centres * vectors.dimension : 0)
        for restart in 0..<settings.restarts {
            try seed(target, stage * settings.restarts + restart, centres)
            let share = progress.part(
                from: Double(restart) / Double(settings.restarts),
                to: Double(restart + 1) / Double(settings.restarts))
            let outcome = try means(target, stage).run(
                iterations: settings.iterations, tolerance: settings.tolerance, share)
            isLast = outcome.objective < best.objective
            guard isLast else { continue }
            best = outcome
            kept.buffer.baseAddress!.update(from: centres, count: kept.buffer.count)
        }
        if !isLast {
            centres.update(from: kept.buffer.baseAddress!, count: kept.buffer.count)
            _ = try means(target, stage).run(iterations: 0, tolerance: 0, .none)
        }
        return best
    }

    private func seed(
        _ target: VectorSet, _ run: Int, _ centres: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) {
        let seeds = CentreSeeds(
            vectors: target, weights: weights,
            random: Philox(
                seed: settings.seed, stream: UInt32(truncatingIfNeeded: firstStream + run),
                purpose: .codeBook))
        switch settings.start {
        case .plusPlus: try seeds.plusPlus(settings.centres, into: centres)
        case .sample: seeds.sample(settings.centres, into: centres)
        case .given: break
        }
    }
}
