import CQuantcal
import QuantcalCore
@c @implementation public func qc_status_name(_ status: qc_status) -> UnsafePointer<CChar>! { nil }
