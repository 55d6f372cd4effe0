internal import GRDB
public import Training

extension RunStore {
    /// How many jobs are in each state; none is left out.
    public func jobCounts() async throws(RunStorageError) -> [JobState: Int] {
        try await read { db in
            var counts: [JobState: Int] = [:]
            for state in JobState.allCases { counts[state] = 0 }
            let rows = try Row.fetchCursor(
                db,
                sql: "SELECT state, count(*) AS jobs FROM job GROUP BY state"
            )
            while let row = try rows.next() {
                guard let state = JobState(rawValue: try row.value("state")) else { continue }
                counts[state] = row["jobs"]
            }
            return counts
        }
    }

    /// How often an environment of any job failed and was made anew: never less than before.
    public func environmentRestarts() async throws(RunStorageError) -> Int {
        try await read { db in
            try Int.fetchOne(db, sql: "SELECT environment_restarts FROM total") ?? 0
        }
    }

    /// What all jobs have done together, those deleted since included: never less than before.
    ///
    /// Their time is not added up.
    public func trainingTotals() async throws(RunStorageError) -> TrainingPosition {
        try await read { db in
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT agent_steps, environment_frames, gradient_updates, episodes FROM total
                    """
            )
            guard let row else { throw RunStorageError.unreadable("the totals have no row") }
            var totals = TrainingPosition()
            for axis in TrainingAxis.counts { totals[count: axis] = row[axis.rawValue] }
            return totals
        }
    }
}
