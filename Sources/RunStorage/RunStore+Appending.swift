internal import GRDB
internal import Training

extension RunStore {
    /// Runs a transaction that may append events to those of a job, and tells those who wait for
    /// them.
    ///
    /// - Parameters:
    ///   - count: So many events at most.
    ///   - job: The job's id.
    ///   - body: Gets the job's number, and returns that of the newest event of all jobs.
    /// - Throws: `JobForgotten` where there is no such job, and where the database refuses.
    func append(
        _ count: Int,
        to job: String,
        _ body: (_ job: Int, Database) throws -> Int
    ) throws {
        while true {
            let outcome = try write { db -> AppendOutcome in
                guard let number = try Self.number(of: job, db) else { return .forgotten }
                guard try EventNumbers.hasRoom(for: count, db) else { return .outOfNumbers }
                return .appended(newest: try body(number, db), job: number)
            }
            switch outcome {
            case .forgotten: throw JobForgotten(id: job)
            case .appended(let newest, let number):
                if count > 0 { eventLog.numbers.didAppend(number) }
                return arrivals.announce(newest, of: job)
            case .outOfNumbers:
                try write { db in try EventNumbers.reserve(count, db) }
                try sync()
            }
        }
    }
}

/// What came of appending events.
private enum AppendOutcome {
    case appended(newest: Int, job: Int)
    case forgotten
    /// Nothing was written: numbers must be reserved first.
    case outOfNumbers
}
