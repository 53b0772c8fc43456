/// Vectors of `isotonic/distribution` through the Swift overlay.

import Quantcal

let overlayIsotonicDistributionAdapters: [String: VectorAdapter] = [:]
