import Foundation
import HTTPServing
import JSONFields
import Testing

@Suite(.timeLimit(.minutes(5))) struct PrometheusTests {
    @Test("the counters keep every rule of the format")
    func format() async throws {
        try await withAPI(.loopback) { api in
            // Two methods of one path, one path with a parameter, and nothing at all.
            let id = try await api.create(["preset": "routes"])
            try await api.waitForEnd(of: id)
            for _ in 0..<3 { _ = try await api.get("/v1/jobs") }
            _ = try await api.get("/v1/jobs/\(id)")
            _ = try await api.send(.delete, "/v1/jobs/\(id)")
            _ = try await api.send(.patch, "/v1/nothing")
            let exposition = PrometheusExposition(try await api.get("/metrics").text)
            #expect(exposition.faults == [])
            let durations = exposition.samples("dqn_http_request_duration_seconds_count")
            let jobs = durations.filter { $0.labels["route"] == "/v1/jobs" }
            #expect(Set(jobs.map { $0.labels["method"] }) == ["GET", "POST"])
            #expect(jobs.first { $0.labels["method"] == "GET" }?.value == 3)
            #expect(durations.first { $0.labels["route"] == "none" }?.labels["method"] == "any")
            for name in [
                "dqn_http_connections_refused_total", "dqn_http_streams_refused_total",
                "dqn_http_streams",
            ] {
                #expect(exposition.samples(name).map(\.value) == [0], "\(name)")
            }
        }
    }

    @Test("the process says when it began and how long it has computed")
    func process() async throws {
        try await withAPI(.inProcess) { api in
            let first = PrometheusExposition(try await api.get("/metrics").text)
            let start = try #require(first.samples("process_start_time_seconds").first?.value)
            let now = Date.now.timeIntervalSince1970
            #expect(start > now - 86_400 && start < now + 1)
            let before = try #require(first.samples("process_cpu_seconds_total").first?.value)
            var (sum, rounds) = (0.0, 0)
            // As long as the clock of the process takes to go on.
            while rounds < 1_000 {
                rounds += 1
                for number in 0..<100_000 { sum += Double(number).squareRoot() }
                let next = PrometheusExposition(try await api.get("/metrics").text)
                let value = try #require(next.samples("process_cpu_seconds_total").first?.value)
                #expect(value >= before)
                if value > before { break }
            }
            #expect(before > 0 && rounds < 1_000 && sum > 0)
            #expect(first.samples("process_resident_memory_bytes").first?.value ?? 0 > 1e6)
            #expect(first.samples("process_open_fds").first?.value ?? 0 > 2)
        }
    }

    @Test(
        "the test's reader finds what is wrong",
        arguments: [
            "a 1\n", "# HELP a A.\n# TYPE a gauge\na 1\na 2\n",
            "# HELP a A.\n# TYPE a counter\na 1\n", "# TYPE a gauge\na 1\n",
            "# HELP a A.\n# TYPE a gauge\na 1", "# HELP a A.\n# TYPE a gauge\na{b=\"\"\"} 1\n",
            "# HELP a A.\n# TYPE a gauge\na{b=\"1\",c=\"2\"} 1\na{c=\"2\",b=\"1\"} 1\n",
            "# HELP h H.\n# TYPE h histogram\nh_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 1\n"
                + "h_sum 1\nh_count 1\n",
            "# HELP h H.\n# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_sum 1\nh_count 1\n",
        ]
    )
    func reader(text: String) {
        #expect(PrometheusExposition(text).faults.count > 0)
    }
}
