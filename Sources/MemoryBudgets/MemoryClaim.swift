internal import Synchronization

/// Somebody's claim to a part of a budget: waiting, granted, or given up.
///
/// It ends with `giveUp`, or when nobody holds it any more.
public final class MemoryClaim: Sendable {
    private enum State {
        case waiting, granted, givenUp
    }

    /// What is claimed.
    public let demand: MemoryDemand
    private let holder: MemoryBudget.Holder
    private let budget: MemoryBudget
    private let subject: String
    private let state = Mutex(State.waiting)

    init(
        _ demand: MemoryDemand,
        for holder: MemoryBudget.Holder,
        of budget: MemoryBudget,
        subject: String
    ) {
        self.subject = subject
        self.demand = demand
        self.holder = holder
        self.budget = budget
    }

    deinit {
        giveUp()
    }

    /// Asks for the memory; false where others hold too much of it now.
    ///
    /// A claim that was given up needs nothing any more, so it holds nobody up.
    public func isGranted() -> Bool {
        guard state.withLock({ $0 == .waiting }) else { return true }
        guard budget.promise(demand.size, to: holder) else { return false }
        let isTaken = state.withLock { state in
            defer { if state == .waiting { state = .granted } }
            return state == .waiting
        }
        // It may have been given up in the meantime.
        if !isTaken { budget.end(demand.size, of: holder) }
        return true
    }

    /// Gives the memory back, or waits for it no longer.
    public func giveUp() {
        let before = state.withLock { state in
            defer { state = .givenUp }
            return state
        }
        switch before {
        case .granted: budget.end(demand.size, of: holder)
        case .waiting: budget.tellFreed()
        case .givenUp: break
        }
    }

    /// Why the claim is not granted.
    public var shortage: String { budget.shortage(demand, of: subject) }
}
