/// A stable sort of what is already made of few ascending runs: neighbouring runs are merged until one
/// is left, so m elements in k runs cost O(m log k).
///
/// Source: natural merge sort, Knuth, The Art of Computer Programming 3, 5.2.4.
enum NaturalMergeSort {
    /// `scratch` has room for as many elements. `precedes` is a strict order.
    @inline(__always)
    static func sort<Element: BitwiseCopyable>(
        _ elements: UnsafeMutableBufferPointer<Element>, scratch: UnsafeMutablePointer<Element>,
        _ precedes: (Element, Element) -> Bool
    ) {
        guard var source = elements.baseAddress else { return }
        let count = elements.count
        var target = scratch
        while true {
            var runs = 0
            var start = 0
            while start < count {
                let middle = endOfRun(source, start, count, precedes)
                let end = middle < count ? endOfRun(source, middle, count, precedes) : count
                merge(source, start, middle, end, target, precedes)
                start = end
                runs += 1
            }
            swap(&source, &target)
            if runs <= 1 { break }
        }
        if source != elements.baseAddress { elements.baseAddress!.update(from: source, count: count) }
    }

    @inline(__always)
    private static func endOfRun<Element>(
        _ elements: UnsafeMutablePointer<Element>, _ start: Int, _ count: Int,
        _ precedes: (Element, Element) -> Bool
    ) -> Int {
        var end = start + 1
        while end < count, !precedes(elements[end], elements[end - 1]) { end += 1 }
        return end
    }

    @inline(__always)
    private static func merge<Element: BitwiseCopyable>(
        _ source: UnsafeMutablePointer<Element>, _ start: Int, _ middle: Int, _ end: Int,
        _ target: UnsafeMutablePointer<Element>, _ precedes: (Element, Element) -> Bool
    ) {
        var (left, right) = (start, middle)
        for place in start..<end {
            if left < middle, right == end || !precedes(source[right], source[left]) {
                target[place] = source[left]
                left += 1
            } else {
                target[place] = source[right]
                right += 1
            }
        }
    }
}
