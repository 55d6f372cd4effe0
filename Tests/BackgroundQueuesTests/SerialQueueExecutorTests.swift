import BackgroundQueues
import Dispatch
import Glibc
import Testing

@Suite(.timeLimit(.minutes(5))) struct SerialQueueExecutorTests {
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
        for blocker in blockers {
            #expect(await blocker.waited == 1)
        }
        #expect(await opener.waited == 0)
    }

    @Test("what trains has a lower priority, on threads that serve nobody else")
    func priority() async {
        // Who started the tests may have stepped back already.
        guard getpriority(Int32(PRIO_PROCESS.rawValue), UInt32(getpid())) < 10 else { return }
        let trainer = QueueActor(priority: .training)
        #expect(await trainer.niceness >= 10)
        for _ in 0..<8 {
            #expect(await QueueActor().niceness < 10)
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
    private let executor: SerialQueueExecutor
    private(set) var count = 0
    /// How many waits have ended.
    private(set) var waited = 0

    init(priority: ThreadPriority = .usual) {
        executor = SerialQueueExecutor(label: "test", priority: priority)
    }

    /// That of the thread that this runs on.
    var niceness: Int32 { getpriority(Int32(PRIO_PROCESS.rawValue), 0) }

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    func increment() {
        count += 1
    }

    func wait(for gate: DispatchSemaphore) {
        gate.wait()
        waited += 1
    }

    func open(_ gate: DispatchSemaphore, times: Int) {
        for _ in 0..<times {
            gate.signal()
        }
    }
}
