internal import Foundation
internal import Glibc

/// The folder that everything is kept in, held by one server at a time.
final class DataFolder: Sendable {
    let path: String
    private let lock: Int32

    init(_ path: String) throws(RunStorageError) {
        self.path = path
        do {
            try FileManager.default.createDirectory(
                atPath: "\(path)/checkpoints",
                withIntermediateDirectories: true
            )
        } catch {
            throw .folder(path, reason: error.localizedDescription)
        }
        lock = unsafe open("\(path)/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard lock >= 0 else {
            throw .folder(path, reason: unsafe String(cString: strerror(errno)))
        }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            close(lock)
            throw .folderInUse(path)
        }
    }

    deinit {
        close(lock)
    }

    var database: String { "\(path)/runs.sqlite" }

    func checkpointFile(_ id: String) -> String {
        "\(path)/checkpoints/\(id).safetensors"
    }
}
