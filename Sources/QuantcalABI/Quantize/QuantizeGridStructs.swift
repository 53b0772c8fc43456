import CQuantcal
import QuantcalCore

extension qc_quantize_grid: OptionsStruct {
    static var argumentName: String { "grid" }
    static var defaults: Self { Self(ScalarGrid()) }

    /// A named grid. Of these only NF4 has levels.
    init(_ grid: ScalarGrid) {
        self.init(
            struct_size: MemoryLayout<Self>.size, kind: grid.kind.rawValue, bits: Int32(grid.bits),
            is_signed: grid.isSigned ? 1 : 0, is_narrow: grid.isNarrow ? 1 : 0,
            exponent_bits: Int32(grid.exponentBits), specials: grid.specials.rawValue,
            overflow: grid.overflow.rawValue, reserved: 0, bias: grid.bias, parameter: grid.parameter,
            levels: grid.levels.isEmpty ? nil : normalFloatLevels, level_count: grid.levels.count)
    }

    /// The fields that the kind uses.
    fileprivate func description() throws(QuantcalError) -> ScalarGrid {
        try Structs.reserved(reserved)
        var grid = ScalarGrid(kind: try Structs.value(kind, "kind"), bits: Int(bits), parameter: parameter)
        if grid.kind == .integer || grid.kind == .float {
            grid.isSigned = try Structs.flag(is_signed, "is_signed")
        }
        if grid.kind == .integer { grid.isNarrow = try Structs.flag(is_narrow, "is_narrow") }
        if grid.kind == .float {
            grid.exponentBits = Int(exponent_bits)
            grid.specials = try Structs.value(specials, "specials")
            grid.overflow = try Structs.value(overflow, "overflow")
            grid.bias = bias
        }
        guard grid.kind == .codeBook else { return grid }
        try grid.requireLevelCount(level_count)
        grid.levels = Array(try Boundary.input(levels, level_count, "levels"))
        return grid
    }
}

/// They live as long as the library.
private nonisolated(unsafe) let normalFloatLevels: UnsafePointer<Float> = {
    let levels = ScalarGrid.normalFloatLevels
    let memory = UnsafeMutablePointer<Float>.allocate(capacity: levels.count)
    memory.initialize(from: levels, count: levels.count)
    return UnsafePointer(memory)
}()

extension qc_quantize_grid_options: OptionsStruct {
    static var defaults: Self {
        Self(
            struct_size: MemoryLayout<Self>.size, granularity: Granularity.group.rawValue, reserved: 0,
            group_size: 128, progress: qc_progress())
    }
}

/// Options that say which elements share a scale.
protocol GroupSettings {
    var granularity: Int32 { get }
    var group_size: Int { get }
    var progress: qc_progress { get }
}

extension qc_quantize_grid_options: GroupSettings {}

/// The caller's grid, and the memory of its levels, which no output may overlap.
struct GivenGrid {
    let grid: CompiledGrid
    let levels: Region

    init(_ pointer: UnsafePointer<qc_quantize_grid>?, _ name: String = "grid") throws(QuantcalError) {
        guard pointer != nil else { throw QuantcalError(.nullPointer, "\(name) is NULL") }
        let given = try Structs.options(
            pointer, defaults: qc_quantize_grid.defaults, firstSize: qc_quantize_grid.firstSize, name)
        let description = try given.description()
        grid = try description.compiled()
        levels = Region(given.levels, description.levels.count, "the levels of grid")
    }
}

/// What a call on a matrix is about.
struct GridWork {
    let grid: CompiledGrid
    let layout: GroupLayout
    let levels: Region
    let progress: Progress

    init(
        _ grid: UnsafePointer<qc_quantize_grid>?, _ rows: Int, _ columns: Int,
        _ options: UnsafePointer<qc_quantize_grid_options>?
    ) throws(QuantcalError) {
        let settings = try qc_quantize_grid_options.given(options)
        try Structs.reserved(settings.reserved)
        try self.init(grid, rows, columns, settings)
    }

    init(
        _ grid: UnsafePointer<qc_quantize_grid>?, _ rows: Int, _ columns: Int,
        _ settings: some GroupSettings
    ) throws(QuantcalError) {
        let given = try GivenGrid(grid)
        _ = try Boundary.product(rows, columns, ("rows", "columns"))
        self.grid = given.grid
        levels = given.levels
        progress = Structs.progress(settings.progress)
        // A size above Int.max arrives negative; every row is then one group.
        layout = try given.grid.layout(
            rows: rows, columns: columns,
            granularity: try Structs.value(settings.granularity, "granularity"),
            groupSize: settings.group_size < 0 ? .max : settings.group_size)
    }

    func parameters(
        _ scales: UnsafePointer<Float>?, _ zeros: UnsafePointer<Float>?
    ) throws(QuantcalError) -> CompiledGrid.Parameters {
        CompiledGrid.Parameters(
            scales: try Boundary.input(scales, layout.groupCount, "scales"),
            zeros: try Boundary.optionalInput(zeros, layout.groupCount, "zeros"))
    }

    func regions(_ scales: UnsafePointer<Float>?, _ zeros: UnsafePointer<Float>?) -> [Region] {
        [Region(scales, layout.groupCount, "scales"), Region(zeros, layout.groupCount, "zeros"), levels]
    }
}
