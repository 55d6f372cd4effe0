internal import CZlib
internal import Foundation

/// Collects the named sections of a snapshot in memory: one moment of what goes on changing.
///
/// Each part of what is saved appends itself as sections. Frames of a replay memory, which are many and
/// never change, go into a ``FrameJournal`` where there is one, and not into memory a second time.
public final class SnapshotWriter {
    /// Where frames go; nil where they become a section like any other.
    public let journal: FrameJournal?
    private var pieces: [[UInt8]] = [SnapshotFormat.magic]
    private var frameFiles: [FrameJournal.File] = []
    /// Bytes that the section which was begun still wants.
    private var missing = 0

    /// Begins a snapshot.
    public init(journal: FrameJournal? = nil) {
        self.journal = journal
    }

    /// Begins a section, which takes exactly `byteCount` bytes.
    public func begin(_ name: String, byteCount: Int) throws(SnapshotError) {
        precondition(missing == 0, "the section before \"\(name)\" lacks \(missing) bytes")
        precondition(!name.isEmpty, "a section has a name")
        pieces.append(SnapshotFormat.sectionHead(name, byteCount: byteCount))
        var content: [UInt8] = []
        content.reserveCapacity(byteCount)
        pieces.append(content)
        missing = byteCount
    }

    /// Adds bytes to the section that was begun.
    public func append(_ bytes: Span<UInt8>) throws(SnapshotError) {
        precondition(bytes.count <= missing, "a section has \(bytes.count - missing) too many")
        missing -= bytes.count
        unsafe bytes.withUnsafeBufferPointer {
            unsafe pieces[pieces.count - 1].append(contentsOf: $0)
        }
    }

    /// Writes a section of bytes.
    public func write(_ name: String, _ bytes: [UInt8]) throws(SnapshotError) {
        precondition(missing == 0, "the section before \"\(name)\" lacks \(missing) bytes")
        pieces.append(SnapshotFormat.sectionHead(name, byteCount: bytes.count))
        pieces.append(bytes)
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

    /// Writes the section that names the files with all frames a snapshot needs of each stream.
    ///
    /// - Parameters:
    ///   - journal: What took them.
    ///   - oldest: The oldest needed of each stream.
    /// - Throws: Where it cannot be encoded.
    public func write(
        framesOf journal: FrameJournal,
        from oldest: [Int]
    ) throws(SnapshotError) {
        frameFiles = journal.files(from: oldest)
        try write(SnapshotReader.frameFilesSection, json: frameFiles)
    }

    /// What was collected.
    public func finish() -> Snapshot {
        precondition(missing == 0, "the last section lacks \(missing) bytes")
        return Snapshot(pieces: pieces, frameFiles: frameFiles)
    }
}

/// One moment, whole in memory: to be written to a file while what it is of goes on.
public struct Snapshot: Sendable {
    fileprivate let pieces: [[UInt8]]
    /// The files of frames that it names.
    let frameFiles: [FrameJournal.File]

    /// Bytes of its file.
    public var byteCount: Int {
        pieces.reduce(SnapshotFormat.endByteCount) { $0 + $1.count }
    }

    /// Writes a file that is whole or not there: beside `path`, to the disk, and only then under its
    /// name.
    /// - Throws: `SnapshotError.file` with the operation that failed; nothing is left behind.
    public func write(to path: String) throws(SnapshotError) {
        let file = try DurableFile(replacing: path)
        var checksum: UInt = 0
        for piece in pieces {
            checksum = piece.span.crc32(after: checksum)
            try file.append(piece.span)
        }
        let noName = [UInt8](littleEndian: 0, bytes: 4)
        checksum = noName.span.crc32(after: checksum)
        try file.append(noName.span)
        try file.append([UInt8](littleEndian: UInt64(checksum), bytes: 4).span)
        try file.publish()
    }
}

/// The bytes of a snapshot's file.
///
/// "DQNSNAP1"; for each section the length of its name (4 bytes, little-endian as all numbers), the
/// name, the count of its bytes (8 bytes) and the bytes; then four bytes of zero and the CRC-32 of
/// everything before it.
enum SnapshotFormat {
    static let magic = Array("DQNSNAP1".utf8)
    static let endByteCount = 8

    static func sectionHead(_ name: String, byteCount: Int) -> [UInt8] {
        [UInt8](littleEndian: UInt64(name.utf8.count), bytes: 4) + Array(name.utf8)
            + [UInt8](littleEndian: UInt64(byteCount), bytes: 8)
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
