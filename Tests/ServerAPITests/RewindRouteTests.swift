import HTTPServing
import RunStorage
import ServerAPI
import Testing
import Training

/// What those who follow a job see when it goes on from a snapshot.
@Suite(.timeLimit(.minutes(5))) struct RewindRouteTests {
    @Test("a reader that waits, and one that comes back, get the rewind and then what is new")
    func readers() async throws {
        try await withAPI(.inProcess) { api in
            let job = try api.store(job: "a", events: 300)
            let waiting = try await api.stream("/v1/jobs/a/events?after=290")
            let waitingForAll = try await api.stream("/v1/events?after=290")
            for stream in [waiting, waitingForAll] {
                #expect(try await stream.events(upTo: 300).last?.id == 300)
            }
            try api.services.store.rewind(job, toEvent: 120)
            try api.record(5, of: job)
            let (numbers, names) = (
                Array(301...306), ["rewind"] + Array(repeating: "log", count: 5)
            )
            for stream in [waiting, waitingForAll] {
                let new = try await stream.events(upTo: 306)
                #expect(new.map(\.id) == numbers)
                #expect(new.map(\.name) == names)
            }
            // Among them readers that had not seen all of what was taken back.
            for position in [120, 121, 299, 300] {
                for path in ["/v1/jobs/a/events", "/v1/jobs/a/events?coalesce=1", "/v1/events"] {
                    let stream = try await api.stream(
                        path,
                        headers: ["Last-Event-ID": "\(position)"]
                    )
                    #expect(try await stream.next() == "retry: 2000\nid: \(position)\n\n")
                    let new = try await stream.events(upTo: 306)
                    // The streams' shared memory may still have some of it, which is told before.
                    #expect(new.suffix(6).map(\.id) == numbers)
                    #expect(new.dropLast(6).allSatisfy { ($0.id ?? 0) <= 300 })
                }
            }
            let fresh = try await api.stream("/v1/jobs/a/events")
            _ = try await fresh.next()
            #expect(try await fresh.events(upTo: 306).map(\.id) == Array(1...120) + numbers)
            try api.end(job)
        }
    }

    @Test("the curves of a job that went back begin anew behind that moment")
    func curves() async throws {
        try await withAPI(.inProcess) { api in
            var job = try api.store(job: "a", events: 1)
            let points = (1...100).map { step in
                job.progress.agentSteps = step
                let position = job.progress.position
                return TrainingEvent(.metrics([Metric(.loss, Double(step))]), at: position, time: 0)
            }
            try api.services.store.record(points, of: job)
            job.progress.agentSteps = 40
            try api.services.store.rewind(job, toEvent: 41)
            let answer = try await api.get("/v1/jobs/a/metrics?names=loss")
            #expect(answer.json["series"][0]["x"].elements.last?.double == 40)
            let table = try await api.get("/v1/jobs/a/metrics?format=csv")
            #expect(table.text.split(separator: "\n").count == 41)
            #expect(try await api.get("/v1/jobs/a").json["progress"]["agent_steps"].integer == 40)
            try api.end(job)
        }
    }
}
