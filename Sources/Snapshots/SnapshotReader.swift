internal import CZlib
internal import Foundation
internal import Glibc

/// Reads a file of ``SnapshotWriter`` back, section by section, in the order of their writing.
///
/// The whole file is checked before the first section is read: what is torn is never half restored.
public final class SnapshotReader {
    private let path: String
    private let file: Int32
    private var section = ""
    /// Bytes of the section that were not read yet.
    private var remaining = 0

    /// Opens the file and checks it.
    /// - Throws: `SnapshotError` where it cannot be read or is not whole.
    public init(path: String) throws(SnapshotError) {
        self.path = path
        file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw SnapshotWriter.failure("open", path) }
        try check()
        guard lseek(file, SnapshotWriter.magic.count, SEEK_SET) >= 0 else {
            throw SnapshotWriter.failure("read", path)
        }
    }

    deinit {
        if file >= 0 { close(file) }
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

    private func check() throws(SnapshotError) {
        let size = Int(lseek(file, 0, SEEK_END))
        let least = SnapshotWriter.magic.count + 8
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
            if isFirst, !piece.starts(with: SnapshotWriter.magic) {
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
        var filled = 0
        let wanted = bytes.count
        while filled < wanted {
            let count = unsafe bytes.withUnsafeMutableBytes { bytes in
                unsafe Glibc.read(
                    file,
                    bytes.baseAddress.map { unsafe $0 + filled },
                    wanted - filled
                )
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw SnapshotWriter.failure("read", path) }
            guard count > 0 else { throw .damaged(path: path, reason: "it ends early") }
            filled += count
        }
    }
}
