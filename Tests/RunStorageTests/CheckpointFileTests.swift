import Checkpoints
import Foundation
import RunStorage
import Testing
import Training

@Suite(.timeLimit(.minutes(5))) struct CheckpointFileTests {
    let folder = TemporaryFolder()

    @Test("a file that has changed, is shorter or gone is refused, and taken again when put back")
    func damage() async throws {
        let (store, record, bytes) = try await importExample()
        #expect(try await store.verifiedFile(of: record) == path)
        #expect(try await store.policy(of: record) == .example)
        var flipped = bytes
        flipped[bytes.count - 3] ^= 1
        try AtomicFile.write(flipped, to: path)
        let damaged = CheckpointError.damaged(
            file: "mine.safetensors",
            found: "sha256 \(sha256(flipped).prefix(8))…",
            expected: "sha256 \(record.sha256.prefix(8))…"
        )
        await #expect(throws: damaged) { _ = try await store.verifiedFile(of: record) }
        await #expect(throws: damaged) { _ = try await store.policy(of: record) }
        try AtomicFile.write(Array(bytes.dropLast()), to: path)
        await #expect(
            throws: CheckpointError.damaged(
                file: "mine.safetensors",
                found: "\(bytes.count - 1) bytes",
                expected: "\(bytes.count) bytes"
            )
        ) { _ = try await store.verifiedFile(of: record) }
        try FileManager.default.removeItem(atPath: path)
        await #expect(throws: CheckpointError.missing(file: "mine.safetensors")) {
            _ = try await store.verifiedFile(of: record)
        }
        try AtomicFile.write(bytes, to: path)
        #expect(try await store.verifiedFile(of: record) == path)
    }

    @Test("a file that nobody has written to since is not read again")
    func readOnce() async throws {
        let (store, record, bytes) = try await importExample()
        try setTime(5)
        _ = try await store.verifiedFile(of: record)
        // The same file with the same time: only reading it could tell.
        let file = try #require(FileHandle(forWritingAtPath: path))
        try file.seek(toOffset: UInt64(bytes.count - 1))
        try file.write(contentsOf: Data([bytes[bytes.count - 1] ^ 1]))
        try file.close()
        try setTime(5)
        _ = try await store.verifiedFile(of: record)
        try setTime(6)
        await #expect(throws: CheckpointError.self) { _ = try await store.verifiedFile(of: record) }
    }

    @Test("an import that is refused leaves nothing behind")
    func refusedImport() async throws {
        struct Refused: Error {}
        let store = try folder.open()
        let bytes = PolicyCheckpoint.example.file.bytes
        await #expect(throws: CheckpointError.self) {
            _ = try await store.importCheckpoint(Array(bytes.dropLast()), id: "a", name: nil)
        }
        await #expect(throws: Refused.self) {
            _ = try await store.importCheckpoint(bytes, id: "b", name: nil) { _ in throw Refused() }
        }
        #expect(folder.files.isEmpty)
        #expect(try await store.checkpoint("a") == nil)
        #expect(try await store.checkpoint("b") == nil)
    }

    private var path: String { "\(folder.path)/checkpoints/mine.safetensors" }

    private func importExample() async throws -> (RunStore, CheckpointRecord, [UInt8]) {
        let store = try folder.open()
        let bytes = PolicyCheckpoint.example.file.bytes
        return (store, try await store.importCheckpoint(bytes, id: "mine", name: "n"), bytes)
    }

    private func setTime(_ seconds: Double) throws {
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: seconds)],
            ofItemAtPath: path
        )
    }
}
