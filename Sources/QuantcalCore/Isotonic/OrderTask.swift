extension IsotonicOrder {
    /// What every kind of order has in common: the data, the loss, and what is written at the end.
    struct Task<T: Scalar> {
        let y: UnsafeBufferPointer<T>
        private let weights: UnsafeBufferPointer<T>?
        private let options: Options
        private let output: Output<T>
        let progress: Progress

        init(
            _ y: UnsafeBufferPointer<T>, _ weights: UnsafeBufferPointer<T>?, _ options: Options,
            _ output: Output<T>, _ progress: Progress
        ) {
            (self.y, self.weights, self.options) = (y, weights, options)
            (self.output, self.progress) = (output, progress)
        }

        /// The sum of the weights, or nil if there are no points.
        func check() throws(QuantcalError) -> Double? {
            try options.loss.check()
            try IsotonicOrder.requireNumbers(y.count, "the number of points")
            let total = try weights.map { weights throws(QuantcalError) in try Require.weights(weights).sum }
            try Require.finite(y, "y")
            return y.isEmpty ? nil : total ?? Double(y.count)
        }

        /// Returns the number of blocks.
        func solve<Order: PartialOrder>(
            _ nodes: OrderNodes, _ total: Double, _ order: Order
        ) throws(QuantcalError) -> Int {
            try progress(0)
            let data = OrderData(nodes, y, weights, total: total)
            let memory = try Scratch<Double>(nodes.count)
            let fit = memory.buffer.baseAddress!
            switch options.loss {
            case .quantile(let level): try fitQuantile(data, order, level, fit)
            case .chebyshev:
                try OrderChebyshev(data, order, progress: progress).fit(options.solution, into: fit)
            case .squared: try OrderSquared(data, order, progress: progress).fit(into: fit)
            }
            try settle(fit, order)
            return try write(fit, data)
        }

        private func fitQuantile<Order: PartialOrder>(
            _ data: OrderData<T>, _ order: Order, _ level: Double, _ fit: UnsafeMutablePointer<Double>
        ) throws(QuantcalError) {
            let quantile = try OrderQuantile(data, order, level: level, progress: progress)
            let isMiddle = options.solution == .middle
            try quantile.fit(largest: options.solution == .upper, share: isMiddle ? 0.5 : 1, into: fit)
            guard isMiddle else { return }
            let upper = try Scratch<Double>(order.count)
            try quantile.fit(largest: true, share: 0.5, into: upper.buffer.baseAddress!)
            for node in 0..<order.count { fit[node] = fit[node].middle(to: upper.buffer[node]) }
        }

        /// Raises every value to the largest before it: where that is not its own it is another by rounding, or
        /// that of a node without weight. Such a node with none before it gets the smallest of all.
        private func settle<Order: PartialOrder>(
            _ fit: UnsafeMutablePointer<Double>, _ order: Order
        ) throws(QuantcalError) {
            var smallest = Double.infinity
            for node in 0..<order.count where fit[node] > -.infinity { smallest = min(smallest, fit[node]) }
            let best = try Scratch<Int32>(order.count)
            try order.best(fit, reversed: false, into: best.buffer.baseAddress!)
            // From the last: what a node is raised to stands lower, and is not yet raised itself.
            for node in (0..<order.count).reversed() {
                fit[node] = max(smallest, fit[Int(best.buffer[node])])
            }
        }

        private func write(
            _ fit: UnsafePointer<Double>, _ data: OrderData<T>
        ) throws(QuantcalError) -> Int {
            let keys = try OrderKeys(y.count)
            for node in 0..<data.nodes.count {
                let value = Double(data.unscaled(fit[node]))
                for point in data.nodes[node] {
                    keys[Int(point)] = .init(key: value.rankingKey, index: point)
                }
            }
            try keys.sort()
            var block = -1
            for place in 0..<y.count {
                let item = keys[place]
                if place == 0 || item.key != keys[place - 1].key { block += 1 }
                output.fitted[Int(item.index)] = T(Double(orderedKey: item.key))
                output.blocks?[Int(item.index)] = block
            }
            return block + 1
        }
    }
}
