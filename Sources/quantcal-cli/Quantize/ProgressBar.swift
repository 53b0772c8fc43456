#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

import QuantcalCore

/// How far the work has come, on a terminal; nothing elsewhere.
final class ProgressBar {
    private static let width = 24
    private let names: [String]
    private let isShown = isatty(STDERR_FILENO) == 1
    private var last = ""

    init(_ names: [String]) { self.names = names }

    func show(_ index: Int, _ fraction: Double) {
        guard isShown else { return }
        let filled = Int(fraction * Double(Self.width))
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: Self.width - filled)
        let text =
            "[\(bar)] \(percent(fraction, 0)) \(index + 1)/\(names.count) \(quoted(names[index], atMost: 30))"
        guard text != last else { return }
        last = text
        printRaw("\r\u{1B}[K" + text)
    }

    func clear() {
        if !last.isEmpty { printRaw("\r\u{1B}[K") }
        last = ""
    }
}

/// An interrupt from the keyboard, which stops the work in good order; a second one at once.
enum Interrupt {
    static var came: Bool { interrupts > 0 }

    static func watch() {
        signal(SIGINT) { _ in
            interrupts = 1
            signal(SIGINT, SIG_DFL)
        }
    }
}

/// Written by the signal's handler only.
nonisolated(unsafe) private var interrupts: sig_atomic_t = 0

func printToTerminal(_ lines: [String]) {
    for line in lines { printRaw(line + "\n") }
}

private func printRaw(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
        guard count > 0 else { return }
        rest = rest.dropFirst(count)
    }
}
