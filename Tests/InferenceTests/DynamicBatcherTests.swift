import Dispatch
import Inference
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5))) struct DynamicBatcherTests {
    /// Passes that last as long as the test says, each the double of every state's byte.
    private final class Passes: Sendable {
        private let counts = Mutex<[Int]>([])
        private let gate = DispatchSemaphore(value: 0)

        /// The states of each pass that has begun, in order.
        var rows: [Int] { counts.withLock { $0 } }

        func run(_ states: Span<UInt8>, _ count: Int) -> [Float] {
            counts.withLock { $0.append(count) }
            gate.wait()
            return states.indices.map { 2 * Float(states[$0]) }
        }

        func end(_ count: Int) {
            for _ in 0..<count { gate.signal() }
        }
    }

    private let passes = Passes()

    private func makeBatcher(maxBatchRows: Int, maxWaitingRows: Int) -> DynamicBatcher {
        DynamicBatcher(
            label: "test",
            maxBatchRows: maxBatchRows,
            maxWaitingRows: maxWaitingRows,
            pass: { [passes] in passes.run($0, $1) }
        )
    }

    /// Asks for the states `first`, `first` + 1, …, and waits until they do.
    private func ask(
        _ batcher: DynamicBatcher,
        for first: UInt8,
        count: Int,
        in group: inout ThrowingTaskGroup<Void, any Error>
    ) async {
        let (rows, passCount) = (batcher.waitingRows, passes.rows.count)
        group.addTask {
            let states = (0..<count).map { first + UInt8($0) }
            let values = try await batcher.values(of: states, count: count)
            #expect(values == states.map { 2 * Float($0) })
        }
        while batcher.waitingRows == rows && passes.rows.count == passCount {
            await Task.yield()
        }
    }

    /// Lets a pass of one state begin, which nothing joins.
    private func beginPass(
        _ batcher: DynamicBatcher,
        in group: inout ThrowingTaskGroup<Void, any Error>
    ) async {
        await ask(batcher, for: 200, count: 1, in: &group)
        while passes.rows.isEmpty { await Task.yield() }
    }

    @Test("requests that come during a pass share the next, whole, as many as it holds")
    func together() async throws {
        let batcher = makeBatcher(maxBatchRows: 8, maxWaitingRows: 100)
        try await withThrowingTaskGroup(of: Void.self) { group in
            await beginPass(batcher, in: &group)
            for (index, count) in [3, 2, 3, 1, 20, 4].enumerated() {
                await ask(batcher, for: UInt8(30 * index), count: count, in: &group)
            }
            passes.end(10)
            try await group.waitForAll()
        }
        // 3 + 2 + 3 fill a pass; 1 goes alone because 20 do not fit beside it, and make three.
        #expect(passes.rows == [1, 8, 1, 8, 8, 4, 4])
    }

    @Test("of more states than may wait the last are refused, and the others answered")
    func full() async throws {
        let batcher = makeBatcher(maxBatchRows: 16, maxWaitingRows: 10)
        try await withThrowingTaskGroup(of: Void.self) { group in
            await beginPass(batcher, in: &group)
            for (index, count) in [4, 3, 2].enumerated() {
                await ask(batcher, for: UInt8(10 * index), count: count, in: &group)
            }
            await #expect(throws: InferenceError.queueIsFull(limitRows: 10)) {
                _ = try await batcher.values(of: [1, 2], count: 2)
            }
            // One more has room.
            await ask(batcher, for: 90, count: 1, in: &group)
            #expect(batcher.waitingRows == 10)
            passes.end(2)
            try await group.waitForAll()
        }
        #expect(passes.rows == [1, 10] && batcher.waitingRows == 0)
    }

    @Test("a request that finds nobody waiting is answered at once, after others too")
    func alone() async throws {
        let batcher = makeBatcher(maxBatchRows: 16, maxWaitingRows: 10)
        passes.end(2)
        #expect(try await batcher.values(of: [1], count: 1) == [2])
        #expect(try await batcher.values(of: [2, 3], count: 2) == [4, 6])
        #expect(passes.rows == [1, 2])
    }
}
