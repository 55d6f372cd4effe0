import Foundation
import GRDB
import JSONFields
import RunStorage
import Testing
import Training

@Suite(.timeLimit(.minutes(5))) struct MigrationTests {
    let folder = TemporaryFolder()
    let job = JobRecord.example("old").at(agentSteps: 30)

    @Test(
        "a database with a row an event and a row a point keeps every event, point and checkpoint"
    )
    func compactEvents() async throws {
        let events = Self.events(of: job)
        try await makeOldDatabase(events)
        let store = try folder.open()
        let read = try await store.events(ofJob: "old", after: 0, limit: 10_000)
        #expect(read.map(\.id) == Array(1...events.count))
        #expect(read.map(\.name) == events.map(\.kind.name))
        #expect(read.map(\.data) == events.map { JSONValue.object($0.data).description })
        // Ten numbers were used by a job that is gone.
        #expect(try await store.events(after: 0, limit: 1).map(\.id) == [11])
        #expect(try await store.newestEvent() == events.count + 10)
        #expect(try await store.trainingTotals().agentSteps == 30)
        #expect(try await store.seriesNames(ofJob: "old") == names)
        #expect(try await store.checkpoints(ofJob: "old").map(\.id) == ["old-1"])
        for name in names {
            let recorded = events.compactMap { event -> (Int, Double)? in
                event.metrics.first { $0.name == name }
                    .map { (event.position.agentSteps, $0.value) }
            }
            var (cursor, points) = (MetricCursor(), [MetricPoint]())
            while true {
                let part = try await store.points(
                    ofJob: "old",
                    names: [name],
                    after: &cursor,
                    limit: 500
                )
                if part.isEmpty { break }
                points += part
            }
            #expect(points.map(\.position.agentSteps) == recorded.map(\.0))
            // A value that is no number has been stored as none.
            #expect(points.map(\.value) == recorded.map { $0.1.isNaN ? nil : $0.1 })
        }
        try store.record([job.event(.log(.info, "on"))], of: job)
        let next = try await store.events(ofJob: "old", after: events.count, limit: 9)
        #expect(next.map(\.id) == [events.count + 1])
    }

    @Test("what the rows took is given back")
    func shrinking() async throws {
        try await makeOldDatabase(Self.events(of: job))
        let before = folder.databaseBytes
        do { _ = try folder.open() }
        #expect(folder.databaseBytes * 3 < before)
    }

    private let names = ["episode_return", "episode_length", "loss", "evaluation_return"]

    private static func events(of job: JobRecord) -> [TrainingEvent] {
        (1...3000).map { index in
            let job = job.at(agentSteps: index)
            let kind: TrainingEvent.Kind =
                switch index % 10 {
                case 3: .metrics([Metric("loss", losses[index / 10 % losses.count])])
                case 7: .log(.warning, "line \(index) \"ü\"")
                case 9:
                    .evaluation(
                        EvaluationSummary(returns: [1, 2.5], lengths: [3, 4], epsilon: 0.1)
                    )
                default:
                    .episode(
                        EpisodeSummary(
                            number: index,
                            episodeReturn: Double(index) / 3,
                            length: index % 5,
                            isTruncated: index % 2 == 0
                        )
                    )
                }
            return TrainingEvent(
                kind,
                at: job.progress.position,
                time: 1_764_217_931.1 + Double(index) * 0.0137
            )
        }
    }

    private static let losses = [0.25, .infinity, .nan, 1 / 3, -.infinity]

    /// As the first version of the program has written it.
    private func makeOldDatabase(_ events: [TrainingEvent]) async throws {
        try FileManager.default.createDirectory(
            atPath: "\(folder.path)/checkpoints",
            withIntermediateDirectories: true
        )
        let database = try DatabaseQueue(path: "\(folder.path)/runs.sqlite")
        try await database.write { [job, names] db in
            try db.execute(sql: Self.schema)
            try db.execute(
                sql: """
                    INSERT INTO job (number, id, specification, environment, state, agent_steps,
                        environment_frames, gradient_updates, episodes, epsilon, replay_size,
                        wall_seconds, created_at)
                    VALUES (1, ?, ?, ?, 'completed', 30, 0, 0, 0, 0, 0, 0, 0)
                    """,
                arguments: [
                    job.id, job.specification.json.description,
                    job.specification.environment,
                ]
            )
            for name in names {
                try db.execute(
                    sql: "INSERT INTO series (job, name) VALUES (1, ?)",
                    arguments: [name]
                )
            }
            var positions: [String: Int] = [:]
            for (index, event) in events.enumerated() {
                let data = JSONValue.object(event.data).description
                try db.execute(
                    sql:
                        "INSERT INTO event (number, job, sequence, name, data) VALUES (?, 1, ?, ?, ?)",
                    arguments: [index + 11, index + 1, event.kind.name, data]
                )
                for metric in event.metrics {
                    positions[metric.name, default: 0] += 1
                    try db.execute(
                        sql: """
                            INSERT INTO metric (series, position, agent_steps, environment_frames,
                                gradient_updates, episodes, wall_seconds, value)
                            VALUES ((SELECT number FROM series WHERE name = ?), ?, ?, ?, ?, ?, ?, ?)
                            """,
                        arguments: [
                            metric.name, positions[metric.name], event.position.agentSteps,
                            event.position.environmentFrames, event.position.gradientUpdates,
                            event.position.episodes, event.position.wallSeconds, metric.value,
                        ]
                    )
                }
            }
            try db.execute(
                sql: """
                    INSERT INTO checkpoint (id, job, version, agent_steps, size_bytes, sha256,
                        created_at, is_best)
                    VALUES ('old-1', 1, 1, 30, 4, 'x', 0, 1)
                    """
            )
        }
        try database.close()
    }

    private static let schema = """
        CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
        INSERT INTO grdb_migrations (identifier) VALUES ('1');
        CREATE TABLE job (
            number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
            specification TEXT NOT NULL, environment TEXT NOT NULL, state TEXT NOT NULL,
            agent_steps INTEGER NOT NULL, environment_frames INTEGER NOT NULL,
            gradient_updates INTEGER NOT NULL, episodes INTEGER NOT NULL, epsilon REAL NOT NULL,
            replay_size INTEGER NOT NULL, wall_seconds REAL NOT NULL, agent_steps_per_second REAL,
            episode_return REAL, mean_return_100 REAL, loss REAL, mean_q REAL,
            best_mean_return REAL, best_checkpoint TEXT,
            last_checkpoint_version INTEGER NOT NULL DEFAULT 0, created_at REAL NOT NULL,
            started_at REAL, ended_at REAL, failure TEXT
        );
        CREATE TABLE event (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            job INTEGER NOT NULL REFERENCES job(number) ON DELETE CASCADE,
            sequence INTEGER NOT NULL, name TEXT NOT NULL, data TEXT NOT NULL,
            UNIQUE (job, sequence)
        );
        CREATE TABLE series (
            number INTEGER PRIMARY KEY,
            job INTEGER NOT NULL REFERENCES job(number) ON DELETE CASCADE,
            name TEXT NOT NULL, UNIQUE (job, name)
        );
        CREATE TABLE metric (
            series INTEGER NOT NULL REFERENCES series(number) ON DELETE CASCADE,
            position INTEGER NOT NULL, agent_steps INTEGER NOT NULL,
            environment_frames INTEGER NOT NULL, gradient_updates INTEGER NOT NULL,
            episodes INTEGER NOT NULL, wall_seconds REAL NOT NULL, value REAL,
            PRIMARY KEY (series, position)
        ) WITHOUT ROWID;
        CREATE TABLE checkpoint (
            number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
            job INTEGER REFERENCES job(number) ON DELETE CASCADE, name TEXT,
            version INTEGER NOT NULL, agent_steps INTEGER NOT NULL, mean_return_100 REAL,
            evaluation_return REAL, size_bytes INTEGER NOT NULL, sha256 TEXT NOT NULL,
            created_at REAL NOT NULL, is_best INTEGER NOT NULL, UNIQUE (job, version)
        );
        CREATE TABLE idempotency_key (
            key TEXT PRIMARY KEY, digest TEXT NOT NULL, job TEXT NOT NULL, created_at REAL NOT NULL
        );
        """
}
