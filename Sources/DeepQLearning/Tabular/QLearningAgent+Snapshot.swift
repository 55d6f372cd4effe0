internal import RandomNumbers
public import Snapshots

extension QLearningAgent {
    private struct Saved: Codable {
        var counts: AgentCounts
        var state: Int
        var generator: RandomGenerator
        var lastError: Float?
    }

    /// Writes the table, the present state and the random stream.
    public func write(to writer: SnapshotWriter) throws(SnapshotError) {
        try writer.write(
            "agent",
            json: Saved(counts: counts, state: state, generator: generator, lastError: lastError)
        )
        try writer.write("table", table.values)
    }

    /// Goes on from what was written.
    public func restore(from reader: SnapshotReader) throws(SnapshotError) {
        let saved = try reader.value("agent", as: Saved.self)
        let values = try reader.floats("table")
        guard values.count == table.values.count, (0..<table.stateCount).contains(saved.state)
        else {
            throw .doesNotFit(
                section: "table",
                reason: "\(values.count) numbers, expected \(table.values.count)"
            )
        }
        table.values = values
        (counts, state) = (saved.counts, saved.state)
        (generator, lastError) = (saved.generator, saved.lastError)
    }
}
