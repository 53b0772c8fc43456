/// Vectors of `isotonic/centered` through the Swift overlay.

import Quantcal

let overlayIsotonicCenteredAdapters: [String: VectorAdapter] = [:]
