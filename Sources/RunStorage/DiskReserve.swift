internal import Foundation
internal import Glibc

/// A file that only takes room, to be given up where a full disk would keep one from deleting.
///
/// A deletion is written down before it frees anything, and on a full disk it could not be.
struct DiskReserve: Sendable {
    private let path: String

    /// Enough for the database's log of a deletion.
    private static let byteCount = 1 << 20

    init(in folder: String) {
        path = "\(folder)/reserve"
    }

    /// Takes the room, if there is any; what was taken before stays.
    func fill() {
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { return }
        let outcome = posix_fallocate(file, 0, Self.byteCount)
        close(file)
        if outcome != 0 { giveUp() }
    }

    /// Gives the room to others.
    func giveUp() {
        unsafe unlink(path)
    }
}
