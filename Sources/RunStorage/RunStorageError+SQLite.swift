internal import GRDB

extension RunStorageError {
    /// What an error of the database means to those who use the store.
    ///
    /// - Parameters:
    ///   - error: What GRDB has thrown.
    ///   - folder: What the store lies in.
    init(_ error: any Error, in folder: DataFolder) {
        if let error = error as? RunStorageError {
            self = error
            return
        }
        guard let error = error as? DatabaseError else {
            self = .database("\(error)")
            return
        }
        let file = folder.database
        let reason = error.message ?? "SQLite reports \(error.resultCode)"
        switch error.resultCode.primaryResultCode {
        case .SQLITE_FULL: self = .diskFull(folder.path)
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .locked(file: file)
        // SQLITE_IOERR is also what a full disk answers in the middle of a page.
        case .SQLITE_IOERR where !folder.hasRoom: self = .diskFull(folder.path)
        case .SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH,
            .SQLITE_PROTOCOL, .SQLITE_NOLFS, .SQLITE_INTERRUPT:
            self =
                folder.isThere ? .unavailable(file: file, reason: reason) : .folderGone(folder.path)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .damaged(file: file, reason: reason)
        default: self = .database("\(file): \(error)")
        }
    }
}
