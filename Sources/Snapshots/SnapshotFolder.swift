internal import Foundation
internal import Glibc
internal import Synchronization

/// The snapshots of one job, in a folder of their own: the newest two, and the frames they share.
///
/// `000012.snapshot` files, of which a larger number is newer, and the `000003.frames` files of a
/// ``FrameJournal``. A file beside the folder, with its name and `.snapshot`, is the oldest of them: such
/// a one was written by versions that wrote one when they ended.
public struct SnapshotFolder: Sendable {
    /// Where it lies; it need not be there.
    public let path: String

    /// So many snapshots are kept: where the newest is torn the one before is gone on from.
    public static let keptCount = 2

    /// Names the folder.
    public init(path: String) {
        self.path = path
    }

    /// The files of all snapshots, newest first.
    public var files: [String] {
        let own = numbers(of: "snapshot").reversed().map(snapshotFile)
        return own + (FileManager.default.fileExists(atPath: singleFile) ? [singleFile] : [])
    }

    /// Reads a snapshot, checked whole; the frames it needs are checked as they are read.
    /// - Throws: `SnapshotError` where it cannot be read or is not whole.
    public func open(_ file: String) throws(SnapshotError) -> SnapshotReader {
        try SnapshotReader(path: file, frames: self)
    }

    /// Begins a journal after the files that are there.
    ///
    /// - Parameter segmentByteCount: How large a file becomes before the next is begun.
    /// - Returns: The journal, without frames.
    /// - Throws: Where the folder cannot be made.
    public func makeJournal(segmentByteCount: Int = 64 << 20) throws(SnapshotError) -> FrameJournal
    {
        do {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true
            )
        } catch {
            throw .failed("create", path)
        }
        return FrameJournal(
            self,
            segmentByteCount: segmentByteCount,
            firstFile: (numbers(of: "frames").last ?? 0) + 1
        )
    }

    /// A number that no snapshot has had.
    public var nextNumber: Int { (numbers(of: "snapshot").last ?? 0) + 1 }

    /// Removes everything.
    public func remove() {
        try? FileManager.default.removeItem(atPath: path)
        try? FileManager.default.removeItem(atPath: singleFile)
    }

    /// Keeps the newest two snapshots and the frames they name.
    ///
    /// Frames of the newest file are kept too: the journal may be writing it.
    ///
    /// - Parameter frameFiles: The files of frames that a snapshot names.
    func removeOld(_ frameFiles: (_ snapshot: Int) -> [FrameJournal.File]) {
        let snapshots = numbers(of: "snapshot")
        let kept = snapshots.suffix(Self.keptCount)
        for number in snapshots.dropLast(Self.keptCount) { unsafe unlink(snapshotFile(number)) }
        unsafe unlink(singleFile)
        var needed: Set<Int> = []
        for number in kept { needed.formUnion(frameFiles(number).map(\.number)) }
        let frames = numbers(of: "frames")
        for number in frames where number < frames.last ?? 0 && !needed.contains(number) {
            unsafe unlink(frameFile(number))
        }
    }

    func snapshotFile(_ number: Int) -> String { "\(path)/\(Self.name(number)).snapshot" }

    func frameFile(_ number: Int) -> String { "\(path)/\(Self.name(number)).frames" }

    private var singleFile: String { "\(path).snapshot" }

    private static func name(_ number: Int) -> String {
        let digits = "\(number)"
        return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }

    /// The numbers of the files of one kind, ascending.
    private func numbers(of kind: String) -> [Int] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.compactMap { name in
            let parts = name.split(separator: ".")
            return parts.count == 2 && parts[1] == kind ? Int(parts[0]) : nil
        }.sorted()
    }
}
