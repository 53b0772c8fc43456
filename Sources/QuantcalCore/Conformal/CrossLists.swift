/// Residuals in lists, one for each prediction of a test point: those of the training points whose model made it.
/// A candidate for an end of the point's interval is a prediction plus a residual of its list.
///
/// A candidate is rounded to nearest, which keeps a list's order: of sorted residuals the candidates are sorted.
struct CrossLists<T: Scalar>: ~Copyable {
    /// Column of the predictions of each list; no list is empty.
    let columns: Scratch<Int>
    /// Where each list begins, and the end.
    let starts: Scratch<Int>
    /// The residuals, list by list, each sorted.
    let residuals: Scratch<T>
    let count: Int

    /// The lists of folds.
    init(
        _ residuals: UnsafeBufferPointer<T>, _ fold: UnsafeBufferPointer<Int32>, foldCount: Int
    ) throws(QuantcalError) {
        let items = try Scratch<Sorting.Item>(residuals.count)
        try RadixSort.sort(Sorting(residuals: residuals, fold: fold, target: items.buffer))
        let ends = try Scratch<Int>(zeroed: foldCount)
        for index in fold.indices { ends.buffer[Int(fold[index])] += 1 }
        let filled = ends.buffer.reduce(0) { $0 + ($1 > 0 ? 1 : 0) }
        let columns = try Scratch<Int>(filled)
        let starts = try Scratch<Int>(filled + 1)
        let sorted = try Scratch<T>(residuals.count)
        var (list, place) = (0, 0)
        for column in 0..<foldCount where ends.buffer[column] > 0 {
            columns.buffer[list] = column
            starts.buffer[list] = place
            (ends.buffer[column], place) = (place, place + ends.buffer[column])
            list += 1
        }
        starts.buffer[list] = place
        // What is dealt in order arrives in order.
        for item in items.buffer {
            sorted.buffer[ends.buffer[Int(item.fold)]] = T(orderedKey: item.key)
            ends.buffer[Int(item.fold)] += 1
        }
        count = filled
        self.columns = columns
        self.starts = starts
        self.residuals = sorted
    }

    /// A list for each residual.
    init(apart residuals: UnsafeBufferPointer<T>) throws(QuantcalError) {
        let columns = try Scratch<Int>(residuals.count)
        let starts = try Scratch<Int>(residuals.count + 1)
        let apart = try Scratch<T>(residuals.count)
        for index in residuals.indices {
            columns.buffer[index] = index
            starts.buffer[index] = index
            apart.buffer[index] = residuals[index]
        }
        starts.buffer[residuals.count] = residuals.count
        count = residuals.count
        self.columns = columns
        self.starts = starts
        self.residuals = apart
    }

    private struct Sorting: RadixItems {
        struct Item: RadixItem {
            let key: T.Bits
            let fold: Int32
        }

        let residuals: UnsafeBufferPointer<T>
        let fold: UnsafeBufferPointer<Int32>
        let target: UnsafeMutableBufferPointer<Item>
        var count: Int { residuals.count }
        func key(_ index: Int) -> T.Bits { residuals[index].orderedKey }
        func item(_ index: Int) -> Item { Item(key: key(index), fold: fold[index]) }
        func store(_ item: Item, at place: Int) { target[place] = item }
    }
}
