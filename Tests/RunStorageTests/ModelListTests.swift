import Checkpoints
import RunStorage
import Testing
import Training

@Suite(.timeLimit(.minutes(5))) struct ModelListTests {
    let folder = TemporaryFolder()

    @Test("checkpoints are listed newest first, in parts, imports among them, and by job")
    func checkpoints() async throws {
        let store = try await filledStore()
        var (ids, cursor) = ([String](), Int?.none)
        repeat {
            let page = try await store.checkpoints(limit: 2, after: cursor)
            #expect(page.checkpoints.count <= 2)
            ids += page.checkpoints.map(\.id)
            cursor = page.next
        } while cursor != nil
        #expect(ids == ["a-2", "second", "b-1", "first", "a-1"])
        let ofA = try await store.checkpoints(job: "a", limit: 9)
        #expect(ofA.checkpoints.map(\.id) == ["a-2", "a-1"] && ofA.next == nil)
        #expect(ofA.checkpoints.map(\.labels) == [["latest"], []])
        #expect(try await store.checkpoints(job: "none", limit: 9).checkpoints.isEmpty)
        #expect(try await store.checkpoints(limit: 5).next == nil, "nothing comes after the last")
        #expect(try await store.checkpoint("first")?.name == "my policy")
        #expect(try await store.checkpoint("second")?.name == nil)
    }

    @Test("models are jobs with checkpoints and imports, newest first, in parts")
    func models() async throws {
        let store = try await filledStore()
        try store.create(JobRecord.example("none"))
        var (models, cursor) = ([RunStore.ModelRecord](), Int?.none)
        repeat {
            let page = try await store.models(limit: 3, after: cursor)
            models += page.models
            cursor = page.next
        } while cursor != nil
        #expect(models.map(\.name) == ["second", "b", "first", "a"])
        #expect(models.map { $0.checkpoints.map(\.version) } == [[1], [1], [1], [1, 2]])
        #expect(models.map(\.environment) == [nil, "catch", nil, "cartpole"])
    }

    /// Checkpoints a-1, first, b-1, second and a-2, in this order.
    private func filledStore() async throws -> RunStore {
        let store = try folder.open()
        let a = JobRecord.example("a").at(agentSteps: 10)
        let b = JobRecord.example("b", environment: "catch").at(agentSteps: 10)
        let bytes = PolicyCheckpoint.example.file.bytes
        try store.create(a)
        try store.create(b)
        _ = try store.save(.example, of: a, evaluation: nil, isBest: false)
        _ = try await store.importCheckpoint(bytes, id: "first", name: "my policy")
        _ = try store.save(.example, of: b, evaluation: nil, isBest: false)
        _ = try await store.importCheckpoint(bytes, id: "second", name: nil)
        _ = try store.save(.example, of: a, evaluation: nil, isBest: false)
        return store
    }
}
