import ArgumentParser
import Quantcal

@main
struct QuantcalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quantcal",
        abstract: "Quantize, calibrate and put conformal guarantees on trained models.",
        version: Quantcal.version,
        subcommands: [DemoCommand.self, QuantizeCommand.self])
}
