import ExperienceReplay
import Foundation
import RandomNumbers
import Snapshots
import Testing

@Suite(.timeLimit(.minutes(5))) struct ReplayJournalTests {
    @Test("experience comes back from a journal as it was held", arguments: [1, 3])
    func roundTrip(environments: Int) throws {
        let folder = SnapshotFolder(
            path: FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        )
        defer { folder.remove() }
        func makeReplay() throws -> ReplayBuffer {
            try ReplayBuffer(capacity: 60, frameByteCount: 5, stack: 3, environments: environments)
        }
        var replay = try makeReplay()
        var generator = RandomStreams(seed: 4).generator(named: "test")
        let journal = try folder.makeJournal(segmentByteCount: 300)
        for environment in 0..<environments {
            replay.beginEpisode([0, 0, 0, 0, 0].span, environment: environment)
        }
        for round in 0..<20 {
            for _ in 0..<Int.random(in: 0..<40, using: &generator) {
                let environment = Int.random(in: 0..<environments, using: &generator)
                let frame = (0..<5).map { _ in UInt8.random(in: 0...255, using: &generator) }
                if Int.random(in: 0..<9, using: &generator) == 0 {
                    replay.beginEpisode(frame.span, environment: environment)
                } else {
                    replay.append(
                        action: Int.random(in: 0..<4, using: &generator),
                        reward: Float(round),
                        isTerminal: false,
                        frame: frame.span,
                        environment: environment
                    )
                }
                // Some come early, others only with the snapshot; frames may be forgotten before.
                if round.isMultiple(of: 3) { replay.write(to: journal, atLeast: 40) }
            }
            let writer = SnapshotWriter(journal: journal)
            try replay.write(to: writer)
            journal.store(writer.finish(), number: round + 1, prepare: {}, done: { _ in })
            journal.finish()
            var restored = try makeReplay()
            try restored.restore(from: folder.open(try #require(folder.files.first)))
            #expect(try ReplaySnapshot(of: restored) == ReplaySnapshot(of: replay))
            #expect(restored.transitionCount == replay.transitionCount)
        }
    }
}
