/// One axis of a chart: a range of values, and the ticks to label.
struct Axis {
    let title: String
    let range: ClosedRange<Double>
    let ticks: [(value: Double, label: String)]

    init(_ title: String, range: ClosedRange<Double>, ticks: [(value: Double, label: String)]) {
        (self.title, self.range, self.ticks) = (title, range, ticks)
    }

    /// An axis that holds `values`, with about five steps between round numbers.
    init(_ title: String, holding values: [Double], label: (Double) -> String) {
        let finite = values.filter(\.isFinite)
        let low = finite.min() ?? 0
        let high = max(finite.max() ?? 1, low)
        let step = Self.roundStep((high - low) / 5, atLeast: max(high.magnitude, low.magnitude, 1e-6) * 1e-3)
        let first = (low / step).rounded(.down)
        let last = max((high / step).rounded(.up), first + 1)
        let ticks = stride(from: first, through: last, by: 1).map { $0 * step }
        self.init(title, range: first * step...last * step, ticks: ticks.map { ($0, label($0)) })
    }

    /// The smallest of 1, 2, 5, 10, 20, ... (and their tenths, ...) that is at least `step`.
    private static func roundStep(_ step: Double, atLeast smallest: Double) -> Double {
        let wanted = max(step, smallest)
        var power = 1.0
        while power > wanted { power /= 10 }
        while power * 10 <= wanted { power *= 10 }
        return [1, 2, 5, 10].map { $0 * power }.first { $0 >= wanted * 0.999 } ?? 10 * power
    }

    /// 0 at the range's start, 1 at its end; values outside stay at the nearer end.
    func position(_ value: Double) -> Double {
        let part = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
        return min(max(part, 0), 1)
    }
}

/// A picture with two axes, as inline SVG: marks are added, then `svg` is taken. Colours come from the
/// page's style sheet by class, so that light, dark and print each have their own.
struct Chart {
    static let width = 340.0
    static let height = 262.0
    private static let left = 54.0
    private static let right = 18.0
    private static let top = 30.0
    private static let bottom = 46.0

    let title: String
    let x: Axis
    let y: Axis
    /// Behind the axes' lines: bands; before them: the rest.
    private var back: [String] = []
    private var marks: [String] = []

    init(_ title: String, x: Axis, y: Axis) { (self.title, self.x, self.y) = (title, x, y) }

    private func place(_ pointX: Double, _ pointY: Double) -> (x: Double, y: Double) {
        (
            Self.left + x.position(pointX) * (Self.width - Self.left - Self.right),
            Self.height - Self.bottom - y.position(pointY) * (Self.height - Self.top - Self.bottom)
        )
    }

    // MARK: Marks

    /// A band over the whole width.
    mutating func addBand(_ values: ClosedRange<Double>) {
        let low = place(x.range.lowerBound, values.lowerBound)
        let high = place(x.range.upperBound, values.upperBound)
        back.append(
            element(
                "rect",
                [
                    "class": "band", "x": p(low.x), "y": p(high.y), "width": p(high.x - low.x),
                    "height": p(low.y - high.y),
                ]))
    }

    mutating func addLine(_ points: [(Double, Double)], style: String) {
        let path = points.map { point in
            let (x, y) = place(point.0, point.1)
            return "\(p(x)),\(p(y))"
        }
        marks.append(element("polyline", ["class": style, "points": path.joined(separator: " ")]))
    }

    mutating func addDot(_ point: (Double, Double), radius: Double, style: String) {
        let (x, y) = place(point.0, point.1)
        marks.append(element("circle", ["class": style, "cx": p(x), "cy": p(y), "r": p(radius)]))
    }

    enum Anchor: String { case start, middle, end }

    /// A text beside a point, moved by (dx, dy) units.
    mutating func addLabel(
        _ text: String, at point: (Double, Double), dx: Double, dy: Double, anchor: Anchor,
        style: String = "label"
    ) {
        let (x, y) = place(point.0, point.1)
        marks.append(
            element(
                "text", ["class": style, "x": p(x + dx), "y": p(y + dy), "text-anchor": anchor.rawValue],
                escaped(text)))
    }

    // MARK: The picture

    var svg: String {
        let content = [heading] + back + grid + marks
        return element(
            "svg",
            [
                "viewBox": "0 0 \(p(Self.width)) \(p(Self.height))", "role": "img",
                "aria-label": "\(title). "
                    + "Horizontal: \(x.title). Vertical: \(y.title).",
            ],
            content.joined(separator: "\n"))
    }

    private var heading: String {
        element("text", ["class": "title", "x": p(Self.left), "y": "16"], escaped(title))
    }

    /// Ticks with their lines and labels, and the axes' titles.
    private var grid: [String] {
        let (x0, y0) = place(x.range.lowerBound, y.range.lowerBound)
        let (x1, y1) = place(x.range.upperBound, y.range.upperBound)
        let vertical = x.ticks.flatMap { tick in
            let at = place(tick.value, y.range.lowerBound).x
            return [
                line(at, y0, at, y0 + 5, "axis"),
                text(tick.label, at, y0 + 19, .middle),
            ]
        }
        let horizontal = y.ticks.flatMap { tick in
            let at = place(x.range.lowerBound, tick.value).y
            return [line(x0, at, x1, at, "grid"), text(tick.label, x0 - 7, at + 4, .end)]
        }
        let middle = (y0 + y1) / 2
        return horizontal + vertical + [
            line(x0, y0, x1, y0, "axis"),
            text(x.title, (x0 + x1) / 2, Self.height - 8, .middle),
            element(
                "text",
                [
                    "class": "tick", "text-anchor": "middle",
                    "transform": "translate(13 \(p(middle))) rotate(-90)",
                ],
                escaped(y.title)),
        ]
    }

    private func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String) -> String {
        element("line", ["class": style, "x1": p(x1), "y1": p(y1), "x2": p(x2), "y2": p(y2)])
    }

    private func text(_ content: String, _ x: Double, _ y: Double, _ anchor: Anchor) -> String {
        element(
            "text", ["class": "tick", "x": p(x), "y": p(y), "text-anchor": anchor.rawValue], escaped(content))
    }

    /// A coordinate; tenths of a unit are enough.
    private func p(_ value: Double) -> String { decimal(value, 1) }
}
