import ArgumentParser

struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Quantize a classifier, calibrate it, and count what the guarantees keep.",
        discussion: """
            Runs on handwritten digits that come with the library, or on your own files: --model, \
            --calibration and --test together.

            The model is a safetensors file of a fully connected network with ReLU between its layers: \
            fc1.weight (outputs x inputs), fc1.bias, fc2.weight, ... in F32, F16, BF16 or F64. Each \
            directory holds images.npy (rows x inputs; further dimensions are flattened) and labels.npy \
            (rows, integers from 0).
            """)

    @Option(help: ArgumentHelp("The network's weights.", valueName: "file.safetensors"))
    var model: String?

    @Option(help: ArgumentHelp("Rows for temperature and threshold.", valueName: "directory"))
    var calibration: String?

    @Option(help: ArgumentHelp("Rows to report on.", valueName: "directory"))
    var test: String?

    @Option(help: ArgumentHelp("Where to write the page with the pictures.", valueName: "file.html"))
    var report = "report.html"

    @Option(help: ArgumentHelp("Where to write the table as JSON.", valueName: "file.json"))
    var json: String?

    func validate() throws {
        let given = [model, calibration, test].filter { $0 != nil }.count
        guard given == 0 || given == 3 else {
            throw ValidationError("--model, --calibration and --test go together: give all three, or none")
        }
    }

    func run() throws {
        let files = try DemoFiles(model: model, calibration: calibration, test: test)
        let results = try Experiment(files).run()
        print(ResultTable(results).text)
        if let json {
            try writeFile(json, ResultJSON(results).text)
            print("Table:  \(json)")
        }
        try writeFile(report, Report(results).html)
        print("Report: \(report)")
    }
}
