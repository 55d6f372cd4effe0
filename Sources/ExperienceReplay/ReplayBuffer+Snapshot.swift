public import Snapshots

extension ReplayBuffer {
    /// What is known of one environment's ring beside its frames.
    private struct SavedRing: Codable {
        var frameCount: Int
        /// Where in the ring the oldest frame lies.
        var oldest: Int
        /// Frames recorded so far, those forgotten too; nil in snapshots of before there was a journal,
        /// with which the numbers begin anew.
        var recordedCount: Int?
    }

    private static let slotsWrittenTogether = 4_096

    /// Hands frames to a journal that it has not got yet.
    ///
    /// - Parameters:
    ///   - journal: What takes them.
    ///   - byteCount: Bytes of an environment's frames that are worth a piece of the journal.
    public func write(to journal: FrameJournal, atLeast byteCount: Int = 1) {
        let size = frames.frameByteCount
        let pieceCount = max(1, FrameJournal.pieceByteCount / size)
        for (environment, ring) in rings.enumerated() {
            var number = max(journal.next(of: environment) ?? 0, ring.oldestNumber)
            while number < ring.recordedCount,
                (ring.recordedCount - number) * size >= byteCount
            {
                let count = min(pieceCount, ring.recordedCount - number)
                var piece: [UInt8] = []
                piece.reserveCapacity(count * size)
                for index in (number - ring.oldestNumber)..<(number - ring.oldestNumber + count) {
                    unsafe frame(index, environment: environment).withUnsafeBufferPointer {
                        unsafe piece.append(contentsOf: $0)
                    }
                }
                journal.append(piece, first: number, stream: environment, frameByteCount: size)
                number += count
            }
        }
    }

    /// Writes all experience held: frames to the writer's journal if it has one, so that none is
    /// written twice.
    public func write(to writer: SnapshotWriter) throws(SnapshotError) {
        let saved = rings.map { ring in
            SavedRing(
                frameCount: ring.frameCount,
                oldest: ring.slot(0) - ring.start,
                recordedCount: ring.recordedCount
            )
        }
        try writer.write("replay rings", json: saved)
        try writer.begin("replay slots", byteCount: frameCount * Slot.byteCount)
        // Training stands still meanwhile, and there may be a million.
        var words: [UInt64] = []
        for ring in rings {
            for first in stride(from: 0, to: ring.frameCount, by: Self.slotsWrittenTogether) {
                words.removeAll(keepingCapacity: true)
                let end = min(ring.frameCount, first + Self.slotsWrittenTogether)
                for index in first..<end {
                    words.append(slots[ring.slot(index)].word.littleEndian)
                }
                try writer.append(unsafe Span<UInt8>(_bytes: words.span.bytes))
            }
        }
        if let journal = writer.journal {
            write(to: journal)
            return try writer.write(framesOf: journal, from: rings.map(\.oldestNumber))
        }
        try writer.begin("replay frames", byteCount: frameCount * frames.frameByteCount)
        for (environment, ring) in rings.enumerated() {
            for index in 0..<ring.frameCount {
                try writer.append(frame(index, environment: environment))
            }
        }
    }

    /// Holds what was written, in the same places of rings of the same size.
    public mutating func restore(from reader: SnapshotReader) throws(SnapshotError) {
        let saved = try reader.value("replay rings", as: [SavedRing].self)
        guard saved.count == rings.count else {
            throw .doesNotFit(
                section: "replay rings",
                reason: "\(saved.count) environments, expected \(rings.count)"
            )
        }
        for (ring, held) in zip(rings, saved) {
            guard (0...ring.capacity).contains(held.frameCount),
                (0..<ring.capacity).contains(held.oldest),
                held.recordedCount ?? held.frameCount >= held.frameCount
            else {
                throw .doesNotFit(
                    section: "replay rings",
                    reason: "\(held.frameCount) frames for \(ring.capacity)"
                )
            }
        }
        let restored = try readSlots(saved.reduce(0) { $0 + $1.frameCount }, from: reader)
        for (environment, held) in saved.enumerated() {
            begin(
                environment: environment,
                at: held.oldest,
                recorded: (held.recordedCount ?? held.frameCount) - held.frameCount
            )
        }
        if try reader.hasNext("replay frames") {
            try readFrames(saved, restored, from: reader)
        } else {
            try readJournal(saved, restored, from: reader)
        }
        for environment in rings.indices { recountTransitions(environment: environment) }
    }

    private func readSlots(
        _ count: Int,
        from reader: SnapshotReader
    ) throws(SnapshotError) -> [Slot] {
        try reader.begin("replay slots", byteCount: count * Slot.byteCount)
        var restored: [Slot] = []
        restored.reserveCapacity(count)
        var bytes = [UInt8](repeating: 0, count: Slot.byteCount)
        for _ in 0..<count {
            try reader.read(into: &bytes)
            restored.append(Slot(bytes))
        }
        return restored
    }

    private mutating func readFrames(
        _ saved: [SavedRing],
        _ restored: [Slot],
        from reader: SnapshotReader
    ) throws(SnapshotError) {
        let size = frames.frameByteCount
        try reader.begin("replay frames", byteCount: restored.count * size)
        var frame = [UInt8](repeating: 0, count: size)
        var position = 0
        for (environment, held) in saved.enumerated() {
            for _ in 0..<held.frameCount {
                try reader.read(into: &frame)
                push(frame.span, restored[position], environment: environment)
                position += 1
            }
        }
    }

    private mutating func readJournal(
        _ saved: [SavedRing],
        _ restored: [Slot],
        from reader: SnapshotReader
    ) throws(SnapshotError) {
        let size = frames.frameByteCount
        let firstSlots = saved.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.frameCount) }
        try reader.readFrames { (piece, first, environment, frameByteCount) throws(SnapshotError) in
            guard saved.indices.contains(environment), frameByteCount == size else {
                throw .doesNotFit(
                    section: "frame files",
                    reason: "frames of \(frameByteCount) bytes of environment \(environment)"
                )
            }
            for index in 0..<(piece.count / size) {
                let (ring, held) = (rings[environment], saved[environment])
                // Older frames of the piece are forgotten, later ones belong to a later snapshot.
                guard first + index == ring.recordedCount, ring.frameCount < held.frameCount
                else { continue }
                push(
                    piece.extracting((index * size)..<((index + 1) * size)),
                    restored[firstSlots[environment] + ring.frameCount],
                    environment: environment
                )
            }
        }
        for (ring, held) in zip(rings, saved) where ring.frameCount != held.frameCount {
            throw .doesNotFit(
                section: "frame files",
                reason: "\(ring.frameCount) frames, expected \(held.frameCount)"
            )
        }
    }
}
