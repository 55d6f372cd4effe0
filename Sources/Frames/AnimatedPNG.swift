/// A film of frames as one animated PNG, which browsers play like a picture.
///
/// PNG Third Edition (W3C 2025) §11.3.4: the first frame is an ordinary PNG; each later one is an
/// `fcTL` chunk and `fdAT` chunks, here only the rectangle that has changed.
public struct AnimatedPNG: Sendable {
    /// Frames so far.
    public private(set) var frameCount = 0

    private let framesPerSecond: UInt16
    private var previous: Frame?
    private var head: [UInt8] = []
    private var body: [UInt8] = []
    private var sequence: UInt32 = 0

    /// Creates a film without frames that repeats for ever.
    public init(framesPerSecond: Int) {
        precondition(
            (1...1000).contains(framesPerSecond),
            "a film needs 1...1000 frames a second, got \(framesPerSecond)"
        )
        self.framesPerSecond = UInt16(framesPerSecond)
    }

    /// Adds the next frame; all must have the size and the channels of the first.
    public mutating func append(_ frame: Frame) {
        guard let previous else {
            appendFirst(frame)
            return
        }
        precondition(
            frame.height == previous.height && frame.width == previous.width
                && frame.channels == previous.channels,
            "a film's frames must have one size"
        )
        let (rows, columns) = frame.area(changedFrom: previous)
        appendControl(rows: rows, columns: columns)
        let part = frame.cropped(rows: rows, columns: columns).png()
        for chunk in PNGChunk.chunks(of: part) where chunk.kind == "IDAT" {
            body += PNGChunk(kind: "fdAT", content: bigEndian(nextSequence()) + chunk.content).bytes
        }
        self.previous = frame
        frameCount += 1
    }

    /// The film as a file; there must be a frame.
    public func encoded() -> [UInt8] {
        precondition(frameCount > 0, "a film without frames is no file")
        // Plays 0 stands for without end.
        let control = PNGChunk(
            kind: "acTL",
            content: bigEndian(UInt32(frameCount)) + bigEndian(UInt32(0))
        )
        return head + control.bytes + body + PNGChunk(kind: "IEND", content: []).bytes
    }

    private mutating func appendFirst(_ frame: Frame) {
        let still = frame.png()
        head = Array(still.prefix(PNGHeader.signature.count))
        var needsControl = true
        for chunk in PNGChunk.chunks(of: still) where chunk.kind != "IEND" {
            if chunk.kind == "IHDR" {
                head += chunk.bytes
                continue
            }
            if chunk.kind == "IDAT" && needsControl {
                appendControl(rows: 0..<frame.height, columns: 0..<frame.width)
                needsControl = false
            }
            body += chunk.bytes
        }
        previous = frame
        frameCount = 1
    }

    private mutating func appendControl(rows: Range<Int>, columns: Range<Int>) {
        var content = bigEndian(nextSequence())
        for number in [columns.count, rows.count, columns.lowerBound, rows.lowerBound] {
            content += bigEndian(UInt32(number))
        }
        content += bigEndian(UInt16(1)) + bigEndian(framesPerSecond)
        // Leave what was drawn; put the new rectangle over it as it is.
        content += [0, 0]
        body += PNGChunk(kind: "fcTL", content: content).bytes
    }

    private mutating func nextSequence() -> UInt32 {
        defer { sequence += 1 }
        return sequence
    }
}

extension Frame {
    /// The smallest rectangle outside which both frames are equal; one pixel where all is.
    fileprivate func area(changedFrom other: Frame) -> (rows: Range<Int>, columns: Range<Int>) {
        var rows: Range<Int>?
        var columns = width..<0 + width
        let rowLength = width * channels
        for row in 0..<height {
            let line = row * rowLength..<(row + 1) * rowLength
            guard bytes[line] != other.bytes[line] else { continue }
            rows = (rows?.lowerBound ?? row)..<row + 1
            let first = line.first { bytes[$0] != other.bytes[$0] } ?? line.lowerBound
            let last = line.last { bytes[$0] != other.bytes[$0] } ?? line.lowerBound
            let begin = (first - line.lowerBound) / channels
            let end = (last - line.lowerBound) / channels + 1
            columns =
                columns.isEmpty
                ? begin..<end
                : min(begin, columns.lowerBound)..<max(end, columns.upperBound)
        }
        guard let rows else { return (0..<1, 0..<1) }
        return (rows, columns)
    }
}
