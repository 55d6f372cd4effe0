internal import CZlib
internal import Foundation
internal import Glibc

/// Writes a file of named sections, one after the other, that is whole or not there.
///
/// Each part of what is saved appends itself as sections; large ones go out as spans of the memory
/// they lie in, so that nothing is held twice. The bytes: "DQNSNAP1"; for each section the length
/// of its name (4 bytes, little-endian as all numbers), the name, the count of its bytes (8 bytes)
/// and the bytes; then four bytes of zero and the CRC-32 of everything before it.
public final class SnapshotWriter {
    private let path: String
    private let unfinished: String
    private let file: Int32
    private var buffer: [UInt8] = []
    private var checksum: UInt = 0
    /// Bytes that the section which was begun still wants.
    private var missing = 0
    private var isFinished = false

    static let magic = Array("DQNSNAP1".utf8)
    private static let bufferBytes = 1 << 20

    /// Begins a file beside `path`.
    public init(path: String) throws(SnapshotError) {
        self.path = path
        unfinished = "\(path).part"
        file = unsafe open(unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw Self.failure("create", unfinished) }
        buffer.reserveCapacity(Self.bufferBytes)
        try append(Self.magic.span, countsForSection: false)
    }

    deinit {
        if file >= 0 { close(file) }
        if !isFinished { unsafe unlink(unfinished) }
    }

    /// Begins a section, which takes exactly `byteCount` bytes.
    public func begin(_ name: String, byteCount: Int) throws(SnapshotError) {
        precondition(missing == 0, "the section before \"\(name)\" lacks \(missing) bytes")
        precondition(!name.isEmpty, "a section has a name")
        var head = [UInt8](littleEndian: UInt64(name.utf8.count), bytes: 4)
        head += Array(name.utf8)
        head += [UInt8](littleEndian: UInt64(byteCount), bytes: 8)
        try append(head.span, countsForSection: false)
        missing = byteCount
    }

    /// Adds bytes to the section that was begun.
    public func append(_ bytes: Span<UInt8>) throws(SnapshotError) {
        try append(bytes, countsForSection: true)
    }

    /// Writes a section of bytes.
    public func write(_ name: String, _ bytes: [UInt8]) throws(SnapshotError) {
        try begin(name, byteCount: bytes.count)
        try append(bytes.span)
    }

    /// Writes a section of floats, four little-endian bytes each.
    public func write(_ name: String, _ numbers: [Float]) throws(SnapshotError) {
        try write(name, unsafe numbers.withUnsafeBytes { unsafe Array($0) })
    }

    /// Writes a section that holds a value as JSON, in which numbers keep every digit.
    public func write(_ name: String, json value: some Encodable) throws(SnapshotError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        encoder.nonConformingFloatEncodingStrategy = SnapshotReader.nonFiniteWords
        let data: Data
        do {
            data = try encoder.encode(value)
        } catch {
            throw .doesNotFit(section: name, reason: "\(error)")
        }
        try write(name, Array(data))
    }

    /// Brings the file to the disk, and only then gives it its name.
    public func finish() throws(SnapshotError) {
        precondition(missing == 0, "the last section lacks \(missing) bytes")
        let noName = [UInt8](littleEndian: 0, bytes: 4)
        try append(noName.span, countsForSection: false)
        let sum = [UInt8](littleEndian: UInt64(checksum), bytes: 4)
        try append(sum.span, countsForSection: false)
        try flush()
        guard fsync(file) == 0 else { throw Self.failure("sync", unfinished) }
        guard unsafe rename(unfinished, path) == 0 else { throw Self.failure("rename", unfinished) }
        isFinished = true
        try Self.syncFolder(of: path)
    }

    private func append(
        _ bytes: Span<UInt8>,
        countsForSection: Bool
    ) throws(SnapshotError) {
        if countsForSection {
            precondition(bytes.count <= missing, "a section has \(bytes.count - missing) too many")
            missing -= bytes.count
        }
        checksum = bytes.crc32(after: checksum)
        if buffer.count + bytes.count > Self.bufferBytes { try flush() }
        if bytes.count > Self.bufferBytes {
            try put(bytes)
        } else {
            unsafe bytes.withUnsafeBufferPointer { unsafe buffer.append(contentsOf: $0) }
        }
    }

    private func flush() throws(SnapshotError) {
        let bytes = buffer
        try put(bytes.span)
        buffer.removeAll(keepingCapacity: true)
    }

    private func put(_ bytes: Span<UInt8>) throws(SnapshotError) {
        var written = 0
        while written < bytes.count {
            let rest = bytes.extracting(written..<bytes.count)
            let count = unsafe rest.withUnsafeBytes { rest in
                unsafe Glibc.write(file, rest.baseAddress, rest.count)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw Self.failure("write", unfinished) }
            written += count
        }
    }

    /// The new name is on the disk only once its folder is.
    private static func syncFolder(of path: String) throws(SnapshotError) {
        let folder = (path as NSString).deletingLastPathComponent
        let file = unsafe open(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard file >= 0 else { throw failure("open", folder) }
        defer { close(file) }
        guard fsync(file) == 0 else { throw failure("sync", folder) }
    }

    static func failure(_ operation: String, _ path: String) -> SnapshotError {
        .file(path: path, operation: operation, reason: unsafe String(cString: strerror(errno)))
    }
}

extension Span<UInt8> {
    /// CRC-32 (ISO 3309) of the bytes that `checksum` is of and then these.
    func crc32(after checksum: UInt) -> UInt {
        unsafe withUnsafeBufferPointer { bytes in
            unsafe crc32_z(checksum, bytes.baseAddress, bytes.count)
        }
    }
}

extension [UInt8] {
    init(littleEndian number: UInt64, bytes: Int) {
        self = (0..<bytes).map { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) }
    }

    var littleEndianNumber: UInt64 {
        enumerated().reduce(0) { $0 | UInt64($1.element) << (8 * UInt64($1.offset)) }
    }
}
