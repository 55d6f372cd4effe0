import BackgroundQueues
import Dispatch
import Testing

@Suite struct SerialQueueExecutorTests {
    @Test("an actor on its own queue may block without holding up other actors")
    func blockingActor() async {
        let gate = DispatchSemaphore(value: 0)
        let blockers = (0..<16).map { _ in QueueActor() }
        let opener = QueueActor()
        await withTaskGroup(of: Void.self) { group in
            for blocker in blockers {
                group.addTask { await blocker.wait(for: gate) }
            }
            group.addTask { await opener.open(gate, times: 16) }
        }
    }

    @Test("calls of one actor never overlap")
    func serial() async {
        let actor = QueueActor()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<500 {
                group.addTask { await actor.increment() }
            }
        }
        #expect(await actor.count == 500)
    }
}

private actor QueueActor {
    private let executor = SerialQueueExecutor(label: "test")
    private(set) var count = 0

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    func increment() {
        count += 1
    }

    func wait(for gate: DispatchSemaphore) {
        gate.wait()
    }

    func open(_ gate: DispatchSemaphore, times: Int) {
        for _ in 0..<times {
            gate.signal()
        }
    }
}
