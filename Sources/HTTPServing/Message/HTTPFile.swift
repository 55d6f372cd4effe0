internal import CLinux
internal import Glibc

/// An open file, to be sent as content or a part of it.
public final class HTTPFile: Sendable {
    let descriptor: Descriptor
    /// The length when it was opened.
    public let sizeBytes: Int
    /// When its bytes last changed, to the second.
    public let modified: HTTPDate
    /// Nanoseconds within that second, and the file's number, which tell versions apart.
    let version: (nanoseconds: Int, inode: UInt64)

    /// Opens the regular file at `path`; nil where there is none that may be read.
    public convenience init?(path: String) {
        self.init(opened: unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK))
    }

    /// Opens a regular file below `folder`, following no symbolic link.
    convenience init?(below folder: borrowing Descriptor, path: String) {
        let flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK
        self.init(opened: unsafe dqn_open_beneath(folder.number, path, flags))
    }

    private init?(opened number: Int32) {
        guard number >= 0 else { return nil }
        let descriptor = Descriptor(number)
        var status = stat()
        guard unsafe fstat(number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return nil
        }
        sizeBytes = Int(status.st_size)
        modified = HTTPDate(secondsSinceEpoch: status.st_mtim.tv_sec)
        version = (status.st_mtim.tv_nsec, UInt64(status.st_ino))
        self.descriptor = descriptor
    }

    /// The file's bytes; nil where they cannot be read or have become fewer.
    func read() -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: sizeBytes)
        var offset = 0
        while offset < sizeBytes {
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe pread(
                    descriptor.number,
                    buffer.baseAddress?.advanced(by: offset),
                    buffer.count - offset,
                    off_t(offset)
                )
            }
            guard count > 0 else { return nil }
            offset += count
        }
        return bytes
    }
}
