internal import Glibc

/// A file without a name, gone when nothing has it open or mapped.
enum FrameFile {
    /// Makes a file that has all its room on the disk, so that writing cannot fail later.
    /// - Returns: Its descriptor.
    static func make(byteCount: Int) throws(ReplayError) -> Int32 {
        let folder = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/var/tmp"
        func failure(_ number: Int32) -> ReplayError {
            .noFile(
                folder: folder,
                byteCount: byteCount,
                reason: unsafe String(cString: strerror(number))
            )
        }
        var path = Array("\(folder)/dqn-replay-XXXXXX".utf8CString)
        let descriptor = unsafe mkstemp(&path)
        guard descriptor >= 0 else { throw failure(errno) }
        unsafe unlink(path)
        let failed = posix_fallocate(descriptor, 0, byteCount)
        guard failed == 0 else {
            close(descriptor)
            throw failure(failed)
        }
        return descriptor
    }
}
