import BackgroundQueues
import Testing

@Suite(.timeLimit(.minutes(5))) struct BlockingQueueTests {
    private struct Refused: Error, Equatable {
        let number: Int
    }

    @Test("what a call returns or throws comes back to its caller")
    func outcomes() async {
        let queue = BlockingQueue(label: "test")
        #expect(await queue.run { 7 } == 7)
        await #expect(throws: Refused(number: 3)) {
            try await queue.run { () throws(Refused) in throw Refused(number: 3) }
        }
    }

    @Test("of many calls at once no two run at the same time")
    func oneByOne() async {
        // Written by calls on the queue alone, read after all of them.
        final class Counter: @unchecked Sendable { var count = 0 }
        let (queue, counter) = (BlockingQueue(label: "test"), Counter())
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<1_000 {
                group.addTask { await queue.run { counter.count += 1 } }
            }
        }
        #expect(counter.count == 1_000)
    }
}
