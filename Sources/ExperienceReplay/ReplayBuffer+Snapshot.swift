public import Snapshots

extension ReplayBuffer {
    /// What is known of one environment's ring beside its frames.
    private struct SavedRing: Codable {
        var frameCount: Int
        /// Where in the ring the oldest frame lies.
        var oldest: Int
    }

    /// Writes all experience held: frames as spans of the ring, so that none is held twice.
    public func write(to writer: SnapshotWriter) throws(SnapshotError) {
        let size = stateByteCount / stack
        let saved = rings.map { ring in
            SavedRing(frameCount: ring.frameCount, oldest: ring.slot(0) - ring.start)
        }
        try writer.write("replay rings", json: saved)
        try writer.begin("replay slots", byteCount: frameCount * Slot.byteCount)
        for ring in rings {
            for index in 0..<ring.frameCount {
                let bytes = slots[ring.slot(index)].bytes
                try writer.append(bytes.span)
            }
        }
        try writer.begin("replay frames", byteCount: frameCount * size)
        for (environment, ring) in rings.enumerated() {
            for index in 0..<ring.frameCount {
                try writer.append(frame(index, environment: environment))
            }
        }
    }

    /// Holds what was written, in the same places of rings of the same size.
    public mutating func restore(from reader: SnapshotReader) throws(SnapshotError) {
        let size = stateByteCount / stack
        let saved = try reader.value("replay rings", as: [SavedRing].self)
        guard saved.count == rings.count else {
            throw .doesNotFit(
                section: "replay rings",
                reason: "\(saved.count) environments, expected \(rings.count)"
            )
        }
        for (ring, held) in zip(rings, saved) {
            guard (0...ring.capacity).contains(held.frameCount),
                (0..<ring.capacity).contains(held.oldest)
            else {
                throw .doesNotFit(
                    section: "replay rings",
                    reason: "\(held.frameCount) frames for \(ring.capacity)"
                )
            }
        }
        let count = saved.reduce(0) { $0 + $1.frameCount }
        try reader.begin("replay slots", byteCount: count * Slot.byteCount)
        var restored: [Slot] = []
        restored.reserveCapacity(count)
        var bytes = [UInt8](repeating: 0, count: Slot.byteCount)
        for _ in 0..<count {
            try reader.read(into: &bytes)
            restored.append(Slot(bytes))
        }
        try reader.begin("replay frames", byteCount: count * size)
        var frame = [UInt8](repeating: 0, count: size)
        var position = 0
        for (environment, held) in saved.enumerated() {
            begin(environment: environment, at: held.oldest)
            for _ in 0..<held.frameCount {
                try reader.read(into: &frame)
                push(frame.span, restored[position], environment: environment)
                position += 1
            }
            recountTransitions(environment: environment)
        }
    }
}
