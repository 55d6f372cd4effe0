import Checkpoints
import Foundation
import RunStorage
import Testing

@Suite(.timeLimit(.minutes(5))) struct LeftoverTests {
    let folder = TemporaryFolder()

    @Test("what a killed server left behind is removed, and a file that is gone is reported")
    func leftovers() async throws {
        let store = try folder.open()
        let bytes = PolicyCheckpoint.example.file.bytes
        _ = try await store.importCheckpoint(bytes, id: "mine", name: nil)
        _ = try await store.importCheckpoint(bytes, id: "gone", name: nil)
        try FileManager.default.removeItem(atPath: "\(folder.path)/checkpoints/gone.safetensors")
        for name in ["mine.safetensors.X.part", "orphan.safetensors", "notes.txt"] {
            try AtomicFile.write([1], to: "\(folder.path)/checkpoints/\(name)")
        }
        #expect(
            try store.removeLeftovers() == [
                "removed mine.safetensors.X.part: it was not written to its end",
                "removed orphan.safetensors: no checkpoint has it",
                "the file of checkpoint gone is gone",
            ]
        )
        #expect(folder.files == ["mine.safetensors", "notes.txt"])
        #expect(try await store.checkpoint("gone") != nil)
        #expect(try store.removeLeftovers() == ["the file of checkpoint gone is gone"])
    }
}
