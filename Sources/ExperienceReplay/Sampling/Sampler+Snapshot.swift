public import Snapshots

extension Sampler {
    /// Writes the priorities of all frames held, if there are any.
    public func write(
        to writer: SnapshotWriter,
        of replay: borrowing ReplayBuffer
    ) throws(SnapshotError) {
        switch self {
        case .uniform: break
        case .proportional(let sampler): try sampler.write(to: writer, of: replay)
        }
    }

    /// Holds the priorities that were written of the frames that `replay` holds again.
    public mutating func restore(
        from reader: SnapshotReader,
        of replay: borrowing ReplayBuffer
    ) throws(SnapshotError) {
        try change { sampler throws(SnapshotError) in
            try sampler.restore(from: reader, of: replay)
        }
    }
}

extension ProportionalSampler {
    private struct SavedRange: Codable {
        var largest: Double
    }

    private static var weightByteCount: Int { MemoryLayout<Double>.stride }

    fileprivate func write(
        to writer: SnapshotWriter,
        of replay: borrowing ReplayBuffer
    ) throws(SnapshotError) {
        try writer.write("priority range", json: SavedRange(largest: largest))
        try writer.begin("priorities", byteCount: replay.frameCount * Self.weightByteCount)
        for ring in replay.rings {
            for index in 0..<ring.frameCount {
                let bits = weights[ring.slot(index)].bitPattern
                let bytes = (0..<8).map { UInt8(truncatingIfNeeded: bits >> (8 * UInt64($0))) }
                try writer.append(bytes.span)
            }
        }
    }

    fileprivate mutating func restore(
        from reader: SnapshotReader,
        of replay: borrowing ReplayBuffer
    ) throws(SnapshotError) {
        largest = try reader.value("priority range", as: SavedRange.self).largest
        try reader.begin("priorities", byteCount: replay.frameCount * Self.weightByteCount)
        weights.removeAll()
        var bytes = [UInt8](repeating: 0, count: Self.weightByteCount)
        for (environment, ring) in replay.rings.enumerated() {
            for index in 0..<ring.frameCount {
                try reader.read(into: &bytes)
                let bits = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[$1]) << (8 * UInt64($1)) }
                let weight = Double(bitPattern: bits)
                guard weight != 0 else { continue }
                let place = FramePlace(index: index, environment: environment)
                guard weight > 0, weight.isFinite, replay.isDrawable(place) else {
                    throw .doesNotFit(
                        section: "priorities",
                        reason: "a weight of \(weight) for frame \(index) of \(environment)"
                    )
                }
                weights[ring.slot(index)] = weight
            }
        }
    }
}
