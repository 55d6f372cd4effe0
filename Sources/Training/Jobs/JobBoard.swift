internal import Synchronization

/// How the jobs that have not ended stand, for those who ask at any moment.
///
/// The recorder has the same, but where it cannot be written: then this is what holds.
final class JobBoard: Sendable {
    private let records = Mutex<[String: JobRecord]>([:])
    private let clients = Mutex<[String: ClientTable]>([:])

    func post(_ record: JobRecord) {
        records.withLock { $0[record.id] = record }
    }

    func remove(_ id: String) {
        records.withLock { _ = $0.removeValue(forKey: id) }
        clients.withLock { _ = $0.removeValue(forKey: id) }
    }

    /// Lets a job's players be found without waiting for anybody.
    func post(_ table: ClientTable, of id: String) {
        clients.withLock { $0[id] = table }
    }

    func findClients(of id: String) -> ClientTable? {
        clients.withLock { $0[id] }
    }

    func find(_ id: String) -> JobRecord? {
        records.withLock { $0[id] }
    }
}
