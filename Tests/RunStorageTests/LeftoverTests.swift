import Checkpoints
import Foundation
import RunStorage
import Testing
import Training

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

    @Test("snapshots stay of jobs that go on, and go of those that have ended or were deleted")
    func snapshots() throws {
        do {
            let store = try folder.open()
            for (id, state) in [("on", JobState.running), ("over", .completed), ("gone", .paused)] {
                var job = JobRecord.example(id)
                try store.create(job)
                job.state = state
                try store.record([], of: job)
            }
            for id in ["on", "over", "gone"] {
                let path = "\(folder.path)/snapshots/\(id)"
                try FileManager.default.createDirectory(
                    atPath: path,
                    withIntermediateDirectories: true
                )
                for name in ["000001.snapshot", "000002.snapshot.part", "000001.frames"] {
                    try AtomicFile.write([1], to: "\(path)/\(name)")
                }
                try AtomicFile.write([1], to: "\(path).snapshot")
            }
            try store.deleteJob("gone")
            #expect(snapshotNames == ["on", "on.snapshot", "over", "over.snapshot"])
        }
        let store = try folder.open()
        #expect(
            try store.removeLeftovers() == [
                "removed on/000002.snapshot.part: it was not written to its end",
                "removed over: no job goes on from it",
                "removed over.snapshot: no job goes on from it",
            ]
        )
        #expect(snapshotNames == ["on", "on.snapshot"])
        let names = try FileManager.default.contentsOfDirectory(
            atPath: "\(folder.path)/snapshots/on"
        )
        #expect(names.sorted() == ["000001.frames", "000001.snapshot"])
        #expect(try store.removeLeftovers().isEmpty)
    }

    private var snapshotNames: [String] {
        let path = "\(folder.path)/snapshots"
        return (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? []
    }
}
