/// Vectors of `isotonic/state` through the Swift overlay.

import Quantcal

let overlayIsotonicStateAdapters: [String: VectorAdapter] = [:]
