internal import Glibc

/// An open file of a checkpoint, to be read and compared with what was written.
///
/// Its calls block: make them on a queue.
public struct StoredFile: ~Copyable {
    /// The file as it was when it was opened.
    public let version: FileVersion
    private let path: String
    private let descriptor: Int32

    /// Opens the file at `path`.
    /// - Throws: `CheckpointError.missing` where there is none.
    public init(_ path: String) throws(CheckpointError) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        var status = stat()
        guard descriptor >= 0 else {
            throw errno == ENOENT
                ? .missing(file: fileName(path))
                : .unreadable(file: fileName(path), reason: CheckpointError.systemReason)
        }
        guard unsafe fstat(descriptor, &status) == 0 else {
            let reason = CheckpointError.systemReason
            close(descriptor)
            throw .unreadable(file: fileName(path), reason: reason)
        }
        self.path = path
        self.descriptor = descriptor
        version = FileVersion(status)
    }

    deinit {
        close(descriptor)
    }

    /// The SHA-256 digest of the file, which is never in memory as a whole.
    public func sha256() throws(CheckpointError) -> String {
        var digest = SHA256Digest()
        var part = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = try read(into: &part, from: 0)
            guard count > 0 else { return digest.finish() }
            unsafe part.withUnsafeBytes { unsafe digest.update(.init(rebasing: $0[..<count])) }
        }
    }

    /// The file's bytes, found to be those that were written.
    ///
    /// - Parameter expected: The digest of what was written, in hexadecimal.
    /// - Returns: The bytes.
    /// - Throws: `CheckpointError.damaged` where they have another digest.
    public func bytes(sha256 expected: String) throws(CheckpointError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: version.sizeBytes)
        var filled = 0
        while filled < bytes.count {
            let count = try read(into: &bytes, from: filled)
            guard count > 0 else { break }
            filled += count
        }
        bytes.removeSubrange(filled...)
        try Self.compare(Checkpoints.sha256(bytes), with: expected, path: path)
        return bytes
    }

    /// Compares a file's digest with that of what was written.
    /// - Throws: `CheckpointError.damaged` where they differ.
    public static func compare(
        _ found: String,
        with expected: String,
        path: String
    ) throws(CheckpointError) {
        guard found == expected else {
            throw .damaged(
                file: fileName(path),
                found: "sha256 \(found.prefix(8))…",
                expected: "sha256 \(expected.prefix(8))…"
            )
        }
    }

    /// Compares a file's length with that of what was written.
    /// - Throws: `CheckpointError.damaged` where they differ.
    public static func compare(
        sizeBytes found: Int,
        with expected: Int,
        path: String
    ) throws(CheckpointError) {
        guard found == expected else {
            throw .damaged(
                file: fileName(path),
                found: "\(found) bytes",
                expected: "\(expected) bytes"
            )
        }
    }

    /// Reads on into the array from the index `start`; 0 at the end of the file.
    private func read(into bytes: inout [UInt8], from start: Int) throws(CheckpointError) -> Int {
        while true {
            let count = unsafe bytes.withUnsafeMutableBytes { bytes in
                unsafe Glibc.read(
                    descriptor,
                    bytes.baseAddress.map { unsafe $0 + start },
                    bytes.count - start
                )
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else {
                throw .unreadable(file: fileName(path), reason: CheckpointError.systemReason)
            }
            return count
        }
    }
}

/// What tells one state of a file from another without reading it.
public struct FileVersion: Equatable, Sendable {
    /// Its length.
    public let sizeBytes: Int
    private let modifiedSeconds: Int
    private let modifiedNanoseconds: Int
    private let inode: UInt64

    /// That of the file at `path`; nil where there is none.
    public init?(ofFile path: String) {
        var status = Glibc.stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    init(_ status: stat) {
        sizeBytes = Int(status.st_size)
        modifiedSeconds = status.st_mtim.tv_sec
        modifiedNanoseconds = status.st_mtim.tv_nsec
        inode = UInt64(status.st_ino)
    }
}

/// What errors call a file: clients need not know where the server keeps it.
private func fileName(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
}
