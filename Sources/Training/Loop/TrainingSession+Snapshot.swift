internal import Snapshots

extension TrainingSession {
    /// Writes everything that decides how the job goes on, to the bit.
    ///
    /// An evaluation under way is not in it; it is played anew, with the same result.
    func write(to writer: SnapshotWriter) throws {
        try writer.write("session", json: course)
        try loop.write(to: writer)
    }

    /// Goes on from what was written.
    func restore(from reader: SnapshotReader) throws {
        course = try reader.value("session", as: Course.self)
        try loop.restore(from: reader)
    }
}
