internal import GRDB
internal import JSONFields
internal import Training

extension StoreCheck {
    /// Rows that belong to others that are not there.
    func checkReferences(_ db: Database) throws {
        let rows = try Row.fetchAll(
            db,
            sql: "SELECT \"table\" AS name, rowid AS row FROM pragma_foreign_key_check"
        )
        for row in rows {
            let (table, number): (String, Int) = (try row.value("name"), try row.value("row"))
            switch table {
            case "checkpoint":
                try found(
                    "checkpoint row \(number)",
                    "its job is not there",
                    repairedBy: "it belongs to no job now"
                ) {
                    try db.execute(
                        sql: "UPDATE checkpoint SET job = NULL WHERE number = ?",
                        arguments: [number]
                    )
                }
            case "series":
                try found("series row \(number)", "its job is not there", repairedBy: "removed") {
                    try db.execute(
                        sql: "DELETE FROM series WHERE number = ?",
                        arguments: [number]
                    )
                }
            default: found("\(table) row \(number)", "what it belongs to is not there")
            }
        }
        let orphans = try Int.fetchAll(
            db,
            sql: """
                SELECT DISTINCT job FROM event_block
                WHERE job NOT IN (SELECT number FROM job)
                    AND job NOT IN (SELECT number FROM deleted_job)
                """
        )
        for job in orphans {
            try found(
                "events of job number \(job)",
                "the job is not there",
                repairedBy: "the next server removes them"
            ) {
                try db.execute(sql: "INSERT INTO deleted_job (number) VALUES (?)", arguments: [job])
            }
        }
    }

    /// Whether every job's row can be read, its specification with the version it was written in.
    func checkJobs(_ db: Database) throws {
        for row in try Row.fetchAll(db, sql: "\(RunStore.selectJobs) ORDER BY number") {
            summary.jobs += 1
            let number: Int = try row.value("number")
            let id: String = (try? row.value("id")) ?? "number \(number)"
            do {
                _ = try JobRecord(row)
            } catch {
                try checkUnreadable(id, number, row, "\(error)", db)
            }
        }
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT id, best_checkpoint, last_checkpoint_version AS version,
                    (SELECT max(version) FROM checkpoint WHERE job = job.number) AS newest,
                    best_checkpoint IS NULL OR best_checkpoint IN (SELECT id FROM checkpoint)
                        AS has_best
                FROM job
                """
        )
        for row in rows {
            let id: String = try row.value("id")
            let (version, newest): (Int?, Int?) =
                (try? row.optionalValue("version"), try? row.optionalValue("newest"))
            if let newest, newest > version ?? 0 {
                try found(
                    "job \(id)",
                    "its newest checkpoint has version \(newest), but it counts \(version ?? 0)",
                    repairedBy: "counts \(newest)"
                ) {
                    try db.execute(
                        sql: "UPDATE job SET last_checkpoint_version = ? WHERE id = ?",
                        arguments: [newest, id]
                    )
                }
            }
            if try row.value("has_best") == false {
                try found(
                    "job \(id)",
                    "its best checkpoint is not there",
                    repairedBy: "it names none now"
                ) {
                    try db.execute(
                        sql: "UPDATE job SET best_checkpoint = NULL WHERE id = ?",
                        arguments: [id]
                    )
                }
            }
        }
    }

    private func checkUnreadable(
        _ id: String,
        _ number: Int,
        _ row: Row,
        _ reason: String,
        _ db: Database
    ) throws {
        let state: String? = try? row.value("state")
        guard repairs, state.flatMap(JobState.init(rawValue:))?.isEnd != true else {
            return found("job \(id)", reason)
        }
        // What it holds stays for those who can read it.
        try db.execute(
            sql: "UPDATE job SET state = 'failed', failure = ?, ended_at = ? WHERE number = ?",
            arguments: ["this job cannot be read: \(reason)", now(), number]
        )
        let failed = try Row.fetchOne(
            db,
            sql: "\(RunStore.selectJobs) WHERE number = ?",
            arguments: [number]
        )
        let isReadable = (try? failed.map(JobRecord.init)) != nil
        let repair = "it has failed for that reason now"
        found("job \(id)", reason, repair: isReadable ? repair : nil)
    }

    /// Whether the numbers of events go on behind those that are there.
    func checkTotals(_ db: Database) throws {
        if try Int.fetchOne(db, sql: "SELECT count(*) FROM total") == 0 {
            try found("totals", "their row is gone", repairedBy: "counted anew") {
                try EventNumbers.countAnew(db)
            }
            if !repairs { return }
        }
        let newest = try Int.fetchOne(db, sql: "SELECT max(last_number) FROM event_block") ?? 0
        let known = try EventNumbers.current(db).newest
        if known < newest {
            try found(
                "totals",
                "the newest event is number \(newest), but they say \(known)",
                repairedBy: "corrected"
            ) {
                try db.execute(
                    sql: """
                        UPDATE total SET newest_event = ?, reserved_event = max(reserved_event, ?)
                        """,
                    arguments: [newest, newest]
                )
            }
        }
    }
}
