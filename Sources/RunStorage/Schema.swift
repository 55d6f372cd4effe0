internal import GRDB

/// The tables, and how older databases become today's.
enum Schema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            try db.execute(sql: jobs)
            try db.execute(sql: events)
            try db.execute(sql: metrics)
            try db.execute(sql: checkpoints)
            try db.execute(sql: idempotencyKeys)
        }
        migrator.registerMigration("compact events") { db in
            try db.execute(sql: eventBlocks)
            try db.execute(sql: totals)
            try db.execute(sql: deletedJobs)
            try CompactEvents.migrate(db)
        }
        migrator.registerMigration("rewinds") { db in
            try db.execute(sql: rewinds)
        }
        migrator.registerMigration("environment restarts") { db in
            try db.execute(sql: environmentRestarts)
        }
        return migrator
    }

    /// A row a job; `number` orders jobs by their age.
    private static let jobs = """
        CREATE TABLE job (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            specification TEXT NOT NULL,
            environment TEXT NOT NULL,
            state TEXT NOT NULL,
            agent_steps INTEGER NOT NULL,
            environment_frames INTEGER NOT NULL,
            gradient_updates INTEGER NOT NULL,
            episodes INTEGER NOT NULL,
            epsilon REAL NOT NULL,
            replay_size INTEGER NOT NULL,
            wall_seconds REAL NOT NULL,
            agent_steps_per_second REAL,
            episode_return REAL,
            mean_return_100 REAL,
            loss REAL,
            mean_q REAL,
            best_mean_return REAL,
            best_checkpoint TEXT,
            last_checkpoint_version INTEGER NOT NULL DEFAULT 0,
            created_at REAL NOT NULL,
            started_at REAL,
            ended_at REAL,
            failure TEXT
        )
        """

    /// Until "compact events": a row an event; `number` grows by one over all jobs, `sequence` within a
    /// job.
    private static let events = """
        CREATE TABLE event (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            job INTEGER NOT NULL REFERENCES job(number) ON DELETE CASCADE,
            sequence INTEGER NOT NULL,
            name TEXT NOT NULL,
            data TEXT NOT NULL,
            UNIQUE (job, sequence)
        )
        """

    /// A row a series; until "compact events" also a row a number of it, with all x axes.
    private static let metrics = """
        CREATE TABLE series (
            number INTEGER PRIMARY KEY,
            job INTEGER NOT NULL REFERENCES job(number) ON DELETE CASCADE,
            name TEXT NOT NULL,
            UNIQUE (job, name)
        );
        CREATE TABLE metric (
            series INTEGER NOT NULL REFERENCES series(number) ON DELETE CASCADE,
            position INTEGER NOT NULL,
            agent_steps INTEGER NOT NULL,
            environment_frames INTEGER NOT NULL,
            gradient_updates INTEGER NOT NULL,
            episodes INTEGER NOT NULL,
            wall_seconds REAL NOT NULL,
            value REAL,
            PRIMARY KEY (series, position)
        ) WITHOUT ROWID
        """

    /// A row a checkpoint, written after its file.
    private static let checkpoints = """
        CREATE TABLE checkpoint (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            job INTEGER REFERENCES job(number) ON DELETE CASCADE,
            name TEXT,
            version INTEGER NOT NULL,
            agent_steps INTEGER NOT NULL,
            mean_return_100 REAL,
            evaluation_return REAL,
            size_bytes INTEGER NOT NULL,
            sha256 TEXT NOT NULL,
            created_at REAL NOT NULL,
            is_best INTEGER NOT NULL,
            UNIQUE (job, version)
        )
        """

    /// A row a request that asked to be carried out once only.
    private static let idempotencyKeys = """
        CREATE TABLE idempotency_key (
            key TEXT PRIMARY KEY,
            digest TEXT NOT NULL,
            job TEXT NOT NULL,
            created_at REAL NOT NULL
        )
        """

    /// A row some thousand events of a job with the points of their series; see `EventBlock`.
    ///
    /// The numbers over all jobs are the key. No foreign key leads to the job: its row is deleted at
    /// once, its blocks little by little.
    private static let eventBlocks = """
        CREATE TABLE event_block (
            first_number INTEGER PRIMARY KEY,
            last_number INTEGER NOT NULL,
            job INTEGER NOT NULL,
            first_sequence INTEGER NOT NULL,
            last_sequence INTEGER NOT NULL,
            events INTEGER NOT NULL,
            times_thinned INTEGER NOT NULL,
            min_agent_steps INTEGER NOT NULL,
            max_agent_steps INTEGER NOT NULL,
            min_environment_frames INTEGER NOT NULL,
            max_environment_frames INTEGER NOT NULL,
            min_gradient_updates INTEGER NOT NULL,
            max_gradient_updates INTEGER NOT NULL,
            min_episodes INTEGER NOT NULL,
            max_episodes INTEGER NOT NULL,
            min_wall_seconds REAL NOT NULL,
            max_wall_seconds REAL NOT NULL,
            columns BLOB NOT NULL,
            UNIQUE (job, first_sequence)
        )
        """

    /// One row of what all jobs did, deleted ones included: it grows with every job's row and never
    /// shrinks, also where a job goes back to a snapshot and does the same again.
    private static let totals = """
        CREATE TABLE total (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            newest_event INTEGER NOT NULL,
            agent_steps INTEGER NOT NULL,
            environment_frames INTEGER NOT NULL,
            gradient_updates INTEGER NOT NULL,
            episodes INTEGER NOT NULL
        );
        INSERT INTO total (id, newest_event, agent_steps, environment_frames, gradient_updates,
            episodes)
        SELECT 1, coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'event'), 0),
            coalesce(sum(agent_steps), 0), coalesce(sum(environment_frames), 0),
            coalesce(sum(gradient_updates), 0), coalesce(sum(episodes), 0)
        FROM job;
        CREATE TRIGGER total_of_new_job AFTER INSERT ON job BEGIN
            UPDATE total SET agent_steps = agent_steps + NEW.agent_steps,
                environment_frames = environment_frames + NEW.environment_frames,
                gradient_updates = gradient_updates + NEW.gradient_updates,
                episodes = episodes + NEW.episodes;
        END;
        CREATE TRIGGER total_of_job AFTER UPDATE OF agent_steps, environment_frames,
            gradient_updates, episodes ON job
        BEGIN
            UPDATE total SET agent_steps = agent_steps + max(NEW.agent_steps - OLD.agent_steps, 0),
                environment_frames =
                    environment_frames + max(NEW.environment_frames - OLD.environment_frames, 0),
                gradient_updates =
                    gradient_updates + max(NEW.gradient_updates - OLD.gradient_updates, 0),
                episodes = episodes + max(NEW.episodes - OLD.episodes, 0);
        END;
        CREATE INDEX job_of_state ON job (state)
        """

    /// A row a job whose blocks are still to be deleted.
    private static let deletedJobs = """
        CREATE TABLE deleted_job (number INTEGER PRIMARY KEY);
        CREATE INDEX idempotency_key_of_job ON idempotency_key (job)
        """

    /// How often environments failed and were made anew, of a job and of all.
    private static let environmentRestarts = """
        ALTER TABLE job ADD COLUMN environment_restarts INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE total ADD COLUMN environment_restarts INTEGER NOT NULL DEFAULT 0;
        CREATE TRIGGER total_of_restarts AFTER UPDATE OF environment_restarts ON job
        WHEN NEW.environment_restarts > OLD.environment_restarts
        BEGIN
            UPDATE total SET environment_restarts =
                environment_restarts + NEW.environment_restarts - OLD.environment_restarts;
        END
        """

    /// How far numbers of events are reserved, and what a job that goes back leaves behind.
    ///
    /// `reserved_event` is on the disk before an event of all jobs has a larger number. `is_ahead`
    /// are checkpoints of a future that their job has gone back from.
    private static let rewinds = """
        ALTER TABLE total ADD COLUMN reserved_event INTEGER NOT NULL DEFAULT 0;
        UPDATE total SET reserved_event = newest_event;
        ALTER TABLE job ADD COLUMN rewinds INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE checkpoint ADD COLUMN is_ahead INTEGER NOT NULL DEFAULT 0
        """
}
