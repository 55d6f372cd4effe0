import Checkpoints
import Foundation
import Testing

@Suite(.timeLimit(.minutes(5))) struct StoredFileTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)

    @Test("a file is digested in parts as it is in one", arguments: [0, 1, 1 << 20, (1 << 20) + 7])
    func digest(count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        try withFile(bytes) { path in
            let file = try StoredFile(path)
            #expect(file.version.sizeBytes == count)
            #expect(try file.sha256() == sha256(bytes))
            #expect(try StoredFile(path).bytes(sha256: sha256(bytes)) == bytes)
        }
    }

    @Test("a file that is not what was written, or not there, is refused by name")
    func damage() throws {
        try withFile([1, 2, 3]) { path in
            #expect(
                throws: CheckpointError.damaged(
                    file: "a.safetensors",
                    found: "sha256 039058c6…",
                    expected: "sha256 9834876d…"
                )
            ) {
                _ = try StoredFile(path).bytes(sha256: "9834876dcfb0")
            }
        }
        #expect(throws: CheckpointError.missing(file: "none.safetensors")) {
            _ = try StoredFile("/tmp/\(UUID().uuidString)/none.safetensors")
        }
    }

    @Test("a file that was written again is another version of it, one that was read is not")
    func versions() throws {
        try withFile([1, 2, 3]) { path in
            let first = try #require(FileVersion(ofFile: path))
            _ = try StoredFile(path).sha256()
            #expect(FileVersion(ofFile: path) == first)
            try AtomicFile.write([1, 2, 4], to: path)
            #expect(FileVersion(ofFile: path) != first)
        }
        #expect(FileVersion(ofFile: folder.path) == nil)
    }

    private func withFile(_ bytes: [UInt8], _ body: (String) throws -> Void) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "a.safetensors").path
        try AtomicFile.write(bytes, to: path)
        try body(path)
    }
}
