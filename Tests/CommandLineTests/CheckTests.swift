import Foundation
import Testing

/// `dqn-server check` as a person runs it.
@Suite(.timeLimit(.minutes(5))) struct CheckTests {
    let folder = TemporaryFolder()

    @Test("a folder is checked, a fault named and repaired, and the exit codes say so")
    func faults() throws {
        let serving = try Command(
            ["serve", "--port", "0", "--data", "data", "--public", "."],
            in: folder
        )
        let data = "\(folder.path)/data"
        serving.waitForOutput(containing: "listening on")
        let held = try Command(["check", "--data", "data"], in: folder).end()
        #expect(held.code == 1 && held.error.contains("data is in use by another server"))
        serving.send(SIGTERM)
        #expect(serving.end().code == 0)

        let clean = try Command(["check", "--data", "data"], in: folder).end()
        #expect(clean.code == 0)
        #expect(
            clean.output
                == "0 jobs, 0 blocks of events, 0 checkpoints, 0 snapshots: 0 faults, 0 repaired\n"
        )
        let leftover = "\(data)/checkpoints/x.safetensors.part"
        try Data("torn".utf8).write(to: URL(filePath: leftover))
        let found = try Command(["check", "--data", "data"], in: folder).end()
        #expect(found.code == 1)
        #expect(found.output.hasPrefix("x.safetensors.part: it was not written to its end\n"))
        let repaired = try Command(["check", "--data", "data", "--repair"], in: folder).end()
        #expect(repaired.code == 0 && repaired.output.contains("(repaired: removed it)\n"))
        #expect(!FileManager.default.fileExists(atPath: leftover))
        let none = try Command(["check", "--data", "none"], in: folder).end()
        #expect(none.code == 1 && none.error.contains("it has no runs.sqlite"))
        #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/none"))
    }
}
