internal import Environments
internal import MemoryBudgets

/// The memory of one job: promised to it, waited for, or refused for good.
struct JobMemory: Sendable {
    private let claim: Result<MemoryClaim, any Error>

    /// Claims what a job needs.
    init(
        of specification: JobSpecification,
        in environments: EnvironmentCatalog,
        workers: Int,
        from budget: MemoryBudget
    ) {
        claim = Result {
            try budget.claim(
                specification.memoryDemand(in: environments, workers: workers),
                for: .job,
                of: "this job"
            )
        }
    }

    /// Throws why the job can never have what it needs: `MemoryExceeded` where it is too much.
    func check() throws {
        _ = try claim.get()
    }

    /// Whether the job need not wait: a job that can never run begins, and fails with the reason.
    var isGranted: Bool { (try? claim.get())?.isGranted() ?? true }

    /// Why it waits.
    var shortage: String? { (try? claim.get())?.shortage }

    /// Gives the memory back, or waits for it no longer.
    func giveUp() {
        (try? claim.get())?.giveUp()
    }
}
