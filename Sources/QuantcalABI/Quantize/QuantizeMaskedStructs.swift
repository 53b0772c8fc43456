import CQuantcal
import QuantcalCore

extension qc_quantize_salient_options: OptionsStruct {
    static var defaults: Self {
        let mask = SalientMask()
        return Self(
            struct_size: MemoryLayout<Self>.size, granularity: mask.granularity.rawValue, reserved: 0,
            group_size: mask.groupSize, fraction: mask.fraction, progress: qc_progress())
    }

    func description() throws(QuantcalError) -> SalientMask {
        try Structs.reserved(reserved)
        var mask = SalientMask()
        mask.granularity = try Structs.value(granularity, "granularity")
        // A size above Int.max arrives negative; every row is then one group.
        mask.groupSize = group_size < 0 ? .max : group_size
        mask.fraction = fraction
        return mask
    }
}

extension qc_quantize_masked_options: OptionsStruct, GroupSettings {
    static var defaults: Self {
        Self(
            struct_size: MemoryLayout<Self>.size, granularity: Granularity.group.rawValue, selected: 1,
            group_size: 128, is_shared: 0, reserved: 0, progress: qc_progress())
    }
}

/// What a call on a part of a matrix is about. The mask is proven to be there.
struct MaskedWork {
    let work: GridWork
    /// nil where there are no elements.
    let part: MaskedGrid?
    let mask: ElementMask?
    let maskRegion: Region

    init(
        _ mask: UnsafePointer<UInt8>?, _ grid: UnsafePointer<qc_quantize_grid>?, _ rows: Int, _ columns: Int,
        _ options: UnsafePointer<qc_quantize_masked_options>?
    ) throws(QuantcalError) {
        let settings = try qc_quantize_masked_options.given(options)
        try Structs.reserved(settings.reserved)
        let selectsOnes = try Structs.flag(settings.selected, "selected")
        let isShared = try Structs.flag(settings.is_shared, "is_shared")
        work = try GridWork(grid, rows, columns, settings)
        let bytes = ElementMask.bytes(columns) * (isShared ? min(rows, 1) : rows)
        maskRegion = Region(mask, bytes, "mask")
        let input = try Boundary.input(mask, bytes, "mask")
        self.mask = input.baseAddress.map {
            ElementMask($0, columns: columns, isShared: isShared, selectsOnes: selectsOnes)
        }
        let work = work
        part = self.mask.map { MaskedGrid(work.grid, work.layout, $0) }
    }

    /// Bytes of codes.
    var codeBytes: Int { part?.room.codeBytes ?? 0 }
}
