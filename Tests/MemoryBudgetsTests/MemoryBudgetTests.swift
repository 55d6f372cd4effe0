import MemoryBudgets
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5))) struct MemoryBudgetTests {
    private let budget = MemoryBudget(MemoryLimit(ByteCount(10_000_000_000), source: "a test"))

    private func demand(_ gigabytes: Int) -> MemoryDemand {
        var demand = MemoryDemand()
        demand.add(
            .init(
                "replay",
                ByteCount(gigabytes * 1_000_000_000),
                arithmetic: "\(gigabytes) × 1,000,000,000 B",
                pointer: "/hyperparameters/replay_capacity_frames"
            )
        )
        demand.add(.init("weights", ByteCount(500_000_000), pointer: "/hyperparameters/network"))
        demand.add(.init("nothing", .zero))
        return demand
    }

    private func claim(_ gigabytes: Int, for holder: MemoryBudget.Holder) throws -> MemoryClaim {
        try budget.claim(demand(gigabytes), for: holder, of: "this job")
    }

    @Test("what can never fit is refused with its arithmetic and the heaviest field")
    func check() throws {
        try budget.check(demand(9), of: "this job")
        let error = #expect(throws: MemoryExceeded.self) {
            try budget.check(demand(10), of: "this job")
        }
        #expect(error?.share == "replay: 10.0 GB of 10.5 GB")
        #expect(error?.pointer == "/hyperparameters/replay_capacity_frames")
        #expect(
            error?.description
                == "this job needs 10.5 GB: replay 10.0 GB (10 × 1,000,000,000 B), weights 500 MB; "
                + "there is at most 10.0 GB for jobs and models (a test)"
        )
    }

    @Test("a claim waits while others hold too much, and is told when they give it back")
    func waiting() throws {
        let freed = Mutex(0)
        budget.onFreed { freed.withLock { $0 += 1 } }
        let first = try claim(6, for: .job)
        let second = try claim(4, for: .job)
        #expect(first.isGranted() && first.isGranted())
        #expect(!second.isGranted())
        #expect(
            second.shortage.hasSuffix(
                "3.50 GB is free of 10.0 GB for jobs and models (a test), promised are 6.50 GB to 1 job"
            )
        )
        first.giveUp()
        first.giveUp()
        #expect(freed.withLock { $0 } == 1)
        #expect(second.isGranted())
    }

    @Test("a claim that nobody holds any more is given up")
    func forgotten() throws {
        do {
            let first = try claim(9, for: .model)
            #expect(first.isGranted())
        }
        #expect(try claim(9, for: .job).isGranted())
    }

    @Test("a claim that is given up while it waits holds nobody up and takes nothing")
    func givenUp() throws {
        let first = try claim(9, for: .job)
        first.giveUp()
        #expect(first.isGranted())
        let other = try claim(9, for: .job)
        #expect(other.isGranted())
    }

    @Test("a job that models keep from its memory asks for what is missing")
    func shortage() throws {
        let calls = Mutex(0)
        budget.onShort { calls.withLock { $0 += 1 } }
        let model = try claim(3, for: .model)
        #expect(model.isGranted())
        #expect(try !claim(7, for: .job).isGranted())
        #expect(calls.withLock { $0 } == 1)
        // Models ask no model to go: their registry knows which one is oldest.
        #expect(try !claim(7, for: .model).isGranted())
        #expect(calls.withLock { $0 } == 1)
    }
}
