internal import Synchronization

/// The memory that jobs and models share: what was promised to one is not given to another.
///
/// Promises are counted whole, filled or not: a replay memory is, sooner or later.
public final class MemoryBudget: Sendable {
    /// Who holds a promise.
    public enum Holder: Sendable {
        /// A training job, until it ends.
        case job
        /// A model that answers; one that nobody asks is dropped where a job needs the room.
        case model
    }

    fileprivate struct Promises {
        var promised: [Holder: (size: ByteCount, count: Int)] = [:]
        var whenFreed: @Sendable () -> Void = {}
        var whenShort: @Sendable () -> Void = {}

        var size: ByteCount { promised.values.reduce(.zero) { $0 + $1.size } }
    }

    /// The most that may be promised, and what says so.
    public let limit: MemoryLimit
    private let promises = Mutex(Promises())

    /// A budget that nothing is promised of.
    public init(_ limit: MemoryLimit) {
        self.limit = limit
    }

    /// Calls `body` whenever a promise ends: whoever waits may look again.
    public func onFreed(_ body: @escaping @Sendable () -> Void) {
        promises.withLock { $0.whenFreed = body }
    }

    /// Calls `body` whenever a job could be promised what it needs, were it not for models.
    public func onShort(_ body: @escaping @Sendable () -> Void) {
        promises.withLock { $0.whenShort = body }
    }

    /// Refuses what would not fit even if nothing else were promised.
    ///
    /// - Parameters:
    ///   - demand: What is needed.
    ///   - subject: Who needs it, as the sentence begins: "this job".
    /// - Throws: Where that is so, with the arithmetic.
    public func check(_ demand: MemoryDemand, of subject: String) throws(MemoryExceeded) {
        guard demand.size > limit.usable else { return }
        throw MemoryExceeded(
            "\(subject) needs \(demand.arithmetic); there is at most \(limitSentence)",
            demand
        )
    }

    /// A claim to what `demand` says, which is not granted yet.
    ///
    /// - Parameters:
    ///   - demand: What is needed.
    ///   - holder: Who is to hold it.
    ///   - subject: Who needs it, as the sentence begins: "this job".
    /// - Returns: The claim, which its holder asks for until it is granted.
    /// - Throws: Where it can never be granted.
    public func claim(
        _ demand: MemoryDemand,
        for holder: Holder,
        of subject: String
    ) throws(MemoryExceeded) -> MemoryClaim {
        try check(demand, of: subject)
        return MemoryClaim(demand, for: holder, of: self, subject: subject)
    }

    /// Why `demand` must wait: what it needs and who has it.
    public func shortage(_ demand: MemoryDemand, of subject: String) -> String {
        let (free, holders) = promises.withLock { promises in
            (limit.usable - promises.size, promises.holders)
        }
        return "\(subject) needs \(demand.arithmetic); \(free) is free of \(limitSentence)"
            + (holders.isEmpty ? "" : ", \(holders)")
    }

    private var limitSentence: String {
        limit.reserve == .zero
            ? "\(limit.size) for jobs and models (\(limit.source))"
            : "\(limit.usable) for jobs and models (\(limit.source) has \(limit.size), "
                + "\(limit.reserve) of it kept back)"
    }

    /// Promises what is asked for, unless others hold too much.
    func promise(_ size: ByteCount, to holder: Holder) -> Bool {
        let (isPromised, whenShort) = promises.withLock { promises in
            let needed = promises.size + size
            guard needed > limit.usable else {
                let before = promises.promised[holder] ?? (.zero, 0)
                promises.promised[holder] = (before.size + size, before.count + 1)
                return (true, nil as (@Sendable () -> Void)?)
            }
            let models = promises.promised[.model]?.size ?? .zero
            let isForModels = holder == .job && models >= needed - limit.usable
            return (false, isForModels ? promises.whenShort : nil)
        }
        whenShort?()
        return isPromised
    }

    /// Takes a promise back.
    func end(_ size: ByteCount, of holder: Holder) {
        promises.withLock { promises in
            guard let before = promises.promised[holder] else { return }
            promises.promised[holder] =
                before.count == 1 ? nil : (before.size - size, before.count - 1)
        }
        tellFreed()
    }

    /// Lets whoever waits look again.
    func tellFreed() {
        promises.withLock { $0.whenFreed }()
    }
}

extension MemoryBudget.Promises {
    /// "17.2 GB is promised to 2 jobs and 3.0 GB to 1 loaded model".
    fileprivate var holders: String {
        let names: [(MemoryBudget.Holder, String)] = [(.job, "job"), (.model, "loaded model")]
        let texts = names.compactMap { holder, name in
            promised[holder].map { "\($0.size) to \($0.count) \(name)\($0.count == 1 ? "" : "s")" }
        }
        return texts.isEmpty ? "" : "promised are " + texts.joined(separator: " and ")
    }
}
