/// What stands before some frames in a file of a ``FrameJournal``.
struct FramePiece: Equatable {
    var stream: Int
    var frameByteCount: Int
    var first: Int
    var count: Int

    static let magic = Array("DQNFRAM1".utf8)
    static let headByteCount = 24
    private static let checkedByteCount = 20

    var byteCount: Int { count * frameByteCount }

    init(stream: Int, frameByteCount: Int, first: Int, count: Int) {
        (self.stream, self.frameByteCount) = (stream, frameByteCount)
        (self.first, self.count) = (first, count)
    }

    /// Reads a head; nil where its numbers make no sense.
    init?(head: [UInt8]) {
        func number(_ range: Range<Int>) -> Int {
            Int(truncatingIfNeeded: Array(head[range]).littleEndianNumber)
        }
        self.init(
            stream: number(0..<4),
            frameByteCount: number(4..<8),
            first: number(8..<16),
            count: number(16..<20)
        )
        guard first >= 0, count > 0, frameByteCount > 0,
            byteCount <= max(frameByteCount, FrameJournal.pieceByteCount)
        else { return nil }
    }

    /// The bytes before the frames, with the checksum of both.
    func head(of frames: Span<UInt8>) -> [UInt8] {
        let numbers = numbers
        return numbers + [UInt8](littleEndian: UInt64(checksum(numbers, frames)), bytes: 4)
    }

    /// Whether head and frames are those that were written.
    func isWhole(head: [UInt8], frames: Span<UInt8>) -> Bool {
        let found = Array(head[Self.checkedByteCount...]).littleEndianNumber
        return found == UInt64(checksum(numbers, frames))
    }

    private var numbers: [UInt8] {
        [UInt8](littleEndian: UInt64(stream), bytes: 4)
            + [UInt8](littleEndian: UInt64(frameByteCount), bytes: 4)
            + [UInt8](littleEndian: UInt64(first), bytes: 8)
            + [UInt8](littleEndian: UInt64(count), bytes: 4)
    }

    private func checksum(_ numbers: [UInt8], _ frames: Span<UInt8>) -> UInt {
        frames.crc32(after: numbers.span.crc32(after: 0))
    }
}
