internal import Dispatch
internal import Synchronization

/// The frames of a running job's replay memory, each written once, that its snapshots share.
///
/// Frames of a stream (an environment) have numbers that grow by one. They are handed over as they
/// come and written in the background; a snapshot then only names the files and how much of each it
/// needs. A file that no kept snapshot names is removed by ``SnapshotFolder``.
///
/// A file is "DQNFRAM1" and then pieces: stream and bytes of a frame (4 bytes each, little-endian as
/// all numbers), the number of the first frame (8), the count of frames (4), the CRC-32 (4) of these
/// 20 bytes and of the frames, which follow. Not for use by two threads at once.
public final class FrameJournal {
    /// A file, and how many of its bytes belong to a snapshot.
    public struct File: Codable, Equatable, Sendable {
        var number: Int
        var byteCount: Int
    }

    private struct Segment {
        var file: File
        /// The newest frame of each stream in it.
        var newest: [Int: Int] = [:]
    }

    private let segmentByteCount: Int
    private let writer: FrameJournalWriter
    private var segments: [Segment] = []
    private var nextFileNumber: Int
    /// How often everything had to be begun anew because something could not be written.
    private var generation = 0
    private var nextNumbers: [Int: Int] = [:]

    /// Bytes of frames in one piece, at most, where a frame is not larger.
    public static let pieceByteCount = 1 << 20

    /// - Parameters:
    ///   - folder: Where its files lie.
    ///   - segmentByteCount: How large a file becomes before the next is begun.
    ///   - firstFile: A number that no file of the folder has, nor a larger one.
    init(_ folder: SnapshotFolder, segmentByteCount: Int, firstFile: Int) {
        self.segmentByteCount = segmentByteCount
        nextFileNumber = firstFile
        writer = FrameJournalWriter(folder)
    }

    /// Where frames and snapshots are written, one thing after the other.
    private var queue: DispatchQueue { writer.queue }

    /// The number of the frame that is to come next; nil where none was taken, or what was taken is
    /// lost: then all that are held are to come again.
    public func next(of stream: Int) -> Int? {
        if writer.hasFailed(generation) {
            (segments, nextNumbers) = ([], [:])
            generation += 1
        }
        return nextNumbers[stream]
    }

    /// Takes frames, which follow those that were taken before.
    ///
    /// Waits where the disk is far behind.
    /// - Parameters:
    ///   - frames: One after the other.
    ///   - first: The number of the first.
    ///   - stream: Where they come from.
    ///   - frameByteCount: Bytes of one.
    public func append(_ frames: [UInt8], first: Int, stream: Int, frameByteCount: Int) {
        precondition(frames.count.isMultiple(of: frameByteCount))
        let count = frames.count / frameByteCount
        let piece = FramePiece(
            stream: stream,
            frameByteCount: frameByteCount,
            first: first,
            count: count
        )
        if segments.last.map({ $0.file.byteCount >= segmentByteCount }) ?? true {
            let file = File(number: nextFileNumber, byteCount: FramePiece.magic.count)
            segments.append(Segment(file: file))
            nextFileNumber += 1
        }
        let last = segments.count - 1
        segments[last].file.byteCount += FramePiece.headByteCount + frames.count
        segments[last].newest[stream] = first + count - 1
        nextNumbers[stream] = first + count
        writer.write(piece, frames, to: segments[last].file.number, generation)
    }

    /// The files that hold all frames from the oldest on which a snapshot needs of each stream.
    ///
    /// Those before them are forgotten: no later snapshot needs them.
    public func files(from oldest: [Int]) -> [File] {
        segments.removeAll { segment in
            segment.newest.allSatisfy { $0.value < oldest[$0.key] }
        }
        return segments.map(\.file)
    }

    /// Blocks until nothing is being written.
    public func finish() { queue.sync {} }

    /// Writes a snapshot as number `number` of the folder, after the frames that it needs.
    ///
    /// - Parameters:
    ///   - snapshot: One that names this journal's files.
    ///   - number: Larger than those of all before it.
    ///   - prepare: Called before the snapshot gets its name.
    ///   - done: Called when it is written, or with why it could not be.
    public func store(
        _ snapshot: Snapshot,
        number: Int,
        prepare: @escaping @Sendable () throws -> Void,
        done: @escaping @Sendable (Result<Void, any Error>) -> Void
    ) {
        let (writer, generation) = (writer, generation)
        queue.async {
            done(
                Result {
                    try writer.sync(generation)
                    try prepare()
                    try writer.store(snapshot, number: number)
                }
            )
        }
    }
}

/// Writes frames on a queue of its own.
///
/// The `@unchecked Sendable` holds because `file`, `fileNumber`, `isSynced` and `named` are touched on
/// the queue only.
private final class FrameJournalWriter: @unchecked Sendable {
    let folder: SnapshotFolder
    let queue = DispatchQueue(label: "dqn.snapshots", qos: .utility)
    /// So many pieces may wait for the disk.
    private let room = DispatchSemaphore(value: 32)
    /// What was refused, and the newest generation that lacks it.
    private let failure = Mutex<(generation: Int, error: SnapshotError)?>(nil)
    private var file: DurableFile?
    private var fileNumber = -1
    private var isSynced = true
    /// The files of frames that the newest snapshots name: none is read for it twice.
    private var named: [Int: [FrameJournal.File]] = [:]

    init(_ folder: SnapshotFolder) {
        self.folder = folder
    }

    func write(_ piece: FramePiece, _ frames: [UInt8], to number: Int, _ generation: Int) {
        room.wait()
        queue.async { [self] in
            defer { room.signal() }
            guard !hasFailed(generation) else { return }
            do throws(SnapshotError) {
                let file = try file(number)
                isSynced = false
                try file.append(piece.head(of: frames.span).span)
                try file.append(frames.span)
            } catch {
                fail(generation, error)
            }
        }
    }

    /// Whether something of a generation could not be written.
    func hasFailed(_ generation: Int) -> Bool {
        failure.withLock { $0.map { generation <= $0.generation } ?? false }
    }

    /// Brings the frames of a generation to the disk; on the queue.
    /// - Throws: What could not be written of it before, too.
    func sync(_ generation: Int) throws(SnapshotError) {
        if let failure = failure.withLock({ $0 }), generation <= failure.generation {
            throw failure.error
        }
        do throws(SnapshotError) {
            try syncFile()
        } catch {
            fail(generation, error)
            throw error
        }
    }

    /// Writes a snapshot, and removes what is not needed beside it and the one before; on the queue.
    func store(_ snapshot: Snapshot, number: Int) throws(SnapshotError) {
        try snapshot.write(to: folder.snapshotFile(number))
        var newest = [number: snapshot.frameFiles]
        folder.removeOld { kept in
            // What cannot be read needs no frames.
            let files =
                newest[kept] ?? named[kept]
                ?? (try? SnapshotReader.frameFiles(of: folder.snapshotFile(kept))) ?? []
            newest[kept] = files
            return files
        }
        named = newest
    }

    private func syncFile() throws(SnapshotError) {
        if !isSynced { try file?.sync() }
        isSynced = true
    }

    private func file(_ number: Int) throws(SnapshotError) -> DurableFile {
        if let file, number == fileNumber { return file }
        try syncFile()
        let made = try DurableFile(growing: folder.frameFile(number))
        try made.append(FramePiece.magic.span)
        (file, fileNumber) = (made, number)
        return made
    }

    private func fail(_ generation: Int, _ error: SnapshotError) {
        failure.withLock { $0 = (generation, error) }
        (file, fileNumber, isSynced) = (nil, -1, true)
    }
}
