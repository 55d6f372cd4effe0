public import JSONFields

/// Which of its checkpoints a job keeps: the best and the latest always, and of the others those that
/// every rule allows.
public struct CheckpointRetention: Equatable, Sendable {
    /// Of the others every Nth is kept, by its version; 0 for none.
    public var everyNth: Int
    /// The oldest of the others go until all take at most so many bytes; 0 for no limit.
    public var mostBytes: Int

    /// Creates the rules.
    public init(everyNth: Int = 1, mostBytes: Int = 0) {
        (self.everyNth, self.mostBytes) = (everyNth, mostBytes)
    }

    /// Those that are not kept, oldest first.
    ///
    /// - Parameters:
    ///   - checkpoints: All of a job, oldest first.
    ///   - best: The one that the job names as its best.
    /// - Returns: Neither the best nor the latest.
    public func superfluous(
        among checkpoints: [CheckpointRecord],
        best: String?
    ) -> [CheckpointRecord] {
        let others = checkpoints.filter { $0.id != best && $0.labels.isEmpty }
        var gone = others.filter { everyNth == 0 || $0.version % everyNth != 0 }
        guard mostBytes > 0 else { return gone }
        let goneIDs = Set(gone.map(\.id))
        var bytes = checkpoints.filter { !goneIDs.contains($0.id) }
            .reduce(0) { $0 + $1.sizeBytes }
        for checkpoint in others where bytes > mostBytes && !goneIDs.contains(checkpoint.id) {
            gone.append(checkpoint)
            bytes -= checkpoint.sizeBytes
        }
        return gone.sorted { $0.version < $1.version }
    }
}

extension CheckpointRetention: Settings {
    /// The rules as a request gives them.
    public static let settings: [Setting<CheckpointRetention>] = [
        .wholeNumber(
            "every_nth",
            \.everyNth,
            in: 0...1_000_000,
            "Keeps every Nth checkpoint by its version; 1 keeps all, 0 only the best and the latest."
        ),
        .wholeNumber(
            "most_bytes",
            \.mostBytes,
            in: 0...1_000_000_000_000_000,
            unit: "bytes",
            "The oldest go until the job's checkpoints take no more; 0 for no limit. The best and the "
                + "latest stay."
        ),
    ]
}
