internal import ExperienceReplay
internal import Snapshots

/// The errors of a round that is not taken in yet: they become priorities when it is.
extension DQNAgent {
    private var savesErrors: Bool { hyperparameters.replaySampling == .proportional }

    /// Slot and error of each row of each batch of the pending round, −1 where its frame is gone.
    func writePendingErrors(to writer: SnapshotWriter) throws(SnapshotError) {
        guard savesErrors else { return }
        let learned = lane.pending?.learned ?? []
        let slots = learned.flatMap { batch in
            batch.origins.map { origin in
                origin.flatMap { replay.holds($0) ? Int32($0.slot) : nil } ?? -1
            }
        }
        try writer.write(
            "pending slots",
            slots.flatMap { slot in
                (0..<4).map { UInt8(truncatingIfNeeded: slot >> (8 * Int32($0))) }
            }
        )
        try writer.write("pending errors", learned.flatMap(\.errors))
    }

    /// Reads what was written, once the frames are held again.
    func readPendingErrors(
        of updates: Int,
        from reader: SnapshotReader
    ) throws(SnapshotError) -> [LearnedErrors] {
        guard savesErrors else { return [] }
        let rows = hyperparameters.batchSize
        let bytes = try reader.bytes("pending slots")
        let errors = try reader.floats("pending errors")
        guard updates <= hyperparameters.drawnBatchCount, errors.count == updates * rows,
            bytes.count == errors.count * 4
        else {
            throw .doesNotFit(
                section: "pending errors",
                reason: "\(errors.count) numbers, expected \(updates * rows)"
            )
        }
        let origins = errors.indices.map { row in
            let slot = (0..<4).reduce(Int32(0)) {
                $0 | Int32(bytes[row * 4 + $1]) << (8 * Int32($1))
            }
            return replay.frame(inSlot: Int(slot))
        }
        return (0..<updates).map { update in
            let range = (update * rows)..<((update + 1) * rows)
            return LearnedErrors(origins: Array(origins[range]), errors: Array(errors[range]))
        }
    }
}
