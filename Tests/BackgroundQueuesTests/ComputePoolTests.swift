import BackgroundQueues
import Synchronization
import Testing

@Suite struct ComputePoolTests {
    @Test("every piece runs exactly once", arguments: [1, 2, 5], [0, 1, 2, 3, 64, 1001])
    func everyPieceOnce(width: Int, count: Int) {
        let runs = Mutex([Int](repeating: 0, count: count))
        ComputePool(width: width).forEach(count) { piece, worker in
            #expect((0..<width).contains(worker))
            runs.withLock { $0[piece] += 1 }
        }
        #expect(runs.withLock { $0.allSatisfy { $0 == 1 } })
    }

    @Test("pools nest without waiting for each other")
    func nesting() {
        let total = Atomic(0)
        ComputePool(width: 4).forEach(8) { _, _ in
            ComputePool(width: 4).forEach(8) { _, _ in
                total.wrappingAdd(1, ordering: .relaxed)
            }
        }
        #expect(total.load(ordering: .relaxed) == 64)
    }
}
