/// Vectors of `isotonic/order` through the Swift overlay.

import Quantcal

let overlayIsotonicOrderAdapters: [String: VectorAdapter] = [:]
