internal import Synchronization

/// How the jobs that have not ended stand, for those who ask at any moment.
///
/// The recorder has the same, but where it cannot be written: then this is what holds.
final class JobBoard: Sendable {
    private let records = Mutex<[String: JobRecord]>([:])

    func post(_ record: JobRecord) {
        records.withLock { $0[record.id] = record }
    }

    func remove(_ id: String) {
        records.withLock { _ = $0.removeValue(forKey: id) }
    }

    func find(_ id: String) -> JobRecord? {
        records.withLock { $0[id] }
    }
}
