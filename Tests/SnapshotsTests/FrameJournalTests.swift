import Foundation
import Snapshots
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5))) struct FrameJournalTests {
    private let folder = SnapshotFolder(
        path: FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    )

    /// Two frames of four bytes a piece: the journal's files have room for three pieces.
    private func makeJournal() throws -> FrameJournal {
        try folder.makeJournal(segmentByteCount: 90)
    }

    private func frames(_ first: Int, stream: Int) -> [UInt8] {
        (first..<(first + 2)).flatMap { number in
            [UInt8(number), UInt8(stream), 7, UInt8(number)]
        }
    }

    /// Stores a snapshot that needs frames of two streams, and waits for it.
    private func store(_ journal: FrameJournal, number: Int, from oldest: [Int]) throws {
        let writer = SnapshotWriter(journal: journal)
        try writer.write(framesOf: journal, from: oldest)
        try writer.write("number", [UInt8(number)])
        let outcome = Mutex<(any Error)?>(nil)
        journal.store(writer.finish(), number: number, prepare: {}) { result in
            if case .failure(let error) = result { outcome.withLock { $0 = error } }
        }
        journal.finish()
        if let error = outcome.withLock({ $0 }) { throw error }
    }

    /// The numbers of the frames of each stream that a snapshot names.
    private func held(_ file: String) throws -> [[Int]] {
        var held: [[Int]] = [[], []]
        let reader = try folder.open(file)
        try reader.readFrames { frames, first, stream, size in
            for index in 0..<(frames.count / size) {
                let number = first + index
                #expect(frames[index * size] == UInt8(number))
                #expect(frames[index * size + 1] == UInt8(stream))
                held[stream].append(number)
            }
        }
        _ = try reader.bytes("number")
        return held
    }

    private func names(of kind: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
            $0.hasSuffix(kind)
        }.sorted()
    }

    @Test("each frame is written once, and goes when neither of the newest two snapshots needs it")
    func lives() throws {
        defer { folder.remove() }
        let journal = try makeJournal()
        #expect(journal.next(of: 0) == nil)
        for snapshot in 0..<5 {
            for step in 0..<2 {
                for stream in 0..<2 {
                    let first = (snapshot * 2 + step) * 2
                    journal.append(
                        frames(first, stream: stream),
                        first: first,
                        stream: stream,
                        frameByteCount: 4
                    )
                }
            }
            #expect(journal.next(of: 1) == snapshot * 4 + 4)
            // The last six frames of each stream.
            let oldest = max(0, snapshot * 4 - 2)
            try store(journal, number: snapshot + 1, from: [oldest, oldest])
            let files = folder.files
            #expect(files.count == min(2, snapshot + 1))
            for (age, file) in files.enumerated() {
                let newest = (snapshot - age) * 4 + 3
                for numbers in try held(file) {
                    #expect(Array(numbers.suffix(6)) == Array(max(0, newest - 5)...newest))
                }
            }
        }
        #expect(try names(of: "snapshot") == ["000004.snapshot", "000005.snapshot"])
        // Twenty pieces, three a file, of which the older snapshot needs those from number 10 on.
        #expect(try names(of: "frames").first == "000004.frames")
        #expect(folder.nextNumber == 6)
        folder.remove()
        #expect(!FileManager.default.fileExists(atPath: folder.path))
    }

    @Test("what was written behind a snapshot's frames changes nothing; a torn frame is found")
    func torn() throws {
        defer { folder.remove() }
        let journal = try makeJournal()
        journal.append(frames(0, stream: 0), first: 0, stream: 0, frameByteCount: 4)
        try store(journal, number: 1, from: [0, 0])
        journal.append(frames(2, stream: 0), first: 2, stream: 0, frameByteCount: 4)
        journal.finish()
        #expect(try held(folder.files[0]) == [[0, 1], []])
        let file = URL(filePath: "\(folder.path)/000001.frames")
        let bytes = try Data(contentsOf: file)
        for (position, isTorn) in [(8, true), (20, true), (35, true), (42, false)] {
            var flipped = bytes
            flipped[position] ^= 4
            try flipped.write(to: file)
            let found = try? held(folder.files[0])
            #expect((found == nil) == isTorn, "\(position)")
        }
        try bytes.prefix(30).write(to: file)
        #expect(throws: SnapshotError.self) { try held(folder.files[0]) }
        try FileManager.default.removeItem(at: file)
        #expect {
            try held(folder.files[0])
        } throws: { error in
            if case .damaged(_, let reason) = error as? SnapshotError {
                reason == "it is gone"
            } else {
                false
            }
        }
    }

    @Test("where frames could not be written no snapshot names them, and all come again")
    func refused() throws {
        defer { folder.remove() }
        let journal = try makeJournal()
        journal.append(frames(0, stream: 0), first: 0, stream: 0, frameByteCount: 4)
        try store(journal, number: 1, from: [0, 0])
        // A folder where the next file would be.
        let obstacle = "\(folder.path)/000002.frames"
        try FileManager.default.createDirectory(
            atPath: obstacle,
            withIntermediateDirectories: true
        )
        for first in [2, 4, 6] {
            journal.append(frames(first, stream: 0), first: first, stream: 0, frameByteCount: 4)
        }
        #expect(throws: SnapshotError.self) { try store(journal, number: 2, from: [0, 0]) }
        #expect(try held(folder.files[0]) == [[0, 1], []])
        #expect(journal.next(of: 0) == nil)
        try FileManager.default.removeItem(atPath: obstacle)
        for first in [2, 4, 6, 8] {
            journal.append(frames(first, stream: 0), first: first, stream: 0, frameByteCount: 4)
        }
        try store(journal, number: 3, from: [2, 0])
        #expect(try held(folder.files[0]) == [[2, 3, 4, 5, 6, 7, 8, 9], []])
    }

    @Test("a journal begins after the files that are there")
    func successor() throws {
        defer { folder.remove() }
        let first = try makeJournal()
        first.append(frames(0, stream: 0), first: 0, stream: 0, frameByteCount: 4)
        try store(first, number: 1, from: [0, 0])
        let second = try makeJournal()
        second.append(frames(4, stream: 0), first: 4, stream: 0, frameByteCount: 4)
        try store(second, number: folder.nextNumber, from: [4, 0])
        #expect(try folder.files.map { try held($0)[0] } == [[4, 5], [0, 1]])
        #expect(try names(of: "frames") == ["000001.frames", "000002.frames"])
    }
}
