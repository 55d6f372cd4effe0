import Foundation

/// How long a piece of work took, over many calls of it.
struct Measurement {
    /// The middle one of all calls, in seconds.
    var median: Double
    /// The shortest, in seconds.
    var minimum: Double
    /// The least processor time of a call, in seconds, on all threads together: what a lone thread
    /// would take on a machine that has nothing else to do.
    var minimumProcessorTime: Double

    /// Calls `work` again and again for `seconds`, three times at least, after one call to warm up.
    init(seconds: Double, _ work: () throws -> Void) rethrows {
        var durations: [Double] = []
        minimumProcessorTime = .infinity
        try work()
        let clock = ContinuousClock()
        let start = clock.now
        while durations.count < 3 || (clock.now - start).seconds < seconds {
            let before = processorTime()
            durations.append(try clock.measure(work).seconds)
            minimumProcessorTime = min(minimumProcessorTime, processorTime() - before)
        }
        durations.sort()
        median = durations[durations.count / 2]
        minimum = durations[0]
    }
}

/// Seconds that all threads of this process have run.
func processorTime() -> Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

extension Duration {
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
