internal import Glibc

/// Reads the beginning of a file of a ``FrameJournal`` piece by piece, each checked.
struct FrameFileReader: ~Copyable {
    private let path: String
    private let byteCount: Int
    private let file: Int32

    /// - Parameters:
    ///   - path: The file.
    ///   - byteCount: What lies behind it belongs to no snapshot, or to a later one.
    /// - Throws: Where it cannot be opened.
    init(_ path: String, byteCount: Int) throws(SnapshotError) {
        (self.path, self.byteCount) = (path, byteCount)
        file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            throw errno == ENOENT
                ? .damaged(path: path, reason: "it is gone") : .failed("open", path)
        }
    }

    deinit {
        close(file)
    }

    consuming func read(
        _ take: (_ frames: Span<UInt8>, _ first: Int, _ stream: Int, _ frameByteCount: Int)
            throws(SnapshotError) -> Void
    ) throws(SnapshotError) {
        var magic = [UInt8](repeating: 0, count: FramePiece.magic.count)
        try fill(&magic)
        guard magic == FramePiece.magic else { throw damaged("it begins with other bytes") }
        var position = magic.count
        var head = [UInt8](repeating: 0, count: FramePiece.headByteCount)
        var frames: [UInt8] = []
        while position < byteCount {
            try fill(&head)
            guard let piece = FramePiece(head: head),
                position + head.count + piece.byteCount <= byteCount
            else { throw damaged("what stands at byte \(position) is no beginning of frames") }
            if frames.count != piece.byteCount {
                frames = [UInt8](repeating: 0, count: piece.byteCount)
            }
            try fill(&frames)
            guard piece.isWhole(head: head, frames: frames.span) else {
                throw damaged("the checksum of the frames at byte \(position) differs")
            }
            try take(frames.span, piece.first, piece.stream, piece.frameByteCount)
            position += head.count + frames.count
        }
    }

    private func damaged(_ reason: String) -> SnapshotError {
        .damaged(path: path, reason: reason)
    }

    private func fill(_ bytes: inout [UInt8]) throws(SnapshotError) {
        try bytes.fill(from: file, path)
    }
}

extension [UInt8] {
    /// Fills the array with the next bytes of a file.
    mutating func fill(from file: Int32, _ path: String) throws(SnapshotError) {
        var filled = 0
        let wanted = count
        while filled < wanted {
            let count = unsafe withUnsafeMutableBytes { bytes in
                unsafe Glibc.read(
                    file,
                    bytes.baseAddress.map { unsafe $0 + filled },
                    wanted - filled
                )
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .failed("read", path) }
            guard count > 0 else { throw .damaged(path: path, reason: "it ends early") }
            filled += count
        }
    }
}
