import CQuantcal
import QuantcalCore

extension qc_conformal_martingale_options: OptionsStruct {
    static var defaults: Self {
        let core = ConformalMartingale.Options()
        return Self(
            struct_size: MemoryLayout<Self>.size, betting: core.betting.rawValue, reserved: 0,
            jump: core.jump, epsilon: core.epsilon, seed: core.seed)
    }

    fileprivate func core() throws(QuantcalError) -> ConformalMartingale.Options {
        try Structs.reserved(reserved)
        return ConformalMartingale.Options(
            betting: try Structs.value(betting, "betting"), jump: jump, epsilon: epsilon, seed: seed)
    }
}

extension qc_conformal_martingale_summary: SizedStruct {
    fileprivate init(_ summary: ConformalMartingale.Summary) {
        self.init(
            struct_size: MemoryLayout<Self>.size, bets: summary.bets, score_count: summary.scoreCount,
            log_martingale: summary.logMartingale, log_maximum: summary.logMaximum,
            p_value: summary.pValue)
    }
}

@c @implementation
public func qc_conformal_martingale_options_init(
    _ options: UnsafeMutablePointer<qc_conformal_martingale_options>!, _ size: Int
) -> qc_status {
    qc_conformal_martingale_options.initialise(options, size)
}

@c @implementation
public func qc_conformal_martingale_create(
    _ options: UnsafePointer<qc_conformal_martingale_options>!,
    _ martingale: UnsafeMutablePointer<OpaquePointer?>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let core = try qc_conformal_martingale_options.given(options).core()
        try Handles.create(martingale, "martingale") { () throws(QuantcalError) in
            try ConformalMartingale(core)
        }
    }
}

@c @implementation
public func qc_conformal_martingale_destroy(_ martingale: OpaquePointer!) {
    Handles.destroy(martingale, ConformalMartingale.self)
}

@c @implementation
public func qc_conformal_martingale_update(
    _ martingale: OpaquePointer!, _ scores: UnsafePointer<Double>!, _ n: Int,
    _ pValues: UnsafeMutablePointer<Double>!, _ logMartingale: UnsafeMutablePointer<Double>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let martingale: ConformalMartingale = try Handles.object(martingale, "martingale")
        try Boundary.length(n, "n")
        let given = try Boundary.input(scores, n, "scores")
        let ranks = try Boundary.optionalOutput(pValues, n, "p_values")
        let path = try Boundary.optionalOutput(logMartingale, n, "log_martingale")
        try Region.requireDisjoint(
            outputs: [Region(pValues, n, "p_values"), Region(logMartingale, n, "log_martingale")],
            inputs: [Region(scores, n, "scores")])
        try martingale.update(given, pValues: ranks, logMartingale: path)
    }
}

@c @implementation
public func qc_conformal_martingale_bet(
    _ martingale: OpaquePointer!, _ pValues: UnsafePointer<Double>!, _ n: Int,
    _ logMartingale: UnsafeMutablePointer<Double>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let martingale: ConformalMartingale = try Handles.object(martingale, "martingale")
        try Boundary.length(n, "n")
        let given = try Boundary.input(pValues, n, "p_values")
        let path = try Boundary.optionalOutput(logMartingale, n, "log_martingale")
        try Region.requireDisjoint(
            outputs: [Region(logMartingale, n, "log_martingale")], inputs: [Region(pValues, n, "p_values")])
        try martingale.bet(given, logMartingale: path)
    }
}

@c @implementation
public func qc_conformal_martingale_summarize(
    _ martingale: OpaquePointer!, _ result: UnsafeMutablePointer<qc_conformal_martingale_summary>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let martingale: ConformalMartingale = try Handles.object(martingale, "martingale")
        try ResultPlace(result).write(qc_conformal_martingale_summary(martingale.summary))
    }
}

@c @implementation
public func qc_conformal_martingale_serialize(
    _ martingale: OpaquePointer!, _ bytes: UnsafeMutablePointer<UInt8>!, _ capacity: Int,
    _ size: UnsafeMutablePointer<Int>!
) -> qc_status {
    Handles.serialize(martingale, "martingale", as: ConformalMartingale.self, bytes, capacity, size)
}

@c @implementation
public func qc_conformal_martingale_deserialize(
    _ bytes: UnsafePointer<UInt8>!, _ size: Int, _ martingale: UnsafeMutablePointer<OpaquePointer?>!
) -> qc_status {
    Handles.deserialize(bytes, size, as: ConformalMartingale.self, martingale, "martingale")
}
