/// Vectors of `isotonic/shape` through the Swift overlay.

import Quantcal

let overlayIsotonicShapeAdapters: [String: VectorAdapter] = [:]
