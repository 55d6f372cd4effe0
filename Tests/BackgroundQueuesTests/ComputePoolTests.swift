import BackgroundQueues
import Dispatch
import Foundation
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5))) struct ComputePoolTests {
    @Test("every piece runs exactly once", arguments: [1, 2, 5], [0, 1, 2, 3, 64, 1001])
    func everyPieceOnce(width: Int, count: Int) {
        let runs = Numbers(count)
        ComputePool(width: width).forEach(count) { piece, worker in
            #expect((0..<width).contains(worker))
            runs[piece] += 1
        }
        #expect((0..<count).allSatisfy { runs[$0] == 1 })
    }

    @Test("pools nest, in each other and in themselves, without waiting for each other")
    func nesting() {
        let total = Atomic(0)
        let pool = ComputePool(width: 4)
        pool.forEach(8) { _, _ in
            pool.forEach(8) { _, _ in
                ComputePool(width: 2).forEach(2) { _, _ in
                    total.wrappingAdd(1, ordering: .relaxed)
                }
            }
        }
        #expect(total.load(ordering: .relaxed) == 128)
    }

    @Test("what the pieces wrote is there when the call returns")
    func writesAreSeen() {
        let pool = ComputePool(width: 3)
        for round in 0..<2_000 {
            let sums = Numbers(6)
            pool.forEach(6) { piece, _ in sums[piece] = round + piece }
            #expect(sums.sum == 6 * round + 15)
        }
    }

    @Test("pieces on one worker never overlap, whoever else calls", arguments: [2, 3, 16])
    func manyCallers(callers: Int) {
        let pool = ComputePool(width: 3)
        let total = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: callers) { _ in
            for count in [2, 3, 7, 40, 2, 5] + Array(repeating: 4, count: 200) {
                let counts = Numbers(3)
                pool.forEach(count) { _, worker in
                    // Unguarded: the thread sanitizer sees two pieces that meet.
                    counts[worker] += 1
                }
                total.wrappingAdd(counts.sum, ordering: .relaxed)
            }
        }
        #expect(total.load(ordering: .relaxed) == callers * (59 + 800))
    }

    @Test("a part of a pool uses no more workers than it may", arguments: [1, 2, 3, 9])
    func limited(limit: Int) {
        let pool = ComputePool(width: 3).limited(to: limit)
        #expect(pool.width == min(limit, 3))
        let highest = Atomic(0)
        for _ in 0..<100 {
            pool.forEach(20) { _, worker in highest.max(worker, ordering: .relaxed) }
        }
        #expect(highest.load(ordering: .relaxed) < pool.width)
    }

    @Test("the threads of a pool that nobody calls fall asleep, and end with it")
    func idlePool() async {
        // In a process of its own, which has no other pools.
        await #expect(processExitsWith: .success) {
            let others = threads()
            var pool: ComputePool? = ComputePool(width: 4)
            pool?.forEach(100) { _, _ in }
            let helpers = threads().subtracting(others)
            let fellAsleep = eventually { helpers.allSatisfy { threadState($0) == "S" } }
            pool?.forEach(100) { _, _ in }
            pool = nil
            let ended = eventually { helpers.allSatisfy { threadState($0) == nil } }
            exit(helpers.count == 3 && fellAsleep && ended ? EXIT_SUCCESS : EXIT_FAILURE)
        }
    }
}

/// Numbers of which each is written by one piece, or one worker, at a time; the pool sees to that.
@safe private final class Numbers: @unchecked Sendable {
    private let storage: UnsafeMutableBufferPointer<Int>

    init(_ count: Int) {
        unsafe storage = .allocate(capacity: count)
        unsafe storage.initialize(repeating: 0)
    }

    deinit { unsafe storage.deallocate() }

    subscript(index: Int) -> Int {
        get { unsafe storage[index] }
        set { unsafe storage[index] = newValue }
    }

    var sum: Int { unsafe storage.reduce(0, +) }
}

/// Asks again and again, for ten seconds at most.
private func eventually(_ condition: () -> Bool) -> Bool {
    let start = ContinuousClock.now
    while ContinuousClock.now - start < .seconds(10) {
        if condition() { return true }
        sched_yield()
    }
    return false
}

/// The numbers of this process's threads.
private func threads() -> Set<String> {
    Set((try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? [])
}

/// R for a thread that runs, S for one that sleeps, nil for one that has ended.
private func threadState(_ id: String) -> Character? {
    // "23 (name) S …"
    let line = try? String(contentsOfFile: "/proc/self/task/\(id)/stat", encoding: .utf8)
    return line?.split(separator: ")").last?.dropFirst().first
}
