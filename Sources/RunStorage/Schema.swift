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

    /// A row an event; `number` grows by one over all jobs, `sequence` within a job.
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

    /// A row a number of a series, with all x axes.
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
}
