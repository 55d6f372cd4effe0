internal import Foundation
internal import Glibc

/// Reads a file of ``SnapshotWriter`` back, section by section, in the order of their writing.
///
/// The whole file is checked before the first section is read: what is torn is never half restored.
public final class SnapshotReader {
    private let path: String
    private let frames: SnapshotFolder?
    private let file: Int32
    private var section = ""
    /// Bytes of the section that were not read yet.
    private var remaining = 0

    /// Opens the file and checks it.
    /// - Throws: `SnapshotError` where it cannot be read or is not whole.
    public convenience init(path: String) throws(SnapshotError) {
        try self.init(path: path, frames: nil)
    }

    /// - Parameters:
    ///   - path: The file.
    ///   - frames: Where the frames lie that the snapshot names.
    /// - Throws: As the other.
    init(path: String, frames: SnapshotFolder?) throws(SnapshotError) {
        self.path = path
        self.frames = frames
        file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw .failed("open", path) }
        try check()
        guard lseek(file, SnapshotFormat.magic.count, SEEK_SET) >= 0 else {
            throw .failed("read", path)
        }
    }

    deinit {
        if file >= 0 { close(file) }
    }

    /// Whether the next section has that name.
    public func hasNext(_ name: String) throws(SnapshotError) -> Bool {
        precondition(remaining == 0, "section \"\(section)\" has \(remaining) bytes more")
        let length = Int(try take(4).littleEndianNumber)
        let found = String(decoding: try take(length), as: UTF8.self)
        guard lseek(file, -(4 + length), SEEK_CUR) >= 0 else { throw .failed("read", path) }
        return found == name
    }

    /// Goes on to the next section.
    /// - Returns: How many bytes it has.
    /// - Throws: `SnapshotError` where it has another name.
    public func begin(_ name: String) throws(SnapshotError) -> Int {
        precondition(remaining == 0, "section \"\(section)\" has \(remaining) bytes more")
        let length = Int(try take(4).littleEndianNumber)
        let found = String(decoding: try take(length), as: UTF8.self)
        guard found == name else {
            throw .doesNotFit(section: name, reason: "\"\(found.prefix(80))\" is in its place")
        }
        section = name
        remaining = length == 0 ? 0 : Int(try take(8).littleEndianNumber)
        return remaining
    }

    /// Goes on to the next section, which must have `byteCount` bytes.
    public func begin(_ name: String, byteCount: Int) throws(SnapshotError) {
        let found = try begin(name)
        guard found == byteCount else {
            throw .doesNotFit(section: name, reason: "\(found) bytes, expected \(byteCount)")
        }
    }

    /// Fills `bytes` from the section that was begun.
    public func read(into bytes: inout [UInt8]) throws(SnapshotError) {
        guard bytes.count <= remaining else {
            throw .doesNotFit(
                section: section,
                reason: "it ends \(bytes.count - remaining) bytes early"
            )
        }
        try fill(&bytes)
        remaining -= bytes.count
    }

    /// A whole section.
    public func bytes(_ name: String) throws(SnapshotError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: try begin(name))
        try read(into: &bytes)
        return bytes
    }

    /// A whole section of floats.
    public func floats(_ name: String) throws(SnapshotError) -> [Float] {
        let bytes = try bytes(name)
        guard bytes.count.isMultiple(of: 4) else {
            throw .doesNotFit(section: name, reason: "\(bytes.count) bytes are no floats")
        }
        return unsafe bytes.withUnsafeBytes { bytes in
            (0..<(bytes.count / 4)).map { index in
                unsafe bytes.loadUnaligned(fromByteOffset: index * 4, as: Float.self)
            }
        }
    }

    /// A value that was written as JSON.
    public func value<Value: Decodable>(
        _ name: String,
        as type: Value.Type = Value.self
    ) throws(SnapshotError) -> Value {
        let data = Data(try bytes(name))
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf",
            negativeInfinity: "-inf",
            nan: "nan"
        )
        do {
            return try decoder.decode(type, from: data)
        } catch {
            throw .doesNotFit(section: name, reason: "\(error)")
        }
    }

    static let nonFiniteWords = JSONEncoder.NonConformingFloatEncodingStrategy.convertToString(
        positiveInfinity: "inf",
        negativeInfinity: "-inf",
        nan: "nan"
    )

    /// Reads the frames of a section that names files of a ``FrameJournal``, in the order of each
    /// stream.
    ///
    /// - Parameter take: Called with some frames of a stream, the number of the first and the bytes of one.
    /// - Throws: `SnapshotError.damaged` where a file is not what was written, and what `take` throws.
    public func readFrames(
        _ take: (_ frames: Span<UInt8>, _ first: Int, _ stream: Int, _ frameByteCount: Int)
            throws(SnapshotError) -> Void
    ) throws(SnapshotError) {
        let files = try value(Self.frameFilesSection, as: [FrameJournal.File].self)
        for file in files {
            guard let folder = frames else {
                throw .doesNotFit(section: section, reason: "it is a file without a folder")
            }
            try FrameFileReader(folder.frameFile(file.number), byteCount: file.byteCount).read(take)
        }
    }

    /// The files of frames that a snapshot names, without a look at anything else in it.
    static func frameFiles(of path: String) throws(SnapshotError) -> [FrameJournal.File] {
        let reader = try SnapshotReader(path: path)
        while true {
            if try reader.hasNext(frameFilesSection) { return try reader.value(frameFilesSection) }
            guard try reader.skip() else { return [] }
        }
    }

    /// The section that names them.
    static let frameFilesSection = "frame files"

    /// Passes over the next section; false where there is none.
    private func skip() throws(SnapshotError) -> Bool {
        let length = Int(try take(4).littleEndianNumber)
        guard length > 0 else { return false }
        _ = try take(length)
        let byteCount = Int(try take(8).littleEndianNumber)
        guard lseek(file, byteCount, SEEK_CUR) >= 0 else { throw .failed("read", path) }
        return true
    }

    private func check() throws(SnapshotError) {
        let size = Int(lseek(file, 0, SEEK_END))
        let least = SnapshotFormat.magic.count + SnapshotFormat.endByteCount
        guard size >= least, lseek(file, 0, SEEK_SET) == 0 else {
            throw .damaged(path: path, reason: "\(max(0, size)) bytes, at least \(least) expected")
        }
        var checksum: UInt = 0
        var unread = size - 4
        var piece = [UInt8](repeating: 0, count: 1 << 20)
        var isFirst = true
        while unread > 0 {
            if piece.count > unread { piece.removeLast(piece.count - unread) }
            try fill(&piece)
            if isFirst, !piece.starts(with: SnapshotFormat.magic) {
                throw .damaged(path: path, reason: "it begins with other bytes")
            }
            isFirst = false
            checksum = piece.span.crc32(after: checksum)
            unread -= piece.count
        }
        guard try take(4).littleEndianNumber == UInt64(checksum) else {
            throw .damaged(path: path, reason: "its checksum differs")
        }
    }

    private func take(_ count: Int) throws(SnapshotError) -> [UInt8] {
        guard count <= 1 << 16 else {
            throw .damaged(path: path, reason: "a name of \(count) bytes")
        }
        var bytes = [UInt8](repeating: 0, count: count)
        try fill(&bytes)
        return bytes
    }

    private func fill(_ bytes: inout [UInt8]) throws(SnapshotError) {
        try bytes.fill(from: file, path)
    }
}
