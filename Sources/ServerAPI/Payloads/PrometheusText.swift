internal import HTTPServing
internal import RunStorage
internal import Training

/// The server's counters in Prometheus' text format 0.0.4: base units, no label without bounds.
struct PrometheusText {
    private(set) var text = ""
    private var described: Set<String> = []

    init(_ services: Services) async throws {
        if let http = services.httpMetrics() {
            write(http)
        }
        let jobs = try await services.store.jobCounts()
        for state in JobState.allCases {
            let count = Double(jobs[state] ?? 0)
            gauge("dqn_jobs", "Jobs by state.", count, [("state", state.rawValue)])
        }
        write(try await services.store.trainingTotals())
        counter(
            "dqn_train_environment_restarts_total",
            "Environments of trainings that failed, as one whose worker process ends, and were made "
                + "anew; deleted jobs included.",
            try await services.store.environmentRestarts()
        )
        let running = try await services.store.jobs(state: .running, limit: 1000).jobs
        gauge(
            "dqn_train_agent_steps_per_second",
            "Agent steps a second of all running jobs.",
            running.reduce(0) { $0 + ($1.progress.agentStepsPerSecond ?? 0) }
        )
        gauge(
            "dqn_replay_frames",
            "Frames held for replay by all running jobs.",
            Double(running.reduce(0) { $0 + $1.progress.replaySize })
        )
        writeProcess()
    }

    /// They count what deleted jobs did too, and so never fall.
    private mutating func write(_ totals: TrainingPosition) {
        counter(
            "dqn_train_agent_steps_total",
            "Actions that agents chose in training, in all jobs, deleted ones included.",
            totals.agentSteps
        )
        counter(
            "dqn_train_environment_frames_total",
            "Frames that environments played in training; several for one repeated action.",
            totals.environmentFrames
        )
        counter(
            "dqn_train_env_steps_total",
            "Steps of the environments themselves: dqn_train_environment_frames_total by the name "
                + "known from other programs.",
            totals.environmentFrames
        )
        counter(
            "dqn_train_gradient_steps_total",
            "Gradient updates of all jobs, deleted ones included.",
            totals.gradientUpdates
        )
        counter(
            "dqn_train_episodes_total",
            "Training episodes of all jobs, deleted ones included.",
            totals.episodes
        )
    }

    private mutating func write(_ http: HTTPMetricsSnapshot) {
        gauge(
            "dqn_http_connections",
            "Open connections, those of event streams included.",
            Double(http.connections)
        )
        gauge("dqn_http_streams", "Open event streams.", Double(http.streams))
        counter(
            "dqn_http_connections_refused_total",
            "Connections beyond a limit, turned away.",
            http.refusedConnections
        )
        counter(
            "dqn_http_streams_refused_total",
            "Event streams beyond a limit, answered with 503.",
            http.refusedStreams
        )
        let requests = "dqn_http_requests_total"
        describe(requests, "counter", "Requests by route, method and status.")
        for series in http.requests {
            let labels = [
                ("route", series.route ?? "none"), ("method", series.method?.name ?? "other"),
                ("code", "\(series.code)"),
            ]
            sample(requests, labels, Double(series.count))
        }
        let duration = "dqn_http_request_duration_seconds"
        describe(duration, "histogram", "Time from a request's head to the end of its answer.")
        let bounds = HTTPMetricsSnapshot.bucketBounds.map { "\($0)" } + ["+Inf"]
        for durations in http.durations {
            let labels = [
                ("route", durations.route ?? "none"), ("method", durations.method?.name ?? "any"),
            ]
            var count = 0
            for (bound, bucket) in zip(bounds, durations.buckets) {
                count += bucket
                sample("\(duration)_bucket", labels + [("le", bound)], Double(count))
            }
            sample("\(duration)_sum", labels, durations.seconds)
            sample("\(duration)_count", labels, Double(count))
        }
    }

    private mutating func writeProcess() {
        let process = ProcessStatistics()
        if let seconds = process.startSeconds {
            gauge("process_start_time_seconds", "Start of the process since 1970.", seconds)
        }
        if let seconds = process.cpuSeconds {
            describe("process_cpu_seconds_total", "counter", "Time on all cores.")
            sample("process_cpu_seconds_total", [], seconds)
        }
        if let bytes = process.residentBytes {
            gauge("process_resident_memory_bytes", "Resident memory.", bytes)
        }
        if let count = process.openDescriptors {
            gauge("process_open_fds", "Open descriptors.", Double(count))
        }
    }

    private mutating func counter(_ name: String, _ help: String, _ value: Int) {
        describe(name, "counter", help)
        sample(name, [], Double(value))
    }

    private mutating func gauge(
        _ name: String,
        _ help: String,
        _ value: Double,
        _ labels: [(String, String)] = []
    ) {
        describe(name, "gauge", help)
        sample(name, labels, value)
    }

    /// The two lines that come once before a family's samples.
    private mutating func describe(_ name: String, _ type: String, _ help: String) {
        guard described.insert(name).inserted else { return }
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    private static func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            .replacing("\n", with: "\\n")
    }

    private mutating func sample(_ name: String, _ labels: [(String, String)], _ value: Double) {
        let list = labels.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",")
        text += "\(name)\(list.isEmpty ? "" : "{\(list)}") \(value)\n"
    }
}
