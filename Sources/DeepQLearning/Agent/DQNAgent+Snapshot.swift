internal import ExperienceReplay
internal import RandomNumbers
public import Snapshots

extension DQNAgent {
    /// What is small of an agent's state.
    private struct Saved: Codable {
        var counts: AgentCounts
        var policyGenerator: RandomGenerator
        var replayGenerator: RandomGenerator
        var optimizerUpdates: Int
        /// What was learned and is not acted with yet.
        var pendingRound: LearningRound?
        var isTargetUpdateDue: Bool
        /// The round of updates that was interrupted.
        var due: DueUpdates?
        /// The agent steps up to which the target network has followed; nil where no update is due, or
        /// in a snapshot of an earlier version: one round of steps ago.
        var stepsFollowed: Int?
        /// Of an agent that draws numbers beside its actions and transitions.
        var drawing: Drawing?
    }

    /// Where what is drawn beside actions and transitions comes from.
    private struct Drawing: Codable {
        var acting: RandomGenerator
        var learning: RandomGenerator
    }

    /// Bytes of frames that are worth a piece of a journal.
    private static let journalPieceByteCount = 1 << 18

    /// Hands over the frames that are worth a piece of the journal.
    public func write(to journal: FrameJournal) {
        replay.write(to: journal, atLeast: Self.journalPieceByteCount)
    }

    /// Writes networks, moments, experience, counts and random streams; updates under way are waited
    /// for, and acted with only when it is their turn.
    public func write(to writer: SnapshotWriter) throws(SnapshotError) {
        let (learner, pending) = (lane.learnerState, lane.pending)
        // What was drawn for a round that has not begun is drawn again: nothing moves until then.
        let drawnBy = due?.generator
        var due = due
        due?.generator = nil
        try writer.write(
            "agent",
            json: Saved(
                counts: counts,
                policyGenerator: policyGenerator,
                replayGenerator: drawnBy ?? replayGenerator,
                optimizerUpdates: learner.optimizerUpdates,
                pendingRound: pending?.round,
                isTargetUpdateDue: pending?.isTargetUpdateDue ?? false,
                due: due,
                stepsFollowed: due == nil ? nil : stepsFollowed,
                drawing: hyperparameters.drawsBeside
                    ? Drawing(acting: actingGenerator, learning: learner.generator) : nil
            )
        )
        try writer.write("online parameters", learner.online)
        try writer.write("target parameters", learner.target)
        try writer.write("mean gradient", learner.meanGradient)
        try writer.write("mean square", learner.meanSquare)
        try writer.write("velocity", learner.velocity)
        try writer.write("acting parameters", pending?.acting ?? [])
        try replay.write(to: writer)
        try sampler.write(to: writer, of: replay)
        try writePendingErrors(to: writer)
    }

    /// Goes on from what was written.
    public func restore(from reader: SnapshotReader) throws(SnapshotError) {
        let saved = try reader.value("agent", as: Saved.self)
        // Sizes are those of this agent's own networks: what does not fit is refused before it is
        // copied.
        var learner = lane.learnerState
        try Self.read("online parameters", into: &learner.online, reader)
        try Self.read("target parameters", into: &learner.target, reader)
        try Self.read("mean gradient", into: &learner.meanGradient, reader)
        try Self.read("mean square", into: &learner.meanSquare, reader)
        try Self.read("velocity", into: &learner.velocity, reader)
        learner.optimizerUpdates = saved.optimizerUpdates
        if let drawing = saved.drawing {
            (actingGenerator, learner.generator) = (drawing.acting, drawing.learning)
        }
        let acting = try reader.floats("acting parameters")
        guard acting.count == (saved.pendingRound == nil ? 0 : learner.online.count) else {
            throw .doesNotFit(section: "acting parameters", reason: "\(acting.count) numbers")
        }
        try replay.restore(from: reader)
        try sampler.restore(from: reader, of: replay)
        let learned = try readPendingErrors(
            of: saved.pendingRound?.summary.updates ?? 0,
            from: reader
        )
        lane.restore(
            learner,
            pending: saved.pendingRound.map { round in
                PendingRound(
                    round: round,
                    acting: acting,
                    learned: learned,
                    isTargetUpdateDue: saved.isTargetUpdateDue
                )
            }
        )
        choice.action = nil
        (counts, due) = (saved.counts, saved.due)
        stepsNoted = counts.agentSteps
        stepsFollowed =
            due == nil ? stepsNoted : saved.stepsFollowed ?? (stepsNoted - environmentCount)
        policyGenerator = saved.policyGenerator
        replayGenerator = saved.replayGenerator
    }

    private static func read(
        _ section: String,
        into numbers: inout [Float],
        _ reader: SnapshotReader
    ) throws(SnapshotError) {
        let found = try reader.floats(section)
        guard found.count == numbers.count else {
            throw .doesNotFit(
                section: section,
                reason: "\(found.count) numbers, expected \(numbers.count)"
            )
        }
        numbers = found
    }
}
